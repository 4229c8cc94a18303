package dev.lanewise.loaders.onnx;

import dev.lanewise.loaders.onnx.FuzzModel.Unit;

/** Where Lanewise and ONNX Runtime differ for a known reason. */
final class FuzzExplained {
    private FuzzExplained() {
    }

    /** Why Lanewise refuses what ONNX Runtime takes, or null. */
    static String refusal(Unit unit, Throwable cause) {
        return null;
    }

    /** Why the only unit of a model gives something else there, or null. */
    static String difference(FuzzModel part, String how) {
        return null;
    }
}
