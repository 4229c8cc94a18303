package dev.lanewise.models;

/** From the vectors of a text's tokens to one vector. */
final class Pooling {
    private Pooling() {
    }

    /**
     * Mean of those rows whose mask is not 0; all zeros where there are none.
     *
     * @param x rows of {@code width} elements from {@code offset}
     */
    static float[] mean(float[] x, int offset, int rows, int width, long[] mask, int maskOffset) {
        float[] sum = new float[width];
        int count = 0;
        for (int r = 0; r < rows; r++) {
            if (mask[maskOffset + r] != 0) {
                count++;
                for (int i = 0; i < width; i++) {
                    sum[i] += x[offset + r * width + i];
                }
            }
        }
        for (int i = 0; i < width && count > 0; i++) {
            sum[i] /= count;
        }
        return sum;
    }

    /** Brings a vector to length 1 in place; zeros stay. */
    static void normalize(float[] x) {
        double squares = 0;
        for (float v : x) {
            squares += (double) v * v;
        }
        float scale = squares == 0 ? 0 : (float) (1 / Math.sqrt(squares));
        for (int i = 0; i < x.length; i++) {
            x[i] *= scale;
        }
    }
}
