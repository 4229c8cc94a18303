package dev.lanewise.loaders.onnx;

/** Importers of the elementwise operators. */
final class ElementwiseImports {
    private ElementwiseImports() {
    }

    static void register(Registry r) {
    }
}
