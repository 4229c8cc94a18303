package dev.lanewise.kernel;

/** The 16 virtual lanes over which every reduction runs, so that its order does not depend on a vector's width. */
public final class Lanes {
    public static final int COUNT = 16;

    private Lanes() {
    }

    /** Joins two lanes' results. */
    public static float join(ReduceFunction f, float a, float b) {
        return switch (f) {
            case SUM, SUM_SQUARES, SUM_ABS -> a + b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
            case PRODUCT -> a * b;
        };
    }

    /** Joins 16 lanes from {@code offset} on in the one fixed order; their content is lost. */
    public static float fold(ReduceFunction f, float[] lanes, int offset) {
        for (int half = COUNT / 2; half > 0; half /= 2) {
            for (int l = 0; l < half; l++) {
                lanes[offset + l] = join(f, lanes[offset + l], lanes[offset + l + half]);
            }
        }
        return lanes[offset];
    }
}
