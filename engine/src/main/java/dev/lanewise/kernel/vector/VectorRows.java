package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.GROUPS;
import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.Lanes;
import dev.lanewise.kernel.ReduceFunction;
import dev.lanewise.kernel.scalar.ScalarMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Softmax, normalisation and reduction of rows. The 16 virtual lanes are one, two or four vectors; {@code GROUPS} is a
 * constant, so what a width does not need is not compiled.
 */
final class VectorRows {
    /** Lane l takes lane l + 8, l + 4, l + 2, l + 1 (wrapping; only the lower lanes count). */
    private static final VectorShuffle<Float> BY_8 = shift(8);
    private static final VectorShuffle<Float> BY_4 = shift(4);
    private static final VectorShuffle<Float> BY_2 = shift(2);
    private static final VectorShuffle<Float> BY_1 = shift(1);

    private VectorRows() {
    }

    private static VectorShuffle<Float> shift(int by) {
        return VectorShuffle.fromOp(S, l -> (l + by) % L);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(S, x, at);
    }

    /** Elements {@code from} to {@code n - 1} of a row, others {@code filler}; nothing beyond the row is read. */
    private static FloatVector loadTail(float[] x, int offset, int from, int n, float filler) {
        if (from >= n) {
            return FloatVector.broadcast(S, filler);
        }
        VectorMask<Float> m = S.indexInRange(from, n);
        FloatVector v = FloatVector.fromArray(S, x, offset + from, m);
        return filler == 0f ? v : v.blend(filler, m.not());
    }

    private static FloatVector join(ReduceFunction f, FloatVector a, FloatVector b) {
        return switch (f) {
            case SUM, SUM_SQUARES, SUM_ABS -> a.add(b);
            case MAX -> a.max(b);
            case MIN -> a.min(b);
            case PRODUCT -> a.mul(b);
        };
    }

    private static FloatVector step(ReduceFunction f, FloatVector acc, FloatVector v) {
        return switch (f) {
            case SUM_SQUARES -> v.fma(v, acc);
            case SUM_ABS -> acc.add(v.abs());
            default -> join(f, acc, v);
        };
    }

    /** The fixed order of {@link Lanes#fold}. */
    private static float fold(ReduceFunction f, FloatVector a0, FloatVector a1, FloatVector a2, FloatVector a3) {
        FloatVector v = a0;
        if (GROUPS == 4) {
            v = join(f, join(f, a0, a2), join(f, a1, a3));
        } else if (GROUPS == 2) {
            v = join(f, a0, a1);
        } else {
            v = join(f, v, v.rearrange(BY_8));
        }
        if (L >= 8) {
            v = join(f, v, v.rearrange(BY_4));
        }
        v = join(f, v, v.rearrange(BY_2));
        v = join(f, v, v.rearrange(BY_1));
        return v.lane(0);
    }

    static float reduce(ReduceFunction f, float[] x, int offset, int n) {
        return switch (f) {
            case SUM -> sum(x, offset, n);
            case MAX -> max(x, offset, n);
            case SUM_SQUARES -> sumSquares(x, offset, n);
            default -> any(f, x, offset, n);
        };
    }

    /** The common reductions have methods of their own, so that each is compiled without the others. */
    private static float sum(float[] x, int offset, int n) {
        return any(ReduceFunction.SUM, x, offset, n);
    }

    private static float max(float[] x, int offset, int n) {
        return any(ReduceFunction.MAX, x, offset, n);
    }

    private static float sumSquares(float[] x, int offset, int n) {
        return any(ReduceFunction.SUM_SQUARES, x, offset, n);
    }

    private static float any(ReduceFunction f, float[] x, int offset, int n) {
        FloatVector a0 = FloatVector.broadcast(S, f.neutral());
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int i = 0;
        for (; i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            a0 = step(f, a0, load(x, offset + i));
            if (GROUPS > 1) {
                a1 = step(f, a1, load(x, offset + i + L));
            }
            if (GROUPS > 2) {
                a2 = step(f, a2, load(x, offset + i + 2 * L));
                a3 = step(f, a3, load(x, offset + i + 3 * L));
            }
        }
        if (i < n) {
            a0 = step(f, a0, loadTail(x, offset, i, n, f.neutral()));
            if (GROUPS > 1) {
                a1 = step(f, a1, loadTail(x, offset, i + L, n, f.neutral()));
            }
            if (GROUPS > 2) {
                a2 = step(f, a2, loadTail(x, offset, i + 2 * L, n, f.neutral()));
                a3 = step(f, a3, loadTail(x, offset, i + 3 * L, n, f.neutral()));
            }
        }
        return fold(f, a0, a1, a2, a3);
    }

    private static float squaredDeviations(float[] x, int offset, int n, float mean) {
        FloatVector a0 = FloatVector.zero(S);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int i = 0;
        for (; i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            FloatVector d0 = load(x, offset + i).sub(mean);
            a0 = d0.fma(d0, a0);
            if (GROUPS > 1) {
                FloatVector d1 = load(x, offset + i + L).sub(mean);
                a1 = d1.fma(d1, a1);
            }
            if (GROUPS > 2) {
                FloatVector d2 = load(x, offset + i + 2 * L).sub(mean);
                a2 = d2.fma(d2, a2);
                FloatVector d3 = load(x, offset + i + 3 * L).sub(mean);
                a3 = d3.fma(d3, a3);
            }
        }
        if (i < n) {
            FloatVector d0 = loadTail(x, offset, i, n, mean).sub(mean);
            a0 = d0.fma(d0, a0);
            if (GROUPS > 1) {
                FloatVector d1 = loadTail(x, offset, i + L, n, mean).sub(mean);
                a1 = d1.fma(d1, a1);
            }
            if (GROUPS > 2) {
                FloatVector d2 = loadTail(x, offset, i + 2 * L, n, mean).sub(mean);
                a2 = d2.fma(d2, a2);
                FloatVector d3 = loadTail(x, offset, i + 3 * L, n, mean).sub(mean);
                a3 = d3.fma(d3, a3);
            }
        }
        return fold(ReduceFunction.SUM, a0, a1, a2, a3);
    }

    /** {@code y = exp(x - max)}. */
    private static void expMinus(float[] x, int from, float max, float[] y, int to, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            VectorMath.exp(load(x, from + i).sub(max)).intoArray(y, to + i);
        }
        for (; i < n; i++) {
            y[to + i] = ScalarMath.exp(x[from + i] - max);
        }
    }

    private static void divide(float[] y, int at, float by, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            load(y, at + i).div(by).intoArray(y, at + i);
        }
        for (; i < n; i++) {
            y[at + i] = y[at + i] / by;
        }
    }

    private static void add(float[] y, int at, float[] x, int from, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            load(y, at + i).add(load(x, from + i)).intoArray(y, at + i);
        }
        for (; i < n; i++) {
            y[at + i] += x[from + i];
        }
    }

    static void softmax(int rows, int cols, float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride) {
        for (int r = 0; r < rows; r++) {
            int from = xOffset + r * xStride;
            int to = yOffset + r * yStride;
            expMinus(x, from, max(x, from, cols), y, to, cols);
            divide(y, to, sum(y, to, cols), cols);
        }
    }

    static void layerNorm(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float[] beta,
            float epsilon,
            float[] y, int yOffset, int yStride) {
        for (int r = 0; r < rows; r++) {
            int from = xOffset + r * xStride;
            int to = yOffset + r * yStride;
            float mean = sum(x, from, cols) / cols;
            float inverse = 1f / (float) Math.sqrt(squaredDeviations(x, from, cols, mean) / cols + epsilon);
            normalise(x, from, mean, inverse, gamma, beta, y, to, cols);
        }
    }

    private static void normalise(float[] x, int from, float mean, float inverse, float[] gamma, float[] beta,
            float[] y, int to,
            int n) {
        int i = 0;
        if (beta != null) {
            for (; i <= n - L; i += L) {
                load(x, from + i).sub(mean).mul(inverse).fma(load(gamma, i), load(beta, i)).intoArray(y, to + i);
            }
        } else {
            for (; i <= n - L; i += L) {
                load(x, from + i).sub(mean).mul(inverse).mul(load(gamma, i)).intoArray(y, to + i);
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
            float inverse = 1f / (float) Math.sqrt(sumSquares(x, from, cols) / cols + epsilon);
            int i = 0;
            for (; i <= cols - L; i += L) {
                load(x, from + i).mul(inverse).mul(load(gamma, i)).intoArray(y, to + i);
            }
            for (; i < cols; i++) {
                y[to + i] = x[from + i] * inverse * gamma[i];
            }
        }
    }

    static void softmaxBlock(float[] s, int sOffset, int n, float[] mask, int maskOffset, float[] state,
            int stateOffset) {
        if (mask != null) {
            add(s, sOffset, mask, maskOffset, n);
        }
        float before = state[stateOffset];
        float max = Math.max(before, max(s, sOffset, n));
        if (max == Float.NEGATIVE_INFINITY) {
            java.util.Arrays.fill(s, sOffset, sOffset + n, 0f);
            state[stateOffset + 2] = 0;
            return;
        }
        expMinus(s, sOffset, max, s, sOffset, n);
        float factor = ScalarMath.exp(before - max);
        state[stateOffset] = max;
        state[stateOffset + 1] = state[stateOffset + 1] * factor + sum(s, sOffset, n);
        state[stateOffset + 2] = factor;
    }

    static void minMax(float[] x, int offset, int n, float[] minMax) {
        minMax[0] = Math.min(minMax[0], any(ReduceFunction.MIN, x, offset, n));
        minMax[1] = Math.max(minMax[1], max(x, offset, n));
    }
}
