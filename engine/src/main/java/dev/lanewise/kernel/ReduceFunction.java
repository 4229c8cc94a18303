package dev.lanewise.kernel;

/** Reductions that have a kernel. */
public enum ReduceFunction {
    SUM(0), MAX(Float.NEGATIVE_INFINITY), MIN(Float.POSITIVE_INFINITY), SUM_SQUARES(0), SUM_ABS(0), PRODUCT(1);

    private final float neutral;

    ReduceFunction(float neutral) {
        this.neutral = neutral;
    }

    /** The result for no elements, where every lane starts. */
    public float neutral() {
        return neutral;
    }
}
