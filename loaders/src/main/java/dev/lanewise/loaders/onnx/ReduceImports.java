package dev.lanewise.loaders.onnx;

/** Importers of the reduction operators. */
final class ReduceImports {
    private ReduceImports() {
    }

    static void register(Registry r) {
    }
}
