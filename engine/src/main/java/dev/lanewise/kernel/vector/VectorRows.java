package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.scalar.ScalarMath;
import dev.lanewise.kernel.scalar.ScalarRows;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Softmax and normalisation of rows. */
final class VectorRows {
    private VectorRows() {
    }

    private static void divide(float[] y, int at, float by, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, y, at + i).div(by).intoArray(y, at + i);
        }
        for (; i < n; i++) {
            y[at + i] = y[at + i] / by;
        }
    }

    /** Adds the mask where there is one, and returns the largest sum; NaN is not larger than anything. */
    private static float maskedMax(float[] s, int sOffset, int n, float[] mask, int maskOffset) {
        FloatVector a = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        FloatVector b = a;
        int i = 0;
        if (mask != null) {
            for (; i <= n - 2 * L; i += 2 * L) {
                FloatVector v =
                        FloatVector.fromArray(S, s, sOffset + i).add(FloatVector.fromArray(S, mask, maskOffset + i));
                v.intoArray(s, sOffset + i);
                a = a.blend(v, v.compare(VectorOperators.GT, a));
                FloatVector w = FloatVector.fromArray(S, s, sOffset + i + L)
                        .add(FloatVector.fromArray(S, mask, maskOffset + i + L));
                w.intoArray(s, sOffset + i + L);
                b = b.blend(w, w.compare(VectorOperators.GT, b));
            }
        } else {
            for (; i <= n - 2 * L; i += 2 * L) {
                FloatVector v = FloatVector.fromArray(S, s, sOffset + i);
                a = a.blend(v, v.compare(VectorOperators.GT, a));
                FloatVector w = FloatVector.fromArray(S, s, sOffset + i + L);
                b = b.blend(w, w.compare(VectorOperators.GT, b));
            }
        }
        float max = a.max(b).reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            float v = mask == null ? s[sOffset + i] : s[sOffset + i] + mask[maskOffset + i];
            s[sOffset + i] = v;
            max = v > max ? v : max;
        }
        return max;
    }

    static void softmax(int rows, int cols, float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride) {
        for (int r = 0; r < rows; r++) {
            int from = xOffset + r * xStride;
            int to = yOffset + r * yStride;
            VectorMath.expShifted(x, from, VectorReduce.max(x, from, cols), y, to, cols);
            divide(y, to, VectorReduce.sum(y, to, cols), cols);
        }
    }

    static void layerNorm(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float[] beta,
            float epsilon,
            float[] y, int yOffset, int yStride) {
        for (int r = 0; r < rows; r++) {
            int from = xOffset + r * xStride;
            int to = yOffset + r * yStride;
            float mean = VectorReduce.sum(x, from, cols) / cols;
            float inverse =
                    1f / (float) Math.sqrt(VectorReduce.squaredDeviations(x, from, cols, mean) / cols + epsilon);
            normalise(x, from, mean, inverse, gamma, beta, y, to, cols);
        }
    }

    private static void normalise(float[] x, int from, float mean, float inverse, float[] gamma, float[] beta,
            float[] y, int to,
            int n) {
        int i = 0;
        if (beta != null) {
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, x, from + i).sub(mean).mul(inverse)
                        .fma(FloatVector.fromArray(S, gamma, i), FloatVector.fromArray(S, beta, i))
                        .intoArray(y, to + i);
            }
        } else {
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, x, from + i).sub(mean).mul(inverse).mul(FloatVector.fromArray(S, gamma, i))
                        .intoArray(y, to + i);
            }
        }
        for (; i < n; i++) {
            float v = (x[from + i] - mean) * inverse;
            y[to + i] = beta == null ? v * gamma[i] : Math.fma(v, gamma[i], beta[i]);
        }
    }

    static void rmsNorm(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float epsilon,
            float[] y, int yOffset,
            int yStride) {
        for (int r = 0; r < rows; r++) {
            int from = xOffset + r * xStride;
            int to = yOffset + r * yStride;
            float inverse = 1f / (float) Math.sqrt(VectorReduce.sumSquares(x, from, cols) / cols + epsilon);
            int i = 0;
            for (; i <= cols - L; i += L) {
                FloatVector.fromArray(S, x, from + i).mul(inverse).mul(FloatVector.fromArray(S, gamma, i)).intoArray(y,
                        to + i);
            }
            for (; i < cols; i++) {
                y[to + i] = x[from + i] * inverse * gamma[i];
            }
        }
    }

    static void softmaxBlock(float[] s, int sOffset, int n, float[] mask, int maskOffset, float[] state,
            int stateOffset) {
        float max = maskedMax(s, sOffset, n, mask, maskOffset);
        float before = state[stateOffset];
        max = (before > max ? before : max) + 0f; // one zero, whatever its sign was
        if (max == Float.NEGATIVE_INFINITY) {
            ScalarRows.nothingToAttend(s, sOffset, n, state, stateOffset);
            return;
        }
        VectorMath.expShifted(s, sOffset, max, s, sOffset, n);
        float factor = ScalarMath.exp(before - max);
        state[stateOffset] = max;
        state[stateOffset + 1] = state[stateOffset + 1] * factor + VectorReduce.sum(s, sOffset, n);
        state[stateOffset + 2] = factor;
    }

    static void minMax(float[] x, int offset, int n, float[] minMax) {
        minMax[0] = Math.min(minMax[0], VectorReduce.min(x, offset, n));
        minMax[1] = Math.max(minMax[1], VectorReduce.max(x, offset, n));
    }
}
