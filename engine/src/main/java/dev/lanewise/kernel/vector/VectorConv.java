package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.MANY_REGISTERS;

import dev.lanewise.kernel.PackedMatrix;
import java.util.Arrays;

/**
 * Convolution, cut into tiles of output positions x 2 vectors of outputs that stay in registers from the first step of k to the
 * last, bias, residual and floor included. {@code starts} says where the window of each position begins, {@code segments}
 * where each of its runs of {@code depth} elements lies from there.
 */
final class VectorConv {
    private static final int PANEL = PackedMatrix.PANEL;
    private static final int TILE = 2 * L;
    /**
     * Weights up to this size (2 MiB) are streamed once for each tile of positions, so that the tile's inputs and its rows of
     * the output stay in L1; larger ones once for all positions, a panel at a time.
     */
    private static final int STREAMED = 1 << 19;
    /** Positions that meet a panel together where tiles are wide, and so low that the panel's weights are read often. */
    private static final int WIDE_ROWS = 24;

    private VectorConv() {
    }

    static void run(PackedMatrix w, float[] bias, int firstPanel, int lastPanel, int rows, float[] x, int xOffset,
            int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor, float[] edge) {
        boolean byTile = (long) w.k() * w.n() <= STREAMED;
        int panels = byTile ? lastPanel - firstPanel : 1;
        for (int p = firstPanel; p < lastPanel; p += panels) {
            for (int row = 0; row < rows;) {
                int height = MANY_REGISTERS ? height(rows - row) : Math.min(WIDE_ROWS, rows - row);
                for (int q = p; q < p + panels; q++) {
                    panel(height, w, bias, q, x, xOffset, starts, first + row, segments, y, yOffset + row * yStride,
                            yStride, r, rOffset + row * rStride, rStride, floor, edge);
                }
                row += height;
            }
        }
    }

    /** Positions of the next tile. */
    private static int height(int left) {
        return MANY_REGISTERS && left >= 7 ? 7 : left >= 6 ? 6 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }

    private static void panel(int rows, PackedMatrix w, float[] bias, int panel, float[] x, int xOffset, int[] starts,
            int first, int[] segments, float[] y, int yOffset, int yStride, float[] r, int rOffset, int rStride,
            float floor, float[] edge) {
        int depth = w.k() / segments.length;
        int column = panel * PANEL;
        int cols = Math.min(PANEL, w.n() - column);
        int from = w.panelOffset(panel);
        int wide = 0;
        for (; !MANY_REGISTERS && wide <= cols - ConvTileWide.COLUMNS; wide += ConvTileWide.COLUMNS) {
            wide(rows, depth, segments, x, xOffset, starts, first, w.data(), from + wide, bias, column + wide, y,
                    yOffset + column + wide, yStride, r, rOffset + column + wide, rStride, floor);
        }
        for (int row = 0; wide < cols && row < rows;) {
            int height = height(rows - row);
            rest(height, depth, segments, x, xOffset, starts, first + row, w.data(), from, wide, cols, bias, column, y,
                    yOffset + row * yStride + column, yStride, r, rOffset + row * rStride + column, rStride, floor,
                    edge);
            row += height;
        }
    }

    /** Columns of 4 vectors. */
    private static void wide(int rows, int depth, int[] segments, float[] x, int xOffset, int[] starts, int first,
            float[] w, int wOffset, float[] bias, int biasOffset, float[] y, int yOffset, int yStride, float[] r,
            int rOffset, int rStride, float floor) {
        int row = 0;
        for (; row < rows - 1; row += 2) {
            ConvTileWide.tile2(depth, segments, x, xOffset, starts, first + row, w, wOffset, bias, biasOffset, y,
                    yOffset + row * yStride, yStride, r, rOffset + row * rStride, rStride, floor);
        }
        if (row < rows) {
            ConvTileWide.tile1(depth, segments, x, xOffset, starts, first + row, w, wOffset, bias, biasOffset, y,
                    yOffset + row * yStride, yStride, r, rOffset + row * rStride, rStride, floor);
        }
    }

    /** Columns from {@code j} on, in pairs of vectors and less. */
    private static void rest(int height, int depth, int[] segments, float[] x, int xOffset, int[] starts, int first,
            float[] w, int wOffset, int j, int cols, float[] bias, int biasOffset, float[] y, int yOffset, int yStride,
            float[] r, int rOffset, int rStride, float floor, float[] edge) {
        for (; j <= cols - TILE; j += TILE) {
            pair(height, depth, segments, x, xOffset, starts, first, w, wOffset + j, bias, biasOffset + j, y,
                    yOffset + j, yStride, r, rOffset + j, rStride, floor);
        }
        if (j <= cols - L) {
            narrow(height, depth, segments, x, xOffset, starts, first, w, wOffset + j, bias, biasOffset + j, y,
                    yOffset + j, yStride, r, rOffset + j, rStride, floor);
            j += L;
        }
        if (L == 16 && j <= cols - ConvTileHalf.COLUMNS) {
            half(height, depth, segments, x, xOffset, starts, first, w, wOffset + j, bias, biasOffset + j, y,
                    yOffset + j, yStride, r, rOffset + j, rStride, floor);
            j += ConvTileHalf.COLUMNS;
        }
        if (j < cols) {
            edge(cols - j, height, depth, segments, x, xOffset, starts, first, w, wOffset + j, bias, biasOffset + j, y,
                    yOffset + j, yStride, r, rOffset + j, rStride, floor, edge);
        }
    }

    private static void pair(int height, int depth, int[] segments, float[] x, int xOffset, int[] starts, int first,
            float[] w, int wOffset, float[] bias, int biasOffset, float[] y, int yOffset, int yStride, float[] r,
            int rOffset, int rStride, float floor) {
        switch (height) {
            case 7 -> ConvTile7.tile7(depth, segments, x, xOffset, starts, first, w, wOffset, bias, biasOffset, y,
                    yOffset, yStride, r, rOffset, rStride, floor);
            case 6 -> ConvTile6.tile6(depth, segments, x, xOffset, starts, first, w, wOffset, bias, biasOffset, y,
                    yOffset, yStride, r, rOffset, rStride, floor);
            case 4 -> ConvTileLow.tile4(depth, segments, x, xOffset, starts, first, w, wOffset, bias, biasOffset, y,
                    yOffset, yStride, r, rOffset, rStride, floor);
            case 2 -> ConvTileLow.tile2(depth, segments, x, xOffset, starts, first, w, wOffset, bias, biasOffset, y,
                    yOffset, yStride, r, rOffset, rStride, floor);
            default -> ConvTileLow.tile1(depth, segments, x, xOffset, starts, first, w, wOffset, bias, biasOffset, y,
                    yOffset, yStride, r, rOffset, rStride, floor);
        }
    }

    /** One vector of columns. */
    private static void narrow(int height, int depth, int[] segments, float[] x, int xOffset, int[] starts, int first,
            float[] w, int wOffset, float[] bias, int biasOffset, float[] y, int yOffset, int yStride, float[] r,
            int rOffset, int rStride, float floor) {
        int row = 0;
        if (height == 7) {
            ConvTileNarrow.tile7(depth, segments, x, xOffset, starts, first, w, wOffset, bias, biasOffset, y, yOffset,
                    yStride, r, rOffset, rStride, floor);
            row = 7;
        }
        for (; row < height; row++) {
            ConvTileNarrow.tile1(depth, segments, x, xOffset, starts, first + row, w, wOffset, bias, biasOffset, y,
                    yOffset + row * yStride, yStride, r, rOffset + row * rStride, rStride, floor);
        }
    }

    /** Half a vector of columns. */
    private static void half(int height, int depth, int[] segments, float[] x, int xOffset, int[] starts, int first,
            float[] w, int wOffset, float[] bias, int biasOffset, float[] y, int yOffset, int yStride, float[] r,
            int rOffset, int rStride, float floor) {
        int row = 0;
        if (height == 7) {
            ConvTileHalf.tile7(depth, segments, x, xOffset, starts, first, w, wOffset, bias, biasOffset, y, yOffset,
                    yStride, r, rOffset, rStride, floor);
            row = 7;
        }
        for (; row < height; row++) {
            ConvTileHalf.tile1(depth, segments, x, xOffset, starts, first + row, w, wOffset, bias, biasOffset, y,
                    yOffset + row * yStride, yStride, r, rOffset + row * rStride, rStride, floor);
        }
    }

    /** Less than one vector of columns, or half of one where that is 8: a whole one to {@code edge}, and what is wanted of it from there. */
    private static void edge(int cols, int height, int depth, int[] segments, float[] x, int xOffset, int[] starts,
            int first, float[] w, int wOffset, float[] bias, int biasOffset, float[] y, int yOffset, int yStride,
            float[] r, int rOffset, int rStride, float floor, float[] edge) {
        Arrays.fill(edge, 0, L, -0f); // added to anything it changes nothing
        if (L == 16) {
            half(height, depth, segments, x, xOffset, starts, first, w, wOffset, bias, biasOffset, edge, L, L, edge, 0,
                    0, Float.NEGATIVE_INFINITY);
        } else {
            narrow(height, depth, segments, x, xOffset, starts, first, w, wOffset, bias, biasOffset, edge, L, L, edge,
                    0, 0, Float.NEGATIVE_INFINITY);
        }
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < cols; j++) {
                float v = edge[(1 + i) * L + j] + r[rOffset + i * rStride + j];
                y[yOffset + i * yStride + j] = v <= floor ? floor : v;
            }
        }
    }
}
