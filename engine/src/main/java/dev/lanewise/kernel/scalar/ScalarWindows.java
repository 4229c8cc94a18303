package dev.lanewise.kernel.scalar;

/** Windows over rows of channels, the definition. */
final class ScalarWindows {
    private ScalarWindows() {
    }

    static void max(int positions, int step, int channels, float[] x, int xOffset, int lines, int line, int pixels,
            int pixel, float[] y, int yOffset, int yStep) {
        for (int p = 0; p < positions; p++) {
            for (int c = 0; c < channels; c++) {
                int at = xOffset + p * step + c;
                float best = x[at];
                for (int t = 1; t < lines * pixels; t++) {
                    best = Math.max(best, x[at + t / pixels * line + t % pixels * pixel]);
                }
                y[yOffset + p * yStep + c] = best;
            }
        }
    }

    static void mean(int positions, int step, int channels, float[] x, int xOffset, int lines, int line, int pixels,
            int pixel, float count, float[] y, int yOffset, int yStep) {
        for (int p = 0; p < positions; p++) {
            for (int c = 0; c < channels; c++) {
                int at = xOffset + p * step + c;
                float sum = 0;
                for (int t = 0; t < lines * pixels; t++) {
                    sum += x[at + t / pixels * line + t % pixels * pixel];
                }
                y[yOffset + p * yStep + c] = sum / count;
            }
        }
    }
}
