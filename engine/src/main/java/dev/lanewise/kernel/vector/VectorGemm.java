package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.MANY_REGISTERS;

import dev.lanewise.kernel.PackedMatrix;

/**
 * FP32 matrix product, cut into tiles of rows x 2 vectors that stay in registers over a block of k. A panel of 32 columns is
 * one tile wide at 512 bits; with 16 registers tiles are twice as wide.
 */
final class VectorGemm {
    private static final int PANEL = PackedMatrix.PANEL;
    private static final int TILE = 2 * L;
    /**
     * Depth of a block of k. Each block costs a pass over c, and a panel that is read in one go is fetched ahead by the
     * hardware; so with tall tiles k is cut only where the block of a panel (256 KiB) would no longer share the L2 cache with a. Tiles
     * of two rows read the panel so often that its block (32 KiB) has to be in the L1 cache.
     */
    private static final int K_BLOCK = MANY_REGISTERS ? 2048 : 256;
    /** Depth up to which tiles of 6 rows are faster than of 8: their loop begins and ends sooner. */
    private static final int SHALLOW = 64;
    private static final float[] ZERO = new float[PANEL];

    private VectorGemm() {
    }

    static void panel(int rows, int cols, int k, float[] a, int aOffset, int aStride, float[] panel, int panelOffset,
            float[] c, int cOffset, int cStride, boolean accumulate) {
        int i = 0;
        do {
            int kb = Math.min(K_BLOCK, k - i);
            if (accumulate || i > 0) {
                block(rows, cols, kb, a, aOffset + i, aStride, panel, panelOffset + i * PANEL, c, cOffset, cStride, c,
                        cOffset, cStride);
            } else {
                block(rows, cols, kb, a, aOffset, aStride, panel, panelOffset, ZERO, 0, 0, c, cOffset, cStride);
            }
            i += K_BLOCK;
        } while (i < k);
    }

    /** One block of k: {@code c = s + a b}; the start s is c itself or a row of zeros with stride 0. */
    private static void block(int rows, int cols, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset,
            float[] s, int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        int j = 0;
        for (; !MANY_REGISTERS && j + GemmWide.COLUMNS <= cols; j += GemmWide.COLUMNS) {
            wide(rows, k, a, aOffset, aStride, b, bOffset + j, s, sOffset + j, sStride, c, cOffset + j, cStride);
        }
        for (; j < cols; j += TILE) {
            if (j + TILE <= cols) {
                full(rows, k, a, aOffset, aStride, b, bOffset + j, s, sOffset + j, sStride, c, cOffset + j, cStride);
            } else if (j + L == cols) {
                GemmListed.vector(rows, k, a, aOffset, aStride, b, bOffset + j, s, sOffset + j, sStride, c, cOffset + j,
                        cStride);
            } else {
                GemmEdge.rows(rows, cols - j, k, a, aOffset, aStride, b, bOffset + j, s, sOffset + j, sStride, c,
                        cOffset + j, cStride);
            }
        }
    }

    private static void wide(int rows, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        int r = 0;
        for (; r < rows - 1; r += 2) {
            GemmWide.tile2(k, a, aOffset + r * aStride, aStride, b, bOffset, s, sOffset + r * sStride, sStride, c,
                    cOffset + r * cStride, cStride);
        }
        if (r < rows) {
            GemmWide.tile1(k, a, aOffset + r * aStride, b, bOffset, s, sOffset + r * sStride, c, cOffset + r * cStride);
        }
    }

    private static void full(int rows, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        int r = 0;
        while (r < rows) {
            int x = aOffset + r * aStride;
            int from = sOffset + r * sStride;
            int to = cOffset + r * cStride;
            int left = rows - r;
            if (MANY_REGISTERS && left >= 8 && (k > SHALLOW || k == 0)) {
                GemmTall.tile8(k, a, x, aStride, b, bOffset, s, from, sStride, c, to, cStride);
                r += 8;
            } else if (left >= 6) {
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
}
