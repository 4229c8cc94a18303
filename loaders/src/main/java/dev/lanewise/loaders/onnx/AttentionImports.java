package dev.lanewise.loaders.onnx;

/** Importers of the attention operators. */
final class AttentionImports {
    private AttentionImports() {
    }

    static void register(Registry r) {
    }
}
