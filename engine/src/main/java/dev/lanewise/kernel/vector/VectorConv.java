package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.MANY_REGISTERS;

import dev.lanewise.kernel.PackedMatrix;

/**
 * Convolution, cut into tiles of output positions x 2 vectors of outputs that stay in registers from the first step of k to the
 * last; what follows is done while the tile is in L1. {@code starts} says where the window of each position begins, {@code segments}
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

    private VectorConv() {
    }

    static void run(PackedMatrix w, float[] bias, int firstPanel, int lastPanel, int rows, float[] x, int xOffset,
            int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor) {
        boolean byTile = (long) w.k() * w.n() <= STREAMED;
        int panels = byTile ? lastPanel - firstPanel : 1;
        for (int p = firstPanel; p < lastPanel; p += panels) {
            for (int row = 0; row < rows;) {
                int height = height(rows - row);
                for (int q = p; q < p + panels; q++) {
                    panel(height, w, bias, q, x, xOffset, starts, first + row, segments, y, yOffset + row * yStride,
                            yStride, r, rOffset + row * rStride, rStride, floor);
                }
                row += height;
            }
        }
    }

    /** Positions of the next tile. */
    private static int height(int left) {
        if (MANY_REGISTERS && left >= 7) {
            return left == 12 || left >= 18 ? 12 : 7;
        }
        return left >= 6 ? 6 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }

    private static void panel(int height, PackedMatrix w, float[] bias, int panel, float[] x, int xOffset, int[] starts,
            int first, int[] segments, float[] y, int yOffset, int yStride, float[] r, int rOffset, int rStride,
            float floor) {
        int depth = w.k() / segments.length;
        int column = panel * PANEL;
        int cols = Math.min(PANEL, w.n() - column);
        int from = w.panelOffset(panel);
        int to = yOffset + column;
        int j = 0;
        for (; j <= cols - TILE; j += TILE) {
            pair(height, depth, segments, x, xOffset, starts, first, w.data(), from + j, y, to + j, yStride);
        }
        for (; j < cols; j += L) {
            edge(height, depth, segments, x, xOffset, starts, first, w.data(), from + j, y, to + j, yStride, cols - j);
        }
        VectorConvFinish.run(height, cols, y, to, yStride, bias, column, r, rOffset + column, rStride, floor);
    }

    private static void pair(int height, int depth, int[] segments, float[] x, int xOffset, int[] starts, int first,
            float[] w, int wOffset, float[] y, int yOffset, int yStride) {
        switch (height) {
            case 12 -> ConvTile12.tile12(depth, segments, x, xOffset, starts, first, w, wOffset, y, yOffset, yStride);
            case 7 -> ConvTile7.tile7(depth, segments, x, xOffset, starts, first, w, wOffset, y, yOffset, yStride);
            case 6 -> ConvTile6.tile6(depth, segments, x, xOffset, starts, first, w, wOffset, y, yOffset, yStride);
            case 4 -> ConvTileLow.tile4(depth, segments, x, xOffset, starts, first, w, wOffset, y, yOffset, yStride);
            case 2 -> ConvTileLow.tile2(depth, segments, x, xOffset, starts, first, w, wOffset, y, yOffset, yStride);
            default -> ConvTileLow.tile1(depth, segments, x, xOffset, starts, first, w, wOffset, y, yOffset, yStride);
        }
    }

    /** Fewer columns than two vectors, one vector at a time. */
    private static void edge(int height, int depth, int[] segments, float[] x, int xOffset, int[] starts, int first,
            float[] w, int wOffset, float[] y, int yOffset, int yStride, int cols) {
        int row = 0;
        for (; row <= height - 7; row += 7) {
            ConvTileEdge.tile7(depth, segments, x, xOffset, starts, first + row, w, wOffset, y, yOffset + row * yStride,
                    yStride, cols);
        }
        for (; row < height; row++) {
            ConvTileEdge.tile1(depth, segments, x, xOffset, starts, first + row, w, wOffset, y, yOffset + row * yStride,
                    yStride, cols);
        }
    }
}
