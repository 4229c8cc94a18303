package dev.lanewise.kernel.scalar;

import dev.lanewise.kernel.Lanes;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.ReduceFunction;

/** Softmax, normalisation and reduction of rows. */
public final class ScalarRows {
    private static final int PANEL = PackedMatrix.PANEL;

    private ScalarRows() {
    }

    static float reduce(ReduceFunction f, float[] x, int offset, int n) {
        float[] lanes = new float[Lanes.COUNT];
        java.util.Arrays.fill(lanes, f.neutral());
        for (int i = 0; i < n; i++) {
            int l = i % Lanes.COUNT;
            float v = x[offset + i];
            lanes[l] = switch (f) {
                case SUM_SQUARES -> Math.fma(v, v, lanes[l]);
                case SUM_ABS -> lanes[l] + Math.abs(v);
                default -> Lanes.join(f, lanes[l], v);
            };
        }
        return Lanes.fold(f, lanes, 0);
    }

    /** Sum of (x - mean)² as fused multiply-adds. */
    private static float squaredDeviations(float[] x, int offset, int n, float mean) {
        float[] lanes = new float[Lanes.COUNT];
        for (int i = 0; i < n; i++) {
            float d = x[offset + i] - mean;
            lanes[i % Lanes.COUNT] = Math.fma(d, d, lanes[i % Lanes.COUNT]);
        }
        return Lanes.fold(ReduceFunction.SUM, lanes, 0);
    }

    static void softmax(int rows, int cols, float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride) {
        for (int r = 0; r < rows; r++) {
            int from = xOffset + r * xStride;
            int to = yOffset + r * yStride;
            float max = reduce(ReduceFunction.MAX, x, from, cols);
            for (int i = 0; i < cols; i++) {
                y[to + i] = ScalarMath.exp(x[from + i] - max);
            }
            float sum = reduce(ReduceFunction.SUM, y, to, cols);
            for (int i = 0; i < cols; i++) {
                y[to + i] = y[to + i] / sum;
            }
        }
    }

    static void layerNorm(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float[] beta,
            float epsilon,
            float[] y, int yOffset, int yStride) {
        for (int r = 0; r < rows; r++) {
            int from = xOffset + r * xStride;
            int to = yOffset + r * yStride;
            float mean = reduce(ReduceFunction.SUM, x, from, cols) / cols;
            float inverse = 1f / (float) Math.sqrt(squaredDeviations(x, from, cols, mean) / cols + epsilon);
            for (int i = 0; i < cols; i++) {
                float v = (x[from + i] - mean) * inverse;
                y[to + i] = beta == null ? v * gamma[i] : Math.fma(v, gamma[i], beta[i]);
            }
        }
    }

    static void rmsNorm(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float epsilon,
            float[] y, int yOffset,
            int yStride) {
        for (int r = 0; r < rows; r++) {
            int from = xOffset + r * xStride;
            int to = yOffset + r * yStride;
            float inverse = 1f / (float) Math.sqrt(reduce(ReduceFunction.SUM_SQUARES, x, from, cols) / cols + epsilon);
            for (int i = 0; i < cols; i++) {
                y[to + i] = x[from + i] * inverse * gamma[i];
            }
        }
    }

    static void softmaxColumns(int keys, float[] s, int sOffset, float[] mask, int maskOffset, boolean maskOfQueries,
            float[] state, int stateOffset) {
        for (int j = 0; j < PANEL; j++) {
            float max = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < keys; i++) {
                int at = sOffset + i * PANEL + j;
                if (mask != null) {
                    s[at] += mask[maskOfQueries ? maskOffset + i * PANEL + j : maskOffset + i];
                }
                max = s[at] > max ? s[at] : max; // NaN is not larger than anything
            }
            float before = state[stateOffset + j];
            max = (before > max ? before : max) + 0f; // one zero, whatever its sign was
            float shift = max == Float.NEGATIVE_INFINITY ? 0 : max;
            float sum = 0;
            for (int i = 0; i < keys; i++) {
                int at = sOffset + i * PANEL + j;
                s[at] = ScalarMath.exp(s[at] - shift);
                sum += s[at];
            }
            float factor = ScalarMath.exp(before - shift);
            state[stateOffset + j] = max;
            state[stateOffset + PANEL + j] = state[stateOffset + PANEL + j] * factor + sum;
            state[stateOffset + 2 * PANEL + j] = factor;
        }
    }
}
