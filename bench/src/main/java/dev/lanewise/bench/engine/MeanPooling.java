package dev.lanewise.bench.engine;

/** From the vectors of a text's tokens to one of length 1, for engines that do not do it themselves. */
public final class MeanPooling {
    private MeanPooling() {
    }

    /** Mean of {@code tokens} rows of {@code width}, the first at {@code offset}, divided by its length. */
    public static float[] of(float[] hidden, int offset, int tokens, int width) {
        float[] mean = new float[width];
        for (int t = 0; t < tokens; t++) {
            int from = offset + t * width;
            for (int j = 0; j < width; j++) {
                mean[j] += hidden[from + j];
            }
        }
        double square = 0;
        for (float v : mean) {
            square += (double) v * v;
        }
        float scale = (float) (1 / Math.sqrt(square));
        for (int j = 0; j < width; j++) {
            mean[j] *= scale;
        }
        return mean;
    }
}
