package dev.lanewise.op.nhwc;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.op.nn.Window;
import java.util.Arrays;
import java.util.List;

/** Pooling line by line: positions whose windows lie inside the image in one call, those at its edges one by one. */
final class PoolLines {
    private final Kernels kernels;
    private final PoolNhwc op;
    private final Grid grid = new Grid();
    /** Elements that a mean counts along each axis, at each position; only where the padding counts. */
    private int[] countsY = {};
    private int[] countsX = {};

    PoolLines(Kernels kernels, PoolNhwc op) {
        this.kernels = kernels;
        this.op = op;
    }

    /** Shapes of input and output, {@code [n, ..., channels]}. */
    void shapes(int[] x, int[] y) {
        Window window = op.window();
        int[] spatial = Arrays.copyOfRange(x, 1, x.length - 1);
        if (window == null) {
            window = new Window(List.of(), List.of(), List.of(), List.of(), Window.Padding.VALID, false);
            grid.set(window, spatial, x, y);
            return;
        }
        int[] kernel = window.kernel(null);
        grid.set(window, kernel, x, y);
        if (op.countPadding()) {
            int last = kernel.length - 1;
            countsX = counts(window, last, grid.outWidth, grid.left, grid.width, grid.kernelX);
            countsY =
                    last == 0 ? new int[] {1} : counts(window, 0, grid.outHeight, grid.top, grid.height, grid.kernelY);
        }
    }

    private static int[] counts(Window window, int axis, int positions, int before, int size, int kernel) {
        int[] counts = new int[positions];
        Arrays.setAll(counts, p -> window.counted(axis, p, before, size, kernel));
        return counts;
    }

    int count() {
        return grid.images * grid.outHeight;
    }

    /** Output line {@code index % outHeight} of image {@code index / outHeight}. */
    void run(int index, float[] x, int xOffset, float[] y, int yOffset) {
        int oy = index % grid.outHeight;
        int to = yOffset + index * grid.outWidth * grid.channels;
        int image = xOffset + index / grid.outHeight * grid.height * grid.width * grid.channels;
        int y0 = oy * grid.strideY - grid.top;
        int firstY = first(y0, grid.dilationY);
        int endY = end(y0, grid.dilationY, grid.kernelY, grid.height);
        int line = image + (y0 + firstY * grid.dilationY) * grid.width * grid.channels;
        for (int ox = 0; ox < grid.outWidth;) {
            int x0 = ox * grid.strideX - grid.left;
            int firstX = first(x0, grid.dilationX);
            int endX = end(x0, grid.dilationX, grid.kernelX, grid.width);
            int positions = 1;
            if (endX - firstX == grid.kernelX) {
                int inside = (grid.width - grid.extentX() + grid.left) / grid.strideX + 1;
                positions = Math.max(1, Math.min(inside, grid.outWidth) - ox);
            }
            pool(positions, x, line + (x0 + firstX * grid.dilationX) * grid.channels, endY - firstY, endX - firstX, y,
                    to + ox * grid.channels, oy, ox);
            ox += positions;
        }
    }

    /** The first element of a window that begins at {@code at} which lies inside the image. */
    private static int first(int at, int dilation) {
        return at >= 0 ? 0 : (dilation - 1 - at) / dilation;
    }

    private static int end(int at, int dilation, int kernel, int size) {
        return Math.clamp((size - at + dilation - 1) / dilation, 0, kernel);
    }

    private void pool(int positions, float[] x, int from, int lines, int pixels, float[] y, int to, int oy, int ox) {
        int c = grid.channels;
        int step = grid.strideX * c;
        int line = grid.dilationY * grid.width * c;
        int pixel = grid.dilationX * c;
        boolean empty = lines <= 0 || pixels <= 0;
        if (op.kind() == PoolNhwc.Kind.MEAN) {
            int count = op.countPadding() && op.window() != null ? countsY[oy] * countsX[ox] : lines * pixels;
            kernels.meanPool(positions, step, c, x, empty ? 0 : from, Math.max(0, lines), line, Math.max(0, pixels),
                    pixel,
                    empty && !op.countPadding() ? 0 : count, y, to, c);
        } else if (empty) {
            Arrays.fill(y, to, to + c, Float.NEGATIVE_INFINITY);
        } else {
            kernels.maxPool(positions, step, c, x, from, lines, line, pixels, pixel, y, to, c);
        }
    }
}
