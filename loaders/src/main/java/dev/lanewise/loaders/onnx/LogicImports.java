package dev.lanewise.loaders.onnx;

/** Importers of the comparison and logic operators. */
final class LogicImports {
    private LogicImports() {
    }

    static void register(Registry r) {
    }
}
