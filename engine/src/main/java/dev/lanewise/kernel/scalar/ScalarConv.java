package dev.lanewise.kernel.scalar;

import dev.lanewise.kernel.PackedMatrix;

/** Convolution, the definition. Outputs are the inner loop, so that C2 vectorises it without changing any sum's order. */
final class ScalarConv {
    private static final int PANEL = PackedMatrix.PANEL;

    private ScalarConv() {
    }

    static void run(PackedMatrix w, float[] bias, int firstPanel, int lastPanel, int rows, float[] x, int xOffset,
            int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor) {
        for (int p = firstPanel; p < lastPanel; p++) {
            int column = p * PANEL;
            int cols = Math.min(PANEL, w.n() - column);
            for (int row = 0; row < rows; row++) {
                int to = yOffset + row * yStride + column;
                sums(cols, w, p, x, xOffset + starts[first + row], segments, y, to);
                for (int j = 0; j < cols; j++) {
                    float v = y[to + j] + bias[column + j];
                    v = r == null ? v : v + r[rOffset + row * rStride + column + j];
                    y[to + j] = v <= floor ? floor : v;
                }
            }
        }
    }

    private static void sums(int cols, PackedMatrix w, int panel, float[] x, int xOffset, int[] segments, float[] y,
            int yOffset) {
        int depth = w.k() / segments.length;
        int from = w.panelOffset(panel);
        for (int j = 0; j < cols; j++) {
            y[yOffset + j] = 0;
        }
        for (int segment : segments) {
            for (int i = 0; i < depth; i++, from += PANEL) {
                float v = x[xOffset + segment + i];
                for (int j = 0; j < cols; j++) {
                    y[yOffset + j] = Math.fma(v, w.data()[from + j], y[yOffset + j]);
                }
            }
        }
    }
}
