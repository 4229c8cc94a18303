package dev.lanewise.loaders.onnx;

/** Importers of the normalisation operators. */
final class NormImports {
    private NormImports() {
    }

    static void register(Registry r) {
    }
}
