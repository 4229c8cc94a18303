package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.FloatVector;

/**
 * The tile of 8 rows by 2 vectors, for machines with 32 vector registers. Two steps of k at a time, since the addresses of
 * 8 rows cost as much as half of the multiplications when they serve one step only.
 */
final class GemmTall {
    private static final int PANEL = PackedMatrix.PANEL;

    private GemmTall() {
    }

    static void tile8(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s, int sOffset,
            int sStride, float[] c, int cOffset, int cStride) {
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset);
        FloatVector c01 = FloatVector.fromArray(S, s, sOffset + L);
        FloatVector c10 = FloatVector.fromArray(S, s, sOffset + sStride);
        FloatVector c11 = FloatVector.fromArray(S, s, sOffset + sStride + L);
        FloatVector c20 = FloatVector.fromArray(S, s, sOffset + 2 * sStride);
        FloatVector c21 = FloatVector.fromArray(S, s, sOffset + 2 * sStride + L);
        FloatVector c30 = FloatVector.fromArray(S, s, sOffset + 3 * sStride);
        FloatVector c31 = FloatVector.fromArray(S, s, sOffset + 3 * sStride + L);
        FloatVector c40 = FloatVector.fromArray(S, s, sOffset + 4 * sStride);
        FloatVector c41 = FloatVector.fromArray(S, s, sOffset + 4 * sStride + L);
        FloatVector c50 = FloatVector.fromArray(S, s, sOffset + 5 * sStride);
        FloatVector c51 = FloatVector.fromArray(S, s, sOffset + 5 * sStride + L);
        FloatVector c60 = FloatVector.fromArray(S, s, sOffset + 6 * sStride);
        FloatVector c61 = FloatVector.fromArray(S, s, sOffset + 6 * sStride + L);
        FloatVector c70 = FloatVector.fromArray(S, s, sOffset + 7 * sStride);
        FloatVector c71 = FloatVector.fromArray(S, s, sOffset + 7 * sStride + L);
        int a1 = aOffset + aStride;
        int a2 = aOffset + 2 * aStride;
        int a3 = aOffset + 3 * aStride;
        int a4 = aOffset + 4 * aStride;
        int a5 = aOffset + 5 * aStride;
        int a6 = aOffset + 6 * aStride;
        int a7 = aOffset + 7 * aStride;
        int i = 0;
        int p = bOffset;
        for (; i < k - 1; i += 2, p += 2 * PANEL) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + L);
            FloatVector d0 = FloatVector.fromArray(S, b, p + PANEL);
            FloatVector d1 = FloatVector.fromArray(S, b, p + PANEL + L);
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector y0 = FloatVector.broadcast(S, a[aOffset + i + 1]);
            c00 = y0.fma(d0, c00);
            c01 = y0.fma(d1, c01);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector y1 = FloatVector.broadcast(S, a[a1 + i + 1]);
            c10 = y1.fma(d0, c10);
            c11 = y1.fma(d1, c11);
            FloatVector x2 = FloatVector.broadcast(S, a[a2 + i]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector y2 = FloatVector.broadcast(S, a[a2 + i + 1]);
            c20 = y2.fma(d0, c20);
            c21 = y2.fma(d1, c21);
            FloatVector x3 = FloatVector.broadcast(S, a[a3 + i]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            FloatVector y3 = FloatVector.broadcast(S, a[a3 + i + 1]);
            c30 = y3.fma(d0, c30);
            c31 = y3.fma(d1, c31);
            FloatVector x4 = FloatVector.broadcast(S, a[a4 + i]);
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            FloatVector y4 = FloatVector.broadcast(S, a[a4 + i + 1]);
            c40 = y4.fma(d0, c40);
            c41 = y4.fma(d1, c41);
            FloatVector x5 = FloatVector.broadcast(S, a[a5 + i]);
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            FloatVector y5 = FloatVector.broadcast(S, a[a5 + i + 1]);
            c50 = y5.fma(d0, c50);
            c51 = y5.fma(d1, c51);
            FloatVector x6 = FloatVector.broadcast(S, a[a6 + i]);
            c60 = x6.fma(b0, c60);
            c61 = x6.fma(b1, c61);
            FloatVector y6 = FloatVector.broadcast(S, a[a6 + i + 1]);
            c60 = y6.fma(d0, c60);
            c61 = y6.fma(d1, c61);
            FloatVector x7 = FloatVector.broadcast(S, a[a7 + i]);
            c70 = x7.fma(b0, c70);
            c71 = x7.fma(b1, c71);
            FloatVector y7 = FloatVector.broadcast(S, a[a7 + i + 1]);
            c70 = y7.fma(d0, c70);
            c71 = y7.fma(d1, c71);
        }
        if (i < k) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + L);
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(S, a[a2 + i]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(S, a[a3 + i]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            FloatVector x4 = FloatVector.broadcast(S, a[a4 + i]);
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            FloatVector x5 = FloatVector.broadcast(S, a[a5 + i]);
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            FloatVector x6 = FloatVector.broadcast(S, a[a6 + i]);
            c60 = x6.fma(b0, c60);
            c61 = x6.fma(b1, c61);
            FloatVector x7 = FloatVector.broadcast(S, a[a7 + i]);
            c70 = x7.fma(b0, c70);
            c71 = x7.fma(b1, c71);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + L);
        c10.intoArray(c, cOffset + cStride);
        c11.intoArray(c, cOffset + cStride + L);
        c20.intoArray(c, cOffset + 2 * cStride);
        c21.intoArray(c, cOffset + 2 * cStride + L);
        c30.intoArray(c, cOffset + 3 * cStride);
        c31.intoArray(c, cOffset + 3 * cStride + L);
        c40.intoArray(c, cOffset + 4 * cStride);
        c41.intoArray(c, cOffset + 4 * cStride + L);
        c50.intoArray(c, cOffset + 5 * cStride);
        c51.intoArray(c, cOffset + 5 * cStride + L);
        c60.intoArray(c, cOffset + 6 * cStride);
        c61.intoArray(c, cOffset + 6 * cStride + L);
        c70.intoArray(c, cOffset + 7 * cStride);
        c71.intoArray(c, cOffset + 7 * cStride + L);
    }
}
