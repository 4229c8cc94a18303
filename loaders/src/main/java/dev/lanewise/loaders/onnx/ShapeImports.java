package dev.lanewise.loaders.onnx;

/** Importers of the shape and data movement operators. */
final class ShapeImports {
    private ShapeImports() {
    }

    static void register(Registry r) {
    }
}
