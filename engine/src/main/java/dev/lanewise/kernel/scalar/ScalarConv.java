package dev.lanewise.kernel.scalar;

import dev.lanewise.kernel.PackedMatrix;
import java.util.Arrays;

/** Convolution, the definition. Outputs are the inner loop, so that C2 vectorises it without changing any sum's order. */
final class ScalarConv {
    private static final int PANEL = PackedMatrix.PANEL;

    private ScalarConv() {
    }

    /** {@code y} may be {@code r}: sums are in {@code sums} until what is added to them has been read. */
    static void run(PackedMatrix w, float[] bias, int firstPanel, int lastPanel, int rows, float[] x, int xOffset,
            int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor, float[] sums) {
        for (int p = firstPanel; p < lastPanel; p++) {
            int column = p * PANEL;
            int cols = Math.min(PANEL, w.n() - column);
            for (int row = 0; row < rows; row++) {
                sums(cols, w, p, x, xOffset + starts[first + row], segments, sums);
                int to = yOffset + row * yStride + column;
                int added = rOffset + row * rStride + column;
                for (int j = 0; j < cols; j++) {
                    float v = sums[j] + bias[column + j] + r[added + j];
                    y[to + j] = v <= floor ? floor : v;
                }
            }
        }
    }

    private static void sums(int cols, PackedMatrix w, int panel, float[] x, int xOffset, int[] segments,
            float[] sums) {
        int depth = w.k() / segments.length;
        int from = w.panelOffset(panel);
        Arrays.fill(sums, 0, cols, 0f);
        for (int segment : segments) {
            for (int i = 0; i < depth; i++, from += PANEL) {
                float v = x[xOffset + segment + i];
                for (int j = 0; j < cols; j++) {
                    sums[j] = Math.fma(v, w.data()[from + j], sums[j]);
                }
            }
        }
    }

    /** Each channel by itself. */
    static void channels(int channels, float[] w, int wOffset, int wStride, float[] bias, int biasOffset, int rows,
            float[] x, int xOffset, int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride,
            float[] r, int rOffset, int rStride, float floor) {
        for (int row = 0; row < rows; row++) {
            int from = xOffset + starts[first + row];
            for (int c = 0; c < channels; c++) {
                float sum = 0;
                for (int s = 0; s < segments.length; s++) {
                    sum = Math.fma(x[from + segments[s] + c], w[wOffset + s * wStride + c], sum);
                }
                float v = sum + bias[biasOffset + c] + r[rOffset + row * rStride + c];
                y[yOffset + row * yStride + c] = v <= floor ? floor : v;
            }
        }
    }
}
