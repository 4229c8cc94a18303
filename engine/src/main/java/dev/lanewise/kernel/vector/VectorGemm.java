package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * FP32 matrix product, tiles of rows x 2 vectors that stay in registers over the whole of k. A panel of 32 columns is one
 * tile wide at 512 bits, two at 256, four at 128. Tall tiles need the 32 registers that come with 512-bit vectors.
 */
final class VectorGemm {
    private static final int PANEL = PackedMatrix.PANEL;
    private static final int TILE = 2 * L;
    private static final boolean TALL = L == 16;

    private VectorGemm() {
    }

    static void panel(int rows, int cols, int k, float[] a, int aOffset, int aStride, float[] panel, int panelOffset,
            float[] c,
            int cOffset, int cStride, boolean accumulate) {
        for (int j = 0; j < cols; j += TILE) {
            if (j + TILE <= cols) {
                full(rows, k, a, aOffset, aStride, panel, panelOffset + j, c, cOffset + j, cStride, accumulate);
            } else {
                edge(rows, cols - j, k, a, aOffset, aStride, panel, panelOffset + j, c, cOffset + j, cStride,
                        accumulate);
            }
        }
    }

    private static void full(int rows, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] c,
            int cOffset,
            int cStride, boolean accumulate) {
        int r = 0;
        for (; TALL && rows - r >= 12; r += 12) {
            tile12(k, a, aOffset + r * aStride, aStride, b, bOffset, c, cOffset + r * cStride, cStride, accumulate);
        }
        for (; TALL && rows - r >= 8; r += 8) {
            tile8(k, a, aOffset + r * aStride, aStride, b, bOffset, c, cOffset + r * cStride, cStride, accumulate);
        }
        for (; rows - r >= 6; r += 6) {
            tile6(k, a, aOffset + r * aStride, aStride, b, bOffset, c, cOffset + r * cStride, cStride, accumulate);
        }
        for (; rows - r >= 4; r += 4) {
            tile4(k, a, aOffset + r * aStride, aStride, b, bOffset, c, cOffset + r * cStride, cStride, accumulate);
        }
        for (; rows - r >= 2; r += 2) {
            tile2(k, a, aOffset + r * aStride, aStride, b, bOffset, c, cOffset + r * cStride, cStride, accumulate);
        }
        for (; rows - r >= 1; r += 1) {
            tile1(k, a, aOffset + r * aStride, aStride, b, bOffset, c, cOffset + r * cStride, cStride, accumulate);
        }
    }

    /** Fewer columns than a tile: row by row with masked stores. */
    private static void edge(int rows, int cols, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset,
            float[] c,
            int cOffset, int cStride, boolean accumulate) {
        VectorMask<Float> m0 = S.indexInRange(0, cols);
        VectorMask<Float> m1 = S.indexInRange(L, Math.max(L, cols));
        for (int r = 0; r < rows; r++) {
            int at = cOffset + r * cStride;
            FloatVector c0 = accumulate ? FloatVector.fromArray(S, c, at, m0) : FloatVector.zero(S);
            FloatVector c1 = accumulate && cols > L ? FloatVector.fromArray(S, c, at + L, m1) : FloatVector.zero(S);
            int from = aOffset + r * aStride;
            for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
                FloatVector x = FloatVector.broadcast(S, a[from + i]);
                c0 = x.fma(FloatVector.fromArray(S, b, p), c0);
                c1 = x.fma(FloatVector.fromArray(S, b, p + L), c1);
            }
            c0.intoArray(c, at, m0);
            if (cols > L) {
                c1.intoArray(c, at + L, m1);
            }
        }
    }

    private static void tile12(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] c,
            int cOffset, int cStride,
            boolean accumulate) {
        FloatVector c00 = start(c, cOffset, accumulate);
        FloatVector c01 = start(c, cOffset + L, accumulate);
        FloatVector c10 = start(c, cOffset + cStride, accumulate);
        FloatVector c11 = start(c, cOffset + cStride + L, accumulate);
        FloatVector c20 = start(c, cOffset + 2 * cStride, accumulate);
        FloatVector c21 = start(c, cOffset + 2 * cStride + L, accumulate);
        FloatVector c30 = start(c, cOffset + 3 * cStride, accumulate);
        FloatVector c31 = start(c, cOffset + 3 * cStride + L, accumulate);
        FloatVector c40 = start(c, cOffset + 4 * cStride, accumulate);
        FloatVector c41 = start(c, cOffset + 4 * cStride + L, accumulate);
        FloatVector c50 = start(c, cOffset + 5 * cStride, accumulate);
        FloatVector c51 = start(c, cOffset + 5 * cStride + L, accumulate);
        FloatVector c60 = start(c, cOffset + 6 * cStride, accumulate);
        FloatVector c61 = start(c, cOffset + 6 * cStride + L, accumulate);
        FloatVector c70 = start(c, cOffset + 7 * cStride, accumulate);
        FloatVector c71 = start(c, cOffset + 7 * cStride + L, accumulate);
        FloatVector c80 = start(c, cOffset + 8 * cStride, accumulate);
        FloatVector c81 = start(c, cOffset + 8 * cStride + L, accumulate);
        FloatVector c90 = start(c, cOffset + 9 * cStride, accumulate);
        FloatVector c91 = start(c, cOffset + 9 * cStride + L, accumulate);
        FloatVector c100 = start(c, cOffset + 10 * cStride, accumulate);
        FloatVector c101 = start(c, cOffset + 10 * cStride + L, accumulate);
        FloatVector c110 = start(c, cOffset + 11 * cStride, accumulate);
        FloatVector c111 = start(c, cOffset + 11 * cStride + L, accumulate);
        int a1 = aOffset + aStride;
        int a2 = aOffset + 2 * aStride;
        int a3 = aOffset + 3 * aStride;
        int a4 = aOffset + 4 * aStride;
        int a5 = aOffset + 5 * aStride;
        int a6 = aOffset + 6 * aStride;
        int a7 = aOffset + 7 * aStride;
        int a8 = aOffset + 8 * aStride;
        int a9 = aOffset + 9 * aStride;
        int a10 = aOffset + 10 * aStride;
        int a11 = aOffset + 11 * aStride;
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
            FloatVector x6 = FloatVector.broadcast(S, a[a6 + i]);
            c60 = x6.fma(b0, c60);
            c61 = x6.fma(b1, c61);
            FloatVector x7 = FloatVector.broadcast(S, a[a7 + i]);
            c70 = x7.fma(b0, c70);
            c71 = x7.fma(b1, c71);
            FloatVector x8 = FloatVector.broadcast(S, a[a8 + i]);
            c80 = x8.fma(b0, c80);
            c81 = x8.fma(b1, c81);
            FloatVector x9 = FloatVector.broadcast(S, a[a9 + i]);
            c90 = x9.fma(b0, c90);
            c91 = x9.fma(b1, c91);
            FloatVector x10 = FloatVector.broadcast(S, a[a10 + i]);
            c100 = x10.fma(b0, c100);
            c101 = x10.fma(b1, c101);
            FloatVector x11 = FloatVector.broadcast(S, a[a11 + i]);
            c110 = x11.fma(b0, c110);
            c111 = x11.fma(b1, c111);
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
        c80.intoArray(c, cOffset + 8 * cStride);
        c81.intoArray(c, cOffset + 8 * cStride + L);
        c90.intoArray(c, cOffset + 9 * cStride);
        c91.intoArray(c, cOffset + 9 * cStride + L);
        c100.intoArray(c, cOffset + 10 * cStride);
        c101.intoArray(c, cOffset + 10 * cStride + L);
        c110.intoArray(c, cOffset + 11 * cStride);
        c111.intoArray(c, cOffset + 11 * cStride + L);
    }

    private static void tile8(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] c,
            int cOffset, int cStride,
            boolean accumulate) {
        FloatVector c00 = start(c, cOffset, accumulate);
        FloatVector c01 = start(c, cOffset + L, accumulate);
        FloatVector c10 = start(c, cOffset + cStride, accumulate);
        FloatVector c11 = start(c, cOffset + cStride + L, accumulate);
        FloatVector c20 = start(c, cOffset + 2 * cStride, accumulate);
        FloatVector c21 = start(c, cOffset + 2 * cStride + L, accumulate);
        FloatVector c30 = start(c, cOffset + 3 * cStride, accumulate);
        FloatVector c31 = start(c, cOffset + 3 * cStride + L, accumulate);
        FloatVector c40 = start(c, cOffset + 4 * cStride, accumulate);
        FloatVector c41 = start(c, cOffset + 4 * cStride + L, accumulate);
        FloatVector c50 = start(c, cOffset + 5 * cStride, accumulate);
        FloatVector c51 = start(c, cOffset + 5 * cStride + L, accumulate);
        FloatVector c60 = start(c, cOffset + 6 * cStride, accumulate);
        FloatVector c61 = start(c, cOffset + 6 * cStride + L, accumulate);
        FloatVector c70 = start(c, cOffset + 7 * cStride, accumulate);
        FloatVector c71 = start(c, cOffset + 7 * cStride + L, accumulate);
        int a1 = aOffset + aStride;
        int a2 = aOffset + 2 * aStride;
        int a3 = aOffset + 3 * aStride;
        int a4 = aOffset + 4 * aStride;
        int a5 = aOffset + 5 * aStride;
        int a6 = aOffset + 6 * aStride;
        int a7 = aOffset + 7 * aStride;
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

    private static void tile6(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] c,
            int cOffset, int cStride,
            boolean accumulate) {
        FloatVector c00 = start(c, cOffset, accumulate);
        FloatVector c01 = start(c, cOffset + L, accumulate);
        FloatVector c10 = start(c, cOffset + cStride, accumulate);
        FloatVector c11 = start(c, cOffset + cStride + L, accumulate);
        FloatVector c20 = start(c, cOffset + 2 * cStride, accumulate);
        FloatVector c21 = start(c, cOffset + 2 * cStride + L, accumulate);
        FloatVector c30 = start(c, cOffset + 3 * cStride, accumulate);
        FloatVector c31 = start(c, cOffset + 3 * cStride + L, accumulate);
        FloatVector c40 = start(c, cOffset + 4 * cStride, accumulate);
        FloatVector c41 = start(c, cOffset + 4 * cStride + L, accumulate);
        FloatVector c50 = start(c, cOffset + 5 * cStride, accumulate);
        FloatVector c51 = start(c, cOffset + 5 * cStride + L, accumulate);
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

    private static void tile4(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] c,
            int cOffset, int cStride,
            boolean accumulate) {
        FloatVector c00 = start(c, cOffset, accumulate);
        FloatVector c01 = start(c, cOffset + L, accumulate);
        FloatVector c10 = start(c, cOffset + cStride, accumulate);
        FloatVector c11 = start(c, cOffset + cStride + L, accumulate);
        FloatVector c20 = start(c, cOffset + 2 * cStride, accumulate);
        FloatVector c21 = start(c, cOffset + 2 * cStride + L, accumulate);
        FloatVector c30 = start(c, cOffset + 3 * cStride, accumulate);
        FloatVector c31 = start(c, cOffset + 3 * cStride + L, accumulate);
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

    private static void tile2(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] c,
            int cOffset, int cStride,
            boolean accumulate) {
        FloatVector c00 = start(c, cOffset, accumulate);
        FloatVector c01 = start(c, cOffset + L, accumulate);
        FloatVector c10 = start(c, cOffset + cStride, accumulate);
        FloatVector c11 = start(c, cOffset + cStride + L, accumulate);
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

    private static void tile1(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] c,
            int cOffset, int cStride,
            boolean accumulate) {
        FloatVector c00 = start(c, cOffset, accumulate);
        FloatVector c01 = start(c, cOffset + L, accumulate);
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

    private static FloatVector start(float[] c, int offset, boolean accumulate) {
        return accumulate ? FloatVector.fromArray(S, c, offset) : FloatVector.zero(S);
    }
}
