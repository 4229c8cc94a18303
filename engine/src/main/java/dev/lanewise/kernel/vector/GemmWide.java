package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.FloatVector;

/**
 * Tiles of 2 or 1 rows by 4 vectors, for machines with 16 vector registers: 8 sums are as many as two multiply-adds a cycle
 * need, nothing is spilled, and two rows need but two addresses. Two steps of k at a time.
 */
final class GemmWide {
    private static final int PANEL = PackedMatrix.PANEL;
    /** Columns of a tile. */
    static final int COLUMNS = 4 * L;

    private GemmWide() {
    }

    static void tile2(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s, int sOffset,
            int sStride, float[] c, int cOffset, int cStride) {
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset);
        FloatVector c01 = FloatVector.fromArray(S, s, sOffset + L);
        FloatVector c02 = FloatVector.fromArray(S, s, sOffset + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, s, sOffset + 3 * L);
        FloatVector c10 = FloatVector.fromArray(S, s, sOffset + sStride);
        FloatVector c11 = FloatVector.fromArray(S, s, sOffset + sStride + L);
        FloatVector c12 = FloatVector.fromArray(S, s, sOffset + sStride + 2 * L);
        FloatVector c13 = FloatVector.fromArray(S, s, sOffset + sStride + 3 * L);
        int a1 = aOffset + aStride;
        int i = 0;
        int p = bOffset;
        for (; i < k - 1; i += 2, p += 2 * PANEL) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + L);
            FloatVector b2 = FloatVector.fromArray(S, b, p + 2 * L);
            FloatVector b3 = FloatVector.fromArray(S, b, p + 3 * L);
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            c02 = x0.fma(b2, c02);
            c03 = x0.fma(b3, c03);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            c12 = x1.fma(b2, c12);
            c13 = x1.fma(b3, c13);
            FloatVector d0 = FloatVector.fromArray(S, b, p + PANEL);
            FloatVector d1 = FloatVector.fromArray(S, b, p + PANEL + L);
            FloatVector d2 = FloatVector.fromArray(S, b, p + PANEL + 2 * L);
            FloatVector d3 = FloatVector.fromArray(S, b, p + PANEL + 3 * L);
            FloatVector y0 = FloatVector.broadcast(S, a[aOffset + i + 1]);
            c00 = y0.fma(d0, c00);
            c01 = y0.fma(d1, c01);
            c02 = y0.fma(d2, c02);
            c03 = y0.fma(d3, c03);
            FloatVector y1 = FloatVector.broadcast(S, a[a1 + i + 1]);
            c10 = y1.fma(d0, c10);
            c11 = y1.fma(d1, c11);
            c12 = y1.fma(d2, c12);
            c13 = y1.fma(d3, c13);
        }
        if (i < k) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + L);
            FloatVector b2 = FloatVector.fromArray(S, b, p + 2 * L);
            FloatVector b3 = FloatVector.fromArray(S, b, p + 3 * L);
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            c02 = x0.fma(b2, c02);
            c03 = x0.fma(b3, c03);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            c12 = x1.fma(b2, c12);
            c13 = x1.fma(b3, c13);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + L);
        c02.intoArray(c, cOffset + 2 * L);
        c03.intoArray(c, cOffset + 3 * L);
        c10.intoArray(c, cOffset + cStride);
        c11.intoArray(c, cOffset + cStride + L);
        c12.intoArray(c, cOffset + cStride + 2 * L);
        c13.intoArray(c, cOffset + cStride + 3 * L);
    }

    static void tile1(int k, float[] a, int aOffset, float[] b, int bOffset, float[] s, int sOffset, float[] c,
            int cOffset) {
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset);
        FloatVector c01 = FloatVector.fromArray(S, s, sOffset + L);
        FloatVector c02 = FloatVector.fromArray(S, s, sOffset + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, s, sOffset + 3 * L);
        for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(FloatVector.fromArray(S, b, p), c00);
            c01 = x0.fma(FloatVector.fromArray(S, b, p + L), c01);
            c02 = x0.fma(FloatVector.fromArray(S, b, p + 2 * L), c02);
            c03 = x0.fma(FloatVector.fromArray(S, b, p + 3 * L), c03);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + L);
        c02.intoArray(c, cOffset + 2 * L);
        c03.intoArray(c, cOffset + 3 * L);
    }
}
