package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.MANY_REGISTERS;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.FloatVector;

/**
 * Matrix product whose left side lies with its rows side by side, cut into tiles of rows x 2 vectors, with 16 registers of 2 rows x 4
 * vectors (see {@link GemmWide}).
 */
final class GemmTransposed {
    private static final int PANEL = PackedMatrix.PANEL;
    private static final int TILE = MANY_REGISTERS ? 2 * L : GemmWide.COLUMNS;
    private static final float[] ZERO = new float[PANEL];

    private GemmTransposed() {
    }

    static void panel(int rows, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, int bStride,
            float[] c, int cOffset, int cStride, boolean accumulate) {
        for (int j = 0; j < PANEL; j += TILE) {
            if (accumulate) {
                tiles(rows, k, a, aOffset, aStride, b, bOffset + j, bStride, c, cOffset + j, cStride, c, cOffset + j,
                        cStride);
            } else {
                tiles(rows, k, a, aOffset, aStride, b, bOffset + j, bStride, ZERO, 0, 0, c, cOffset + j, cStride);
            }
        }
    }

    private static void tiles(int rows, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset,
            int bStride, float[] s, int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        int r = 0;
        while (r < rows) {
            int from = sOffset + r * sStride;
            int to = cOffset + r * cStride;
            int left = rows - r;
            if (!MANY_REGISTERS && left >= 2) {
                tile2(k, a, aOffset + r, aStride, b, bOffset, bStride, s, from, sStride, c, to, cStride);
                r += 2;
            } else if (!MANY_REGISTERS) {
                wide1(k, a, aOffset + r, aStride, b, bOffset, bStride, s, from, c, to);
                r += 1;
            } else if (left >= 8) {
                tile8(k, a, aOffset + r, aStride, b, bOffset, bStride, s, from, sStride, c, to, cStride);
                r += 8;
            } else if (left >= 4) {
                tile4(k, a, aOffset + r, aStride, b, bOffset, bStride, s, from, sStride, c, to, cStride);
                r += 4;
            } else {
                tile1(k, a, aOffset + r, aStride, b, bOffset, bStride, s, from, c, to);
                r += 1;
            }
        }
    }

    private static void tile8(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, int bStride,
            float[] s, int sOffset,
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
        for (int i = 0, q = aOffset, p = bOffset; i < k; i++, q += aStride, p += bStride) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + L);
            FloatVector x0 = FloatVector.broadcast(S, a[q]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(S, a[q + 1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(S, a[q + 2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(S, a[q + 3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            FloatVector x4 = FloatVector.broadcast(S, a[q + 4]);
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            FloatVector x5 = FloatVector.broadcast(S, a[q + 5]);
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            FloatVector x6 = FloatVector.broadcast(S, a[q + 6]);
            c60 = x6.fma(b0, c60);
            c61 = x6.fma(b1, c61);
            FloatVector x7 = FloatVector.broadcast(S, a[q + 7]);
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

    private static void tile4(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, int bStride,
            float[] s, int sOffset,
            int sStride, float[] c, int cOffset, int cStride) {
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset);
        FloatVector c01 = FloatVector.fromArray(S, s, sOffset + L);
        FloatVector c10 = FloatVector.fromArray(S, s, sOffset + sStride);
        FloatVector c11 = FloatVector.fromArray(S, s, sOffset + sStride + L);
        FloatVector c20 = FloatVector.fromArray(S, s, sOffset + 2 * sStride);
        FloatVector c21 = FloatVector.fromArray(S, s, sOffset + 2 * sStride + L);
        FloatVector c30 = FloatVector.fromArray(S, s, sOffset + 3 * sStride);
        FloatVector c31 = FloatVector.fromArray(S, s, sOffset + 3 * sStride + L);
        for (int i = 0, q = aOffset, p = bOffset; i < k; i++, q += aStride, p += bStride) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + L);
            FloatVector x0 = FloatVector.broadcast(S, a[q]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(S, a[q + 1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(S, a[q + 2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(S, a[q + 3]);
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

    private static void tile1(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, int bStride,
            float[] s, int sOffset,
            float[] c, int cOffset) {
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset);
        FloatVector c01 = FloatVector.fromArray(S, s, sOffset + L);
        for (int i = 0, q = aOffset, p = bOffset; i < k; i++, q += aStride, p += bStride) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + L);
            FloatVector x0 = FloatVector.broadcast(S, a[q]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + L);
    }

    private static void tile2(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, int bStride,
            float[] s, int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset);
        FloatVector c01 = FloatVector.fromArray(S, s, sOffset + L);
        FloatVector c02 = FloatVector.fromArray(S, s, sOffset + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, s, sOffset + 3 * L);
        FloatVector c10 = FloatVector.fromArray(S, s, sOffset + sStride);
        FloatVector c11 = FloatVector.fromArray(S, s, sOffset + sStride + L);
        FloatVector c12 = FloatVector.fromArray(S, s, sOffset + sStride + 2 * L);
        FloatVector c13 = FloatVector.fromArray(S, s, sOffset + sStride + 3 * L);
        for (int i = 0, q = aOffset, p = bOffset; i < k; i++, q += aStride, p += bStride) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + L);
            FloatVector b2 = FloatVector.fromArray(S, b, p + 2 * L);
            FloatVector b3 = FloatVector.fromArray(S, b, p + 3 * L);
            FloatVector x0 = FloatVector.broadcast(S, a[q]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            c02 = x0.fma(b2, c02);
            c03 = x0.fma(b3, c03);
            FloatVector x1 = FloatVector.broadcast(S, a[q + 1]);
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

    private static void wide1(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, int bStride,
            float[] s, int sOffset, float[] c, int cOffset) {
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset);
        FloatVector c01 = FloatVector.fromArray(S, s, sOffset + L);
        FloatVector c02 = FloatVector.fromArray(S, s, sOffset + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, s, sOffset + 3 * L);
        for (int i = 0, q = aOffset, p = bOffset; i < k; i++, q += aStride, p += bStride) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + L);
            FloatVector b2 = FloatVector.fromArray(S, b, p + 2 * L);
            FloatVector b3 = FloatVector.fromArray(S, b, p + 3 * L);
            FloatVector x0 = FloatVector.broadcast(S, a[q]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            c02 = x0.fma(b2, c02);
            c03 = x0.fma(b3, c03);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + L);
        c02.intoArray(c, cOffset + 2 * L);
        c03.intoArray(c, cOffset + 3 * L);
    }
}
