package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.GROUPS;
import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.Lanes;
import dev.lanewise.kernel.ReduceFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Reductions over 16 virtual lanes, which are one, two or four vectors; {@code GROUPS} is a constant, so what a width does not
 * need is not compiled. One method a function, and no vector crosses a method of ours: C2 keeps what it does not inline on the
 * heap.
 */
final class VectorReduce {
    /** Lane l takes lane l + 8, l + 4, l + 2, l + 1; only the lower lanes count. */
    private static final VectorShuffle<Float> BY_8 = shift(8);
    private static final VectorShuffle<Float> BY_4 = shift(4);
    private static final VectorShuffle<Float> BY_2 = shift(2);
    private static final VectorShuffle<Float> BY_1 = shift(1);

    private VectorReduce() {
    }

    private static VectorShuffle<Float> shift(int by) {
        return VectorShuffle.fromOp(S, l -> (l + by) % L);
    }

    static float reduce(ReduceFunction f, float[] x, int offset, int n) {
        return switch (f) {
            case SUM -> sum(x, offset, n);
            case MAX -> max(x, offset, n);
            case MIN -> min(x, offset, n);
            case SUM_SQUARES -> sumSquares(x, offset, n);
            case SUM_ABS -> sumAbs(x, offset, n);
            case PRODUCT -> product(x, offset, n);
        };
    }

    /** Brings minimum and maximum up to date with whole vectors of x; returns how many elements those are. */
    static int minMax(float[] x, int offset, int n, float[] minMax) {
        FloatVector low0 = FloatVector.broadcast(S, minMax[0]);
        FloatVector high0 = FloatVector.broadcast(S, minMax[1]);
        FloatVector low1 = low0;
        FloatVector high1 = high0;
        FloatVector odd = FloatVector.broadcast(S, 0f);
        int i = 0;
        for (; i <= n - 2 * L; i += 2 * L) {
            FloatVector v = FloatVector.fromArray(S, x, offset + i);
            FloatVector w = FloatVector.fromArray(S, x, offset + i + L);
            low0 = low0.blend(v, v.compare(VectorOperators.LT, low0));
            high0 = high0.blend(v, v.compare(VectorOperators.GT, high0));
            low1 = low1.blend(w, w.compare(VectorOperators.LT, low1));
            high1 = high1.blend(w, w.compare(VectorOperators.GT, high1));
            // NaN makes the product with 0 NaN, and so do infinities: both are looked at one by one below.
            odd = v.fma(FloatVector.broadcast(S, 0f), w.fma(FloatVector.broadcast(S, 0f), odd));
        }
        if (!(odd.reduceLanes(VectorOperators.ADD) == 0f)) {
            return 0;
        }
        minMax[0] = low0.lanewise(VectorOperators.MIN, low1).reduceLanes(VectorOperators.MIN);
        minMax[1] = high0.lanewise(VectorOperators.MAX, high1).reduceLanes(VectorOperators.MAX);
        return i;
    }

    static float sum(float[] x, int offset, int n) {
        FloatVector a0 = FloatVector.broadcast(S, 0f);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int i = 0;
        for (; i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            a0 = a0.add(FloatVector.fromArray(S, x, offset + i));
            if (GROUPS > 1) {
                a1 = a1.add(FloatVector.fromArray(S, x, offset + i + L));
            }
            if (GROUPS > 2) {
                a2 = a2.add(FloatVector.fromArray(S, x, offset + i + 2 * L));
                a3 = a3.add(FloatVector.fromArray(S, x, offset + i + 3 * L));
            }
        }
        if (i < n) {
            int from0 = i;
            VectorMask<Float> m0 = S.indexInRange(from0, n);
            FloatVector t0 = FloatVector.broadcast(S, 0f).blend(FloatVector.fromArray(S, x, offset + from0, m0), m0);
            a0 = a0.add(t0);
            if (GROUPS > 1) {
                int from1 = Math.min(i + L, n);
                VectorMask<Float> m1 = S.indexInRange(from1, n);
                FloatVector t1 =
                        FloatVector.broadcast(S, 0f).blend(FloatVector.fromArray(S, x, offset + from1, m1), m1);
                a1 = a1.add(t1);
            }
            if (GROUPS > 2) {
                int from2 = Math.min(i + 2 * L, n);
                VectorMask<Float> m2 = S.indexInRange(from2, n);
                FloatVector t2 =
                        FloatVector.broadcast(S, 0f).blend(FloatVector.fromArray(S, x, offset + from2, m2), m2);
                a2 = a2.add(t2);
                int from3 = Math.min(i + 3 * L, n);
                VectorMask<Float> m3 = S.indexInRange(from3, n);
                FloatVector t3 =
                        FloatVector.broadcast(S, 0f).blend(FloatVector.fromArray(S, x, offset + from3, m3), m3);
                a3 = a3.add(t3);
            }
        }
        if (GROUPS > 2) {
            a0 = a0.add(a2);
            a1 = a1.add(a3);
        }
        if (GROUPS > 1) {
            a0 = a0.add(a1);
        }
        if (L > 8) {
            a0 = a0.add(a0.rearrange(BY_8));
        }
        if (L > 4) {
            a0 = a0.add(a0.rearrange(BY_4));
        }
        a0 = a0.add(a0.rearrange(BY_2));
        return a0.add(a0.rearrange(BY_1)).lane(0);
    }

    static float max(float[] x, int offset, int n) {
        FloatVector a0 = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int i = 0;
        for (; i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            a0 = a0.max(FloatVector.fromArray(S, x, offset + i));
            if (GROUPS > 1) {
                a1 = a1.max(FloatVector.fromArray(S, x, offset + i + L));
            }
            if (GROUPS > 2) {
                a2 = a2.max(FloatVector.fromArray(S, x, offset + i + 2 * L));
                a3 = a3.max(FloatVector.fromArray(S, x, offset + i + 3 * L));
            }
        }
        if (i < n) {
            int from0 = i;
            VectorMask<Float> m0 = S.indexInRange(from0, n);
            FloatVector t0 = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY)
                    .blend(FloatVector.fromArray(S, x, offset + from0, m0), m0);
            a0 = a0.max(t0);
            if (GROUPS > 1) {
                int from1 = Math.min(i + L, n);
                VectorMask<Float> m1 = S.indexInRange(from1, n);
                FloatVector t1 = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY)
                        .blend(FloatVector.fromArray(S, x, offset + from1, m1), m1);
                a1 = a1.max(t1);
            }
            if (GROUPS > 2) {
                int from2 = Math.min(i + 2 * L, n);
                VectorMask<Float> m2 = S.indexInRange(from2, n);
                FloatVector t2 = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY)
                        .blend(FloatVector.fromArray(S, x, offset + from2, m2), m2);
                a2 = a2.max(t2);
                int from3 = Math.min(i + 3 * L, n);
                VectorMask<Float> m3 = S.indexInRange(from3, n);
                FloatVector t3 = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY)
                        .blend(FloatVector.fromArray(S, x, offset + from3, m3), m3);
                a3 = a3.max(t3);
            }
        }
        if (GROUPS > 2) {
            a0 = a0.max(a2);
            a1 = a1.max(a3);
        }
        if (GROUPS > 1) {
            a0 = a0.max(a1);
        }
        if (L > 8) {
            a0 = a0.max(a0.rearrange(BY_8));
        }
        if (L > 4) {
            a0 = a0.max(a0.rearrange(BY_4));
        }
        a0 = a0.max(a0.rearrange(BY_2));
        return a0.max(a0.rearrange(BY_1)).lane(0);
    }

    static float min(float[] x, int offset, int n) {
        FloatVector a0 = FloatVector.broadcast(S, Float.POSITIVE_INFINITY);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int i = 0;
        for (; i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            a0 = a0.min(FloatVector.fromArray(S, x, offset + i));
            if (GROUPS > 1) {
                a1 = a1.min(FloatVector.fromArray(S, x, offset + i + L));
            }
            if (GROUPS > 2) {
                a2 = a2.min(FloatVector.fromArray(S, x, offset + i + 2 * L));
                a3 = a3.min(FloatVector.fromArray(S, x, offset + i + 3 * L));
            }
        }
        if (i < n) {
            int from0 = i;
            VectorMask<Float> m0 = S.indexInRange(from0, n);
            FloatVector t0 = FloatVector.broadcast(S, Float.POSITIVE_INFINITY)
                    .blend(FloatVector.fromArray(S, x, offset + from0, m0), m0);
            a0 = a0.min(t0);
            if (GROUPS > 1) {
                int from1 = Math.min(i + L, n);
                VectorMask<Float> m1 = S.indexInRange(from1, n);
                FloatVector t1 = FloatVector.broadcast(S, Float.POSITIVE_INFINITY)
                        .blend(FloatVector.fromArray(S, x, offset + from1, m1), m1);
                a1 = a1.min(t1);
            }
            if (GROUPS > 2) {
                int from2 = Math.min(i + 2 * L, n);
                VectorMask<Float> m2 = S.indexInRange(from2, n);
                FloatVector t2 = FloatVector.broadcast(S, Float.POSITIVE_INFINITY)
                        .blend(FloatVector.fromArray(S, x, offset + from2, m2), m2);
                a2 = a2.min(t2);
                int from3 = Math.min(i + 3 * L, n);
                VectorMask<Float> m3 = S.indexInRange(from3, n);
                FloatVector t3 = FloatVector.broadcast(S, Float.POSITIVE_INFINITY)
                        .blend(FloatVector.fromArray(S, x, offset + from3, m3), m3);
                a3 = a3.min(t3);
            }
        }
        if (GROUPS > 2) {
            a0 = a0.min(a2);
            a1 = a1.min(a3);
        }
        if (GROUPS > 1) {
            a0 = a0.min(a1);
        }
        if (L > 8) {
            a0 = a0.min(a0.rearrange(BY_8));
        }
        if (L > 4) {
            a0 = a0.min(a0.rearrange(BY_4));
        }
        a0 = a0.min(a0.rearrange(BY_2));
        return a0.min(a0.rearrange(BY_1)).lane(0);
    }

    static float product(float[] x, int offset, int n) {
        FloatVector a0 = FloatVector.broadcast(S, 1f);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int i = 0;
        for (; i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            a0 = a0.mul(FloatVector.fromArray(S, x, offset + i));
            if (GROUPS > 1) {
                a1 = a1.mul(FloatVector.fromArray(S, x, offset + i + L));
            }
            if (GROUPS > 2) {
                a2 = a2.mul(FloatVector.fromArray(S, x, offset + i + 2 * L));
                a3 = a3.mul(FloatVector.fromArray(S, x, offset + i + 3 * L));
            }
        }
        if (i < n) {
            int from0 = i;
            VectorMask<Float> m0 = S.indexInRange(from0, n);
            FloatVector t0 = FloatVector.broadcast(S, 1f).blend(FloatVector.fromArray(S, x, offset + from0, m0), m0);
            a0 = a0.mul(t0);
            if (GROUPS > 1) {
                int from1 = Math.min(i + L, n);
                VectorMask<Float> m1 = S.indexInRange(from1, n);
                FloatVector t1 =
                        FloatVector.broadcast(S, 1f).blend(FloatVector.fromArray(S, x, offset + from1, m1), m1);
                a1 = a1.mul(t1);
            }
            if (GROUPS > 2) {
                int from2 = Math.min(i + 2 * L, n);
                VectorMask<Float> m2 = S.indexInRange(from2, n);
                FloatVector t2 =
                        FloatVector.broadcast(S, 1f).blend(FloatVector.fromArray(S, x, offset + from2, m2), m2);
                a2 = a2.mul(t2);
                int from3 = Math.min(i + 3 * L, n);
                VectorMask<Float> m3 = S.indexInRange(from3, n);
                FloatVector t3 =
                        FloatVector.broadcast(S, 1f).blend(FloatVector.fromArray(S, x, offset + from3, m3), m3);
                a3 = a3.mul(t3);
            }
        }
        if (GROUPS > 2) {
            a0 = a0.mul(a2);
            a1 = a1.mul(a3);
        }
        if (GROUPS > 1) {
            a0 = a0.mul(a1);
        }
        if (L > 8) {
            a0 = a0.mul(a0.rearrange(BY_8));
        }
        if (L > 4) {
            a0 = a0.mul(a0.rearrange(BY_4));
        }
        a0 = a0.mul(a0.rearrange(BY_2));
        return a0.mul(a0.rearrange(BY_1)).lane(0);
    }

    static float sumAbs(float[] x, int offset, int n) {
        FloatVector a0 = FloatVector.broadcast(S, 0f);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int i = 0;
        for (; i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            a0 = a0.add(FloatVector.fromArray(S, x, offset + i).abs());
            if (GROUPS > 1) {
                a1 = a1.add(FloatVector.fromArray(S, x, offset + i + L).abs());
            }
            if (GROUPS > 2) {
                a2 = a2.add(FloatVector.fromArray(S, x, offset + i + 2 * L).abs());
                a3 = a3.add(FloatVector.fromArray(S, x, offset + i + 3 * L).abs());
            }
        }
        if (i < n) {
            int from0 = i;
            VectorMask<Float> m0 = S.indexInRange(from0, n);
            FloatVector t0 = FloatVector.broadcast(S, 0f).blend(FloatVector.fromArray(S, x, offset + from0, m0), m0);
            a0 = a0.add(t0.abs());
            if (GROUPS > 1) {
                int from1 = Math.min(i + L, n);
                VectorMask<Float> m1 = S.indexInRange(from1, n);
                FloatVector t1 =
                        FloatVector.broadcast(S, 0f).blend(FloatVector.fromArray(S, x, offset + from1, m1), m1);
                a1 = a1.add(t1.abs());
            }
            if (GROUPS > 2) {
                int from2 = Math.min(i + 2 * L, n);
                VectorMask<Float> m2 = S.indexInRange(from2, n);
                FloatVector t2 =
                        FloatVector.broadcast(S, 0f).blend(FloatVector.fromArray(S, x, offset + from2, m2), m2);
                a2 = a2.add(t2.abs());
                int from3 = Math.min(i + 3 * L, n);
                VectorMask<Float> m3 = S.indexInRange(from3, n);
                FloatVector t3 =
                        FloatVector.broadcast(S, 0f).blend(FloatVector.fromArray(S, x, offset + from3, m3), m3);
                a3 = a3.add(t3.abs());
            }
        }
        if (GROUPS > 2) {
            a0 = a0.add(a2);
            a1 = a1.add(a3);
        }
        if (GROUPS > 1) {
            a0 = a0.add(a1);
        }
        if (L > 8) {
            a0 = a0.add(a0.rearrange(BY_8));
        }
        if (L > 4) {
            a0 = a0.add(a0.rearrange(BY_4));
        }
        a0 = a0.add(a0.rearrange(BY_2));
        return a0.add(a0.rearrange(BY_1)).lane(0);
    }

    static float sumSquares(float[] x, int offset, int n) {
        FloatVector a0 = FloatVector.broadcast(S, 0f);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int i = 0;
        for (; i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            FloatVector v0 = FloatVector.fromArray(S, x, offset + i);
            a0 = v0.fma(v0, a0);
            if (GROUPS > 1) {
                FloatVector v1 = FloatVector.fromArray(S, x, offset + i + L);
                a1 = v1.fma(v1, a1);
            }
            if (GROUPS > 2) {
                FloatVector v2 = FloatVector.fromArray(S, x, offset + i + 2 * L);
                a2 = v2.fma(v2, a2);
                FloatVector v3 = FloatVector.fromArray(S, x, offset + i + 3 * L);
                a3 = v3.fma(v3, a3);
            }
        }
        if (i < n) {
            int from0 = i;
            VectorMask<Float> m0 = S.indexInRange(from0, n);
            FloatVector t0 = FloatVector.broadcast(S, 0f).blend(FloatVector.fromArray(S, x, offset + from0, m0), m0);
            FloatVector v0 = t0;
            a0 = v0.fma(v0, a0);
            if (GROUPS > 1) {
                int from1 = Math.min(i + L, n);
                VectorMask<Float> m1 = S.indexInRange(from1, n);
                FloatVector t1 =
                        FloatVector.broadcast(S, 0f).blend(FloatVector.fromArray(S, x, offset + from1, m1), m1);
                FloatVector v1 = t1;
                a1 = v1.fma(v1, a1);
            }
            if (GROUPS > 2) {
                int from2 = Math.min(i + 2 * L, n);
                VectorMask<Float> m2 = S.indexInRange(from2, n);
                FloatVector t2 =
                        FloatVector.broadcast(S, 0f).blend(FloatVector.fromArray(S, x, offset + from2, m2), m2);
                FloatVector v2 = t2;
                a2 = v2.fma(v2, a2);
                int from3 = Math.min(i + 3 * L, n);
                VectorMask<Float> m3 = S.indexInRange(from3, n);
                FloatVector t3 =
                        FloatVector.broadcast(S, 0f).blend(FloatVector.fromArray(S, x, offset + from3, m3), m3);
                FloatVector v3 = t3;
                a3 = v3.fma(v3, a3);
            }
        }
        if (GROUPS > 2) {
            a0 = a0.add(a2);
            a1 = a1.add(a3);
        }
        if (GROUPS > 1) {
            a0 = a0.add(a1);
        }
        if (L > 8) {
            a0 = a0.add(a0.rearrange(BY_8));
        }
        if (L > 4) {
            a0 = a0.add(a0.rearrange(BY_4));
        }
        a0 = a0.add(a0.rearrange(BY_2));
        return a0.add(a0.rearrange(BY_1)).lane(0);
    }

    /** Sum of (x - mean)². */
    static float squaredDeviations(float[] x, int offset, int n, float mean) {
        FloatVector a0 = FloatVector.broadcast(S, 0f);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int i = 0;
        for (; i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            FloatVector d0 = FloatVector.fromArray(S, x, offset + i).sub(mean);
            a0 = d0.fma(d0, a0);
            if (GROUPS > 1) {
                FloatVector d1 = FloatVector.fromArray(S, x, offset + i + L).sub(mean);
                a1 = d1.fma(d1, a1);
            }
            if (GROUPS > 2) {
                FloatVector d2 = FloatVector.fromArray(S, x, offset + i + 2 * L).sub(mean);
                a2 = d2.fma(d2, a2);
                FloatVector d3 = FloatVector.fromArray(S, x, offset + i + 3 * L).sub(mean);
                a3 = d3.fma(d3, a3);
            }
        }
        if (i < n) {
            int from0 = i;
            VectorMask<Float> m0 = S.indexInRange(from0, n);
            FloatVector t0 = FloatVector.broadcast(S, mean).blend(FloatVector.fromArray(S, x, offset + from0, m0), m0);
            FloatVector d0 = t0.sub(mean);
            a0 = d0.fma(d0, a0);
            if (GROUPS > 1) {
                int from1 = Math.min(i + L, n);
                VectorMask<Float> m1 = S.indexInRange(from1, n);
                FloatVector t1 =
                        FloatVector.broadcast(S, mean).blend(FloatVector.fromArray(S, x, offset + from1, m1), m1);
                FloatVector d1 = t1.sub(mean);
                a1 = d1.fma(d1, a1);
            }
            if (GROUPS > 2) {
                int from2 = Math.min(i + 2 * L, n);
                VectorMask<Float> m2 = S.indexInRange(from2, n);
                FloatVector t2 =
                        FloatVector.broadcast(S, mean).blend(FloatVector.fromArray(S, x, offset + from2, m2), m2);
                FloatVector d2 = t2.sub(mean);
                a2 = d2.fma(d2, a2);
                int from3 = Math.min(i + 3 * L, n);
                VectorMask<Float> m3 = S.indexInRange(from3, n);
                FloatVector t3 =
                        FloatVector.broadcast(S, mean).blend(FloatVector.fromArray(S, x, offset + from3, m3), m3);
                FloatVector d3 = t3.sub(mean);
                a3 = d3.fma(d3, a3);
            }
        }
        if (GROUPS > 2) {
            a0 = a0.add(a2);
            a1 = a1.add(a3);
        }
        if (GROUPS > 1) {
            a0 = a0.add(a1);
        }
        if (L > 8) {
            a0 = a0.add(a0.rearrange(BY_8));
        }
        if (L > 4) {
            a0 = a0.add(a0.rearrange(BY_4));
        }
        a0 = a0.add(a0.rearrange(BY_2));
        return a0.add(a0.rearrange(BY_1)).lane(0);
    }
}
