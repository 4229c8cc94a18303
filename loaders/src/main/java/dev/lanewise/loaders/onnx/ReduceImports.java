package dev.lanewise.loaders.onnx;

/** Importers of the reduction operators. */
final class ReduceImports {
    private ReduceImports() {
    }

    static void register(Registry r) {
        r.add("Softmax", n -> n.node(new dev.lanewise.op.reduce.Softmax((int) n.integer("axis", -1))));
        r.add("ReduceMean",
                n -> n.node(new dev.lanewise.op.reduce.Reduce(dev.lanewise.op.reduce.Reduce.Function.MEAN, true, false),
                        n.input(0), n.constant(dev.lanewise.Tensor.of(n.integers("axes"), n.integers("axes").length))));
    }
}
