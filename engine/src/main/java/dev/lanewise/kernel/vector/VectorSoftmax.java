package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.kernel.scalar.ScalarMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Online softmax of a block of keys for queries that lie side by side: a lane is a query, so nothing is summed across lanes. */
final class VectorSoftmax {
    private static final int PANEL = PackedMatrix.PANEL;

    private VectorSoftmax() {
    }

    static void columns(int keys, float[] s, int sOffset, float[] mask, int maskOffset, boolean maskOfQueries,
            float[] state, int stateOffset) {
        for (int j = 0; j < PANEL; j += L) {
            if (mask != null && maskOfQueries) {
                addBlock(keys, s, sOffset + j, mask, maskOffset + j);
            } else if (mask != null) {
                addKeys(keys, s, sOffset + j, mask, maskOffset);
            }
            raise(keys, s, sOffset + j, state, stateOffset + j);
        }
        int factors = stateOffset + 2 * PANEL;
        VectorMath.unary(UnaryFunction.EXP, state, factors, state, factors, PANEL);
        for (int j = 0; j < PANEL; j += L) {
            exponentials(keys, s, sOffset + j, state, stateOffset + j);
        }
    }

    private static void addBlock(int keys, float[] s, int sOffset, float[] mask, int maskOffset) {
        for (int i = 0; i < keys; i++) {
            int at = sOffset + i * PANEL;
            FloatVector.fromArray(S, s, at).add(FloatVector.fromArray(S, mask, maskOffset + i * PANEL))
                    .intoArray(s, at);
        }
    }

    private static void addKeys(int keys, float[] s, int sOffset, float[] mask, int maskOffset) {
        for (int i = 0; i < keys; i++) {
            int at = sOffset + i * PANEL;
            FloatVector.fromArray(S, s, at).add(FloatVector.broadcast(S, mask[maskOffset + i])).intoArray(s, at);
        }
    }

    /** Brings the maxima up to date, where NaN is not larger than anything, and leaves the logarithms of the factors. */
    private static void raise(int keys, float[] s, int sOffset, float[] state, int stateOffset) {
        FloatVector before = FloatVector.fromArray(S, state, stateOffset);
        FloatVector a = before;
        FloatVector b = before;
        int i = 0;
        for (; i < keys - 1; i += 2) {
            FloatVector v = FloatVector.fromArray(S, s, sOffset + i * PANEL);
            a = a.blend(v, v.compare(VectorOperators.GT, a));
            FloatVector w = FloatVector.fromArray(S, s, sOffset + i * PANEL + PANEL);
            b = b.blend(w, w.compare(VectorOperators.GT, b));
        }
        if (i < keys) {
            FloatVector v = FloatVector.fromArray(S, s, sOffset + i * PANEL);
            a = a.blend(v, v.compare(VectorOperators.GT, a));
        }
        FloatVector max = a.blend(b, b.compare(VectorOperators.GT, a)).add(0f); // one zero, whatever its sign was
        max.intoArray(state, stateOffset);
        before.sub(max.blend(0f, max.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY)))
                .intoArray(state, stateOffset + 2 * PANEL);
    }

    private static void exponentials(int keys, float[] s, int sOffset, float[] state, int stateOffset) {
        FloatVector max = FloatVector.fromArray(S, state, stateOffset);
        FloatVector shift = max.blend(0f, max.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
        FloatVector sum = FloatVector.broadcast(S, 0f);
        for (int i = 0; i < keys; i++) {
            int at = sOffset + i * PANEL;
            FloatVector v = FloatVector.fromArray(S, s, at).sub(shift);
            FloatVector t =
                    v.fma(FloatVector.broadcast(S, ScalarMath.LOG2_E), FloatVector.broadcast(S, ScalarMath.ROUNDER));
            FloatVector k = t.sub(ScalarMath.ROUNDER);
            FloatVector r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_HIGH), v);
            r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_LOW), r);
            FloatVector e = r.fma(FloatVector.broadcast(S, ScalarMath.E6), FloatVector.broadcast(S, ScalarMath.E5));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E4));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E3));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E2));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.reinterpretAsInts().add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                    .reinterpretAsFloats();
            e = e.blend(0f, v.compare(VectorOperators.LT, ScalarMath.EXP_LOWEST));
            e.intoArray(s, at);
            sum = sum.add(e);
        }
        FloatVector.fromArray(S, state, stateOffset + PANEL)
                .mul(FloatVector.fromArray(S, state, stateOffset + 2 * PANEL)).add(sum)
                .intoArray(state, stateOffset + PANEL);
    }
}
