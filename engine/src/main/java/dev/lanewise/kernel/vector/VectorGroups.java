package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.I;
import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;
import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.lanewise.kernel.PackedGroups;
import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** Weights in groups, for vectors of 8 floats or more. */
final class VectorGroups {
    private static final int PANEL = PackedMatrix.PANEL;
    private static final int HALF = PANEL / 2;
    private static final VectorSpecies<Byte> B = L == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    private static final int LOW = PackedGroups.LOW_SHIFT;
    private static final int HIGH = PackedGroups.HIGH_MASK;

    private VectorGroups() {
    }

    static void gemv(PackedGroups w, int first, int last, float[] a, int aOffset, float[] c, int cOffset) {
        int k = w.k();
        int shift = w.groupShift();
        byte[] data = w.data();
        float[] scales = w.scales();
        int p = first;
        if (L == 16) {
            // Two panels side by side, as many chains as there are with vectors of 8.
            for (; p + 1 < last; p += 2) {
                int at = w.panelOffset(p);
                int s = w.scalesOffset(p);
                int to = cOffset + (p - first) * PANEL;
                int nextAt = w.panelOffset(p + 1) - at;
                int nextScales = w.scalesOffset(p + 1) - s;
                if (w.bits() == 4) {
                    gemv4(k, shift, a, aOffset, data, at, nextAt, scales, s, nextScales, c, to, PANEL);
                } else {
                    gemv8(k, shift, a, aOffset, data, at, nextAt, scales, s, nextScales, c, to, PANEL);
                }
            }
        }
        for (; p < last; p++) {
            int at = w.panelOffset(p);
            int s = w.scalesOffset(p);
            int to = cOffset + (p - first) * PANEL;
            // The last panel alone, with vectors of 16: the same work twice, to the same place.
            int next = L == 16 ? 0 : L;
            if (w.bits() == 4) {
                gemv4(k, shift, a, aOffset, data, at, next, scales, s, next, c, to, next);
            } else {
                gemv8(k, shift, a, aOffset, data, at, next, scales, s, next, c, to, next);
            }
        }
    }

    /**
     * Columns 0 … L-1 and 16 … 16+L-1 of a panel, and of what lies {@code next} further on. One loop over all of k, with scales from the L1 cache: a
     * loop for each group is slower.
     */
    private static void gemv4(int k, int shift, float[] a, int aOffset, byte[] b, int at, int next, float[] scales,
            int s, int nextScales, float[] c, int cOffset, int nextC) {
        FloatVector c0 = FloatVector.broadcast(S, 0f);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        for (int i = 0; i < k; i++) {
            int s0 = s + (i >> shift) * PANEL;
            FloatVector x = FloatVector.broadcast(S, a[aOffset + i]);
            IntVector b0 = (IntVector) ByteVector.fromArray(B, b, at + i * HALF).convertShape(B2I, I, 0);
            IntVector b1 = (IntVector) ByteVector.fromArray(B, b, at + next + i * HALF).convertShape(B2I, I, 0);
            FloatVector w0 = (FloatVector) b0.lanewise(LSHL, LOW).convertShape(I2F, S, 0);
            c0 = x.fma(w0.mul(FloatVector.fromArray(S, scales, s0)), c0);
            FloatVector w1 = (FloatVector) b0.and(HIGH).convertShape(I2F, S, 0);
            c1 = x.fma(w1.mul(FloatVector.fromArray(S, scales, s0 + HALF)), c1);
            FloatVector w2 = (FloatVector) b1.lanewise(LSHL, LOW).convertShape(I2F, S, 0);
            c2 = x.fma(w2.mul(FloatVector.fromArray(S, scales, s0 + nextScales)), c2);
            FloatVector w3 = (FloatVector) b1.and(HIGH).convertShape(I2F, S, 0);
            c3 = x.fma(w3.mul(FloatVector.fromArray(S, scales, s0 + nextScales + HALF)), c3);
        }
        c0.intoArray(c, cOffset);
        c1.intoArray(c, cOffset + HALF);
        c2.intoArray(c, cOffset + nextC);
        c3.intoArray(c, cOffset + nextC + HALF);
    }

    private static void gemv8(int k, int shift, float[] a, int aOffset, byte[] b, int at, int next, float[] scales,
            int s, int nextScales, float[] c, int cOffset, int nextC) {
        FloatVector c0 = FloatVector.broadcast(S, 0f);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        for (int i = 0; i < k; i++) {
            int s0 = s + (i >> shift) * PANEL;
            FloatVector x = FloatVector.broadcast(S, a[aOffset + i]);
            FloatVector w0 = (FloatVector) ByteVector.fromArray(B, b, at + i * PANEL).convertShape(B2F, S, 0);
            c0 = x.fma(w0.mul(FloatVector.fromArray(S, scales, s0)), c0);
            FloatVector w1 = (FloatVector) ByteVector.fromArray(B, b, at + i * PANEL + HALF).convertShape(B2F, S, 0);
            c1 = x.fma(w1.mul(FloatVector.fromArray(S, scales, s0 + HALF)), c1);
            FloatVector w2 = (FloatVector) ByteVector.fromArray(B, b, at + i * PANEL + next).convertShape(B2F, S, 0);
            c2 = x.fma(w2.mul(FloatVector.fromArray(S, scales, s0 + nextScales)), c2);
            FloatVector w3 =
                    (FloatVector) ByteVector.fromArray(B, b, at + i * PANEL + next + HALF).convertShape(B2F, S, 0);
            c3 = x.fma(w3.mul(FloatVector.fromArray(S, scales, s0 + nextScales + HALF)), c3);
        }
        c0.intoArray(c, cOffset);
        c1.intoArray(c, cOffset + HALF);
        c2.intoArray(c, cOffset + nextC);
        c3.intoArray(c, cOffset + nextC + HALF);
    }

    /** Rows of a panel as floats. */
    static void toFloat(PackedGroups w, int panel, int first, int rows, float[] y, int yOffset) {
        int end = first + rows;
        for (int from = first; from < end;) {
            int g = from / w.group();
            int to = Math.min(end, (g + 1) * w.group());
            int s = w.scalesOffset(panel) + g * PANEL;
            int out = yOffset + (from - first) * PANEL;
            for (int j = 0; j < HALF; j += L) {
                if (w.bits() == 4) {
                    expand4(to - from, w.data(), w.rowAt(from, panel) + j, w.scales(), w.zeros(), s + j, y, out + j);
                } else {
                    expand8(to - from, w.data(), w.rowAt(from, panel) + j, w.scales(), w.zeros(), s + j, y, out + j);
                }
            }
            from = to;
        }
    }

    private static void expand4(int rows, byte[] b, int at, float[] scales, float[] zeros, int s, float[] y, int out) {
        FloatVector s0 = FloatVector.fromArray(S, scales, s);
        FloatVector s1 = FloatVector.fromArray(S, scales, s + HALF);
        FloatVector z0 = zeros == null ? FloatVector.broadcast(S, 0f) : FloatVector.fromArray(S, zeros, s);
        FloatVector z1 = zeros == null ? FloatVector.broadcast(S, 0f) : FloatVector.fromArray(S, zeros, s + HALF);
        for (int i = 0; i < rows; i++) {
            IntVector v = (IntVector) ByteVector.fromArray(B, b, at + i * HALF).convertShape(B2I, I, 0);
            FloatVector low = (FloatVector) v.lanewise(LSHL, LOW).convertShape(I2F, S, 0);
            FloatVector high = (FloatVector) v.and(HIGH).convertShape(I2F, S, 0);
            low.sub(z0).mul(s0).intoArray(y, out + i * PANEL);
            high.sub(z1).mul(s1).intoArray(y, out + i * PANEL + HALF);
        }
    }

    private static void expand8(int rows, byte[] b, int at, float[] scales, float[] zeros, int s, float[] y, int out) {
        FloatVector s0 = FloatVector.fromArray(S, scales, s);
        FloatVector s1 = FloatVector.fromArray(S, scales, s + HALF);
        FloatVector z0 = zeros == null ? FloatVector.broadcast(S, 0f) : FloatVector.fromArray(S, zeros, s);
        FloatVector z1 = zeros == null ? FloatVector.broadcast(S, 0f) : FloatVector.fromArray(S, zeros, s + HALF);
        for (int i = 0; i < rows; i++) {
            FloatVector low = (FloatVector) ByteVector.fromArray(B, b, at + i * PANEL).convertShape(B2F, S, 0);
            FloatVector high = (FloatVector) ByteVector.fromArray(B, b, at + i * PANEL + HALF).convertShape(B2F, S, 0);
            low.sub(z0).mul(s0).intoArray(y, out + i * PANEL);
            high.sub(z1).mul(s1).intoArray(y, out + i * PANEL + HALF);
        }
    }
}
