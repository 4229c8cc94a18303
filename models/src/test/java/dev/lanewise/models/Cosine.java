package dev.lanewise.models;

/** How alike two vectors are. */
final class Cosine {
    private Cosine() {
    }

    /** Of the {@code count} elements from {@code from} on, summed in double. */
    static double of(float[] a, float[] b, int from, int count) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = from; i < from + count; i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }
}
