package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.FloatVector;

/** Tiles of 6, 4, 2 or 1 rows by 2 vectors, within 16 vector registers. */
final class GemmShort {
    private static final int PANEL = PackedMatrix.PANEL;

    private GemmShort() {
    }

    static void tile6(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
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
        int a1 = aOffset + aStride;
        int a2 = aOffset + 2 * aStride;
        int a3 = aOffset + 3 * aStride;
        int a4 = aOffset + 4 * aStride;
        int a5 = aOffset + 5 * aStride;
        for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
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
    }

    static void tile4(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset);
        FloatVector c01 = FloatVector.fromArray(S, s, sOffset + L);
        FloatVector c10 = FloatVector.fromArray(S, s, sOffset + sStride);
        FloatVector c11 = FloatVector.fromArray(S, s, sOffset + sStride + L);
        FloatVector c20 = FloatVector.fromArray(S, s, sOffset + 2 * sStride);
        FloatVector c21 = FloatVector.fromArray(S, s, sOffset + 2 * sStride + L);
        FloatVector c30 = FloatVector.fromArray(S, s, sOffset + 3 * sStride);
        FloatVector c31 = FloatVector.fromArray(S, s, sOffset + 3 * sStride + L);
        int a1 = aOffset + aStride;
        int a2 = aOffset + 2 * aStride;
        int a3 = aOffset + 3 * aStride;
        for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
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
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + L);
        c10.intoArray(c, cOffset + cStride);
        c11.intoArray(c, cOffset + cStride + L);
        c20.intoArray(c, cOffset + 2 * cStride);
        c21.intoArray(c, cOffset + 2 * cStride + L);
        c30.intoArray(c, cOffset + 3 * cStride);
        c31.intoArray(c, cOffset + 3 * cStride + L);
    }

    static void tile2(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset);
        FloatVector c01 = FloatVector.fromArray(S, s, sOffset + L);
        FloatVector c10 = FloatVector.fromArray(S, s, sOffset + sStride);
        FloatVector c11 = FloatVector.fromArray(S, s, sOffset + sStride + L);
        int a1 = aOffset + aStride;
        for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + L);
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + L);
        c10.intoArray(c, cOffset + cStride);
        c11.intoArray(c, cOffset + cStride + L);
    }

    static void tile1(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset);
        FloatVector c01 = FloatVector.fromArray(S, s, sOffset + L);
        for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + L);
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + L);
    }
}
