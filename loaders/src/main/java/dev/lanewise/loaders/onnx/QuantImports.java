package dev.lanewise.loaders.onnx;

/** Importers of the quantisation operators. */
final class QuantImports {
    private QuantImports() {
    }

    static void register(Registry r) {
    }
}
