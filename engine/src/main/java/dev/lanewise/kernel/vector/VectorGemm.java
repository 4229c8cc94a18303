package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.MANY_REGISTERS;

import dev.lanewise.kernel.PackedMatrix;

/**
 * FP32 matrix product, cut into tiles of rows x 2 vectors that stay in registers over a block of k. A panel of 32 columns is
 * one tile wide at 512 bits, two at 256, four at 128.
 */
final class VectorGemm {
    private static final int PANEL = PackedMatrix.PANEL;
    private static final int TILE = 2 * L;
    /** Depth of a block of k: 192 x 32 floats of a panel (24 KiB) and 12 rows of a (9 KiB) share the L1 cache. */
    private static final int K_BLOCK = 192;
    /** Up to so many rows a panel is read once or twice, and k is not cut. */
    private static final int FEW_ROWS = 24;
    private static final float[] ZERO = new float[PANEL];
    /** Keeps the loads of {@link #tall} that only fetch; never read. */
    private static int fetched;

    private VectorGemm() {
    }

    static void panel(int rows, int cols, int k, float[] a, int aOffset, int aStride, float[] panel, int panelOffset,
            float[] c, int cOffset, int cStride, boolean accumulate) {
        int depth = rows <= FEW_ROWS ? Math.max(1, k) : K_BLOCK;
        int i = 0;
        do {
            int kb = Math.min(depth, k - i);
            if (accumulate || i > 0) {
                block(rows, cols, kb, a, aOffset + i, aStride, panel, panelOffset + i * PANEL, c, cOffset, cStride, c,
                        cOffset, cStride);
            } else {
                block(rows, cols, kb, a, aOffset, aStride, panel, panelOffset, ZERO, 0, 0, c, cOffset, cStride);
            }
            i += depth;
        } while (i < k);
    }

    /** One block of k: {@code c = s + a b}; the start s is c itself or a row of zeros with stride 0. */
    private static void block(int rows, int cols, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset,
            float[] s, int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        for (int j = 0; j < cols; j += TILE) {
            if (j + TILE <= cols) {
                full(rows, k, a, aOffset, aStride, b, bOffset + j, s, sOffset + j, sStride, c, cOffset + j, cStride);
            } else {
                GemmEdge.rows(rows, cols - j, k, a, aOffset, aStride, b, bOffset + j, s, sOffset + j, sStride, c,
                        cOffset + j, cStride);
            }
        }
    }

    private static void full(int rows, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        int r = MANY_REGISTERS && rows >= 8
                ? tall(rows, k, a, aOffset, aStride, b, bOffset, s, sOffset, sStride, c, cOffset, cStride)
                : 0;
        while (r < rows) {
            int x = aOffset + r * aStride;
            int from = sOffset + r * sStride;
            int to = cOffset + r * cStride;
            int left = rows - r;
            if (left >= 6) {
                GemmShort.tile6(k, a, x, aStride, b, bOffset, s, from, sStride, c, to, cStride);
                r += 6;
            } else if (left >= 4) {
                GemmShort.tile4(k, a, x, aStride, b, bOffset, s, from, sStride, c, to, cStride);
                r += 4;
            } else if (left >= 2) {
                GemmShort.tile2(k, a, x, aStride, b, bOffset, s, from, sStride, c, to, cStride);
                r += 2;
            } else {
                GemmShort.tile1(k, a, x, aStride, b, bOffset, s, from, sStride, c, to, cStride);
                r += 1;
            }
        }
    }

    /**
     * Tiles of 12 and 8 rows; returns how many rows they cover. Weights are met once in a run and wait beyond the L2 cache, so
     * each step also loads one element ahead: by the time these rows are done, the block that follows in memory has come.
     */
    private static int tall(int rows, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        int step = 2 * PANEL * 12 / Math.max(12, rows);
        int span = step * (k / 2);
        int next = bOffset + k * PANEL;
        int sum = 0;
        int r = 0;
        while (rows - r >= 8) {
            int x = aOffset + r * aStride;
            int from = sOffset + r * sStride;
            int to = cOffset + r * cStride;
            int ahead = next + span < b.length ? next : bOffset;
            next = ahead + span;
            if (rows - r >= 12) {
                sum += GemmTall.tile12(k, a, x, aStride, b, bOffset, s, from, sStride, c, to, cStride, ahead, step);
                r += 12;
            } else {
                sum += GemmTall.tile8(k, a, x, aStride, b, bOffset, s, from, sStride, c, to, cStride, ahead, step);
                r += 8;
            }
        }
        fetched = sum;
        if ((k & 1) == 1) {
            lastOfOdd(r, k - 1, a, aOffset, aStride, b, bOffset, c, cOffset, cStride);
        }
        return r;
    }

    /** The step of k that the tall tiles leave when k is odd. */
    private static void lastOfOdd(int rows, int i, float[] a, int aOffset, int aStride, float[] b, int bOffset,
            float[] c,
            int cOffset, int cStride) {
        for (int r = 0; r < rows; r++) {
            int to = cOffset + r * cStride;
            GemmShort.tile1(1, a, aOffset + r * aStride + i, 0, b, bOffset + i * PANEL, c, to, 0, c, to, 0);
        }
    }
}
