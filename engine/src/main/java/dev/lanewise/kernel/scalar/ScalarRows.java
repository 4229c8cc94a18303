package dev.lanewise.kernel.scalar;

import dev.lanewise.kernel.Lanes;
import dev.lanewise.kernel.ReduceFunction;

/** Softmax, normalisation and reduction of rows. */
public final class ScalarRows {
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

    static void softmaxBlock(float[] s, int sOffset, int n, float[] mask, int maskOffset, float[] state,
            int stateOffset) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            float v = mask == null ? s[sOffset + i] : s[sOffset + i] + mask[maskOffset + i];
            s[sOffset + i] = v;
            max = v > max ? v : max;
        }
        float before = state[stateOffset];
        max = (before > max ? before : max) + 0f; // one zero, whatever its sign was
        if (max == Float.NEGATIVE_INFINITY) {
            nothingToAttend(s, sOffset, n, state, stateOffset);
            return;
        }
        for (int i = 0; i < n; i++) {
            s[sOffset + i] = ScalarMath.exp(s[sOffset + i] - max);
        }
        float factor = ScalarMath.exp(before - max);
        state[stateOffset] = max;
        state[stateOffset + 1] = state[stateOffset + 1] * factor + reduce(ReduceFunction.SUM, s, sOffset, n);
        state[stateOffset + 2] = factor;
    }

    /** A block whose scores are all -infinity counts for nothing; one with a NaN spoils its row. */
    public static void nothingToAttend(float[] s, int sOffset, int n, float[] state, int stateOffset) {
        for (int i = 0; i < n; i++) {
            if (Float.isNaN(s[sOffset + i])) {
                state[stateOffset + 1] = Float.NaN;
            } else {
                s[sOffset + i] = 0;
            }
        }
        state[stateOffset + 2] = 0;
    }
}
