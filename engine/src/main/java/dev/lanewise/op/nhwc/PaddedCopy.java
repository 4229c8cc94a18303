package dev.lanewise.op.nhwc;

import java.util.Arrays;

/**
 * What some lines of output positions read of an image, zeros where windows reach beyond it. Only pixels that are read are
 * copied where windows of one line or column leave some out.
 */
final class PaddedCopy {
    /** Elements from line to line. */
    int line;
    /** Lines and pixels from window to window. */
    int stepY;
    int stepX;
    private int sourceY;
    private int sourceX;
    private int width;
    private Grid grid;

    void set(Grid g) {
        grid = g;
        stepY = g.kernelY == 1 ? 1 : g.strideY;
        stepX = g.kernelX == 1 ? 1 : g.strideX;
        sourceY = g.kernelY == 1 ? g.strideY : 1;
        sourceX = g.kernelX == 1 ? g.strideX : 1;
        width = (g.outWidth - 1) * stepX + g.extentX();
        line = width * g.channels;
    }

    /** Elements of the copy for so many lines of output positions. */
    int size(int outLines) {
        return Math.multiplyExact(linesRead(outLines), line);
    }

    private int linesRead(int outLines) {
        return (outLines - 1) * stepY + grid.extentY();
    }

    /** Copies what output lines {@code first} to {@code first + outLines - 1} read; x is one image. */
    void copy(float[] x, int xOffset, int first, int outLines, float[] to, int toOffset) {
        int top = first * grid.strideY - grid.top;
        for (int l = 0; l < linesRead(outLines); l++) {
            int y = top + l * sourceY;
            if (y < 0 || y >= grid.height) {
                Arrays.fill(to, toOffset + l * line, toOffset + (l + 1) * line, 0f);
            } else {
                line(x, xOffset + y * grid.width * grid.channels, to, toOffset + l * line);
            }
        }
    }

    private void line(float[] x, int from, float[] to, int at) {
        int pixel = grid.channels;
        int inside = Math.min(width, (grid.left + sourceX - 1) / sourceX);
        int end = Math.max(inside, Math.min(width, (grid.width - 1 + grid.left) / sourceX + 1));
        Arrays.fill(to, at, at + inside * pixel, 0f);
        if (sourceX == 1 && end > inside) {
            System.arraycopy(x, from + (inside - grid.left) * pixel, to, at + inside * pixel, (end - inside) * pixel);
        } else {
            for (int p = inside; p < end; p++) {
                System.arraycopy(x, from + (p * sourceX - grid.left) * pixel, to, at + p * pixel, pixel);
            }
        }
        Arrays.fill(to, at + end * pixel, at + line, 0f);
    }
}
