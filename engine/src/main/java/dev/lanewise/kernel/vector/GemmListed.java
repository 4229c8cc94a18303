package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.MANY_REGISTERS;

import dev.lanewise.kernel.PackedMatrix;
import java.util.Arrays;
import java.util.stream.IntStream;

/** A panel for rows that a list names: as {@link VectorGemm}, without a copy of the rows. */
final class GemmListed {
    private static final int PANEL = PackedMatrix.PANEL;
    private static final int TILE = 2 * L;
    /** Depth of a block of k, as in {@link VectorGemm}; tiles of 4 rows read a panel less often than those of 2. */
    private static final int K_BLOCK = MANY_REGISTERS ? 2048 : 256;
    private static final float[] ZERO = new float[PANEL];
    /** What leaves a float as it is when it is added, the sign of a zero as well. */
    private static final float[] NOTHING = new float[PANEL];

    private static final int[] IN_ORDER = IntStream.range(0, 64).toArray();

    static {
        Arrays.fill(NOTHING, -0f);
    }

    private GemmListed() {
    }

    static void panel(int[] list, int first, int rows, int cols, int k, float[] a, int aOffset, int aStride,
            float[] panel, int panelOffset, float[] added, int addedOffset, float[] c, int cOffset, int cStride,
            boolean accumulate) {
        int i = 0;
        do {
            int kb = Math.min(K_BLOCK, k - i);
            boolean ends = added != null && i + K_BLOCK >= k;
            float[] e = ends ? added : NOTHING;
            int eOffset = ends ? addedOffset : 0;
            if (accumulate || i > 0) {
                block(list, first, rows, cols, kb, a, aOffset + i, aStride, panel, panelOffset + i * PANEL, c, cOffset,
                        cStride, e, eOffset, c, cOffset, cStride);
            } else {
                block(list, first, rows, cols, kb, a, aOffset, aStride, panel, panelOffset, ZERO, 0, 0, e, eOffset, c,
                        cOffset, cStride);
            }
            i += K_BLOCK;
        } while (i < k);
    }

    private static void block(int[] list, int first, int rows, int cols, int k, float[] a, int aOffset, int aStride,
            float[] b, int bOffset, float[] s, int sOffset, int sStride, float[] e, int eOffset, float[] c, int cOffset,
            int cStride) {
        int j = 0;
        for (; j <= cols - TILE; j += TILE) {
            tiles(list, first, rows, k, a, aOffset, aStride, b, bOffset + j, s, sOffset + j, sStride, e, eOffset + j, c,
                    cOffset + j, cStride);
        }
        if (j == cols - L) {
            narrow(list, first, rows, k, a, aOffset, aStride, b, bOffset + j, s, sOffset + j, sStride, e, eOffset + j,
                    c, cOffset + j, cStride);
            j += L;
        }
        for (int r = first; j < cols && r < first + rows; r++) {
            int to = cOffset + j + list[r] * cStride;
            GemmEdge.rows(1, cols - j, k, a, aOffset + list[r] * aStride, aStride, b, bOffset + j, s,
                    sOffset + j + list[r] * sStride, sStride, c, to, cStride);
            for (int i = 0; i < cols - j; i++) {
                c[to + i] += e[eOffset + j + i];
            }
        }
    }

    private static void tiles(int[] list, int first, int rows, int k, float[] a, int aOffset, int aStride, float[] b,
            int bOffset, float[] s, int sOffset, int sStride, float[] e, int eOffset, float[] c, int cOffset,
            int cStride) {
        int last = first + rows - 1;
        int r = first;
        while (r <= last) {
            if (MANY_REGISTERS && last - r >= 4) {
                ListedTiles.tile8(list, r, last, k, a, aOffset, aStride, b, bOffset, s, sOffset, sStride, e, eOffset, c,
                        cOffset, cStride);
                r += 8;
            } else {
                ListedTiles.tile4(list, r, last, k, a, aOffset, aStride, b, bOffset, s, sOffset, sStride, e, eOffset, c,
                        cOffset, cStride);
                r += 4;
            }
        }
    }

    /** Columns of one vector for rows that follow each other: {@code c = s + a b}. */
    static void vector(int rows, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        for (int r = 0; r < rows; r += IN_ORDER.length) {
            narrow(IN_ORDER, 0, Math.min(IN_ORDER.length, rows - r), k, a, aOffset + r * aStride, aStride, b, bOffset,
                    s, sOffset + r * sStride, sStride, NOTHING, 0, c, cOffset + r * cStride, cStride);
        }
    }

    private static void narrow(int[] list, int first, int rows, int k, float[] a, int aOffset, int aStride, float[] b,
            int bOffset, float[] s, int sOffset, int sStride, float[] e, int eOffset, float[] c, int cOffset,
            int cStride) {
        int last = first + rows - 1;
        int r = first;
        while (r <= last) {
            if (last - r >= 4) {
                ListedNarrowTiles.narrow8(list, r, last, k, a, aOffset, aStride, b, bOffset, s, sOffset, sStride, e,
                        eOffset, c, cOffset, cStride);
                r += 8;
            } else {
                ListedNarrowTiles.narrow4(list, r, last, k, a, aOffset, aStride, b, bOffset, s, sOffset, sStride, e,
                        eOffset, c, cOffset, cStride);
                r += 4;
            }
        }
    }
}
