package dev.lanewise.loaders.onnx;

/** Importers of the matrix product and convolution operators. */
final class LinearImports {
    private LinearImports() {
    }

    static void register(Registry r) {
        r.add("MatMul", n -> n.node(new dev.lanewise.op.linear.MatMul()));
    }
}
