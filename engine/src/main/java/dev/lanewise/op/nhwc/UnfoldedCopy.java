package dev.lanewise.op.nhwc;

import java.util.Arrays;

/**
 * What some lines of output positions read of an image where a line of a window is short: for each position along the line
 * and each line of the image, the run of elements that the window reads there, zeros where it reaches beyond the image. Runs
 * of one column follow each other line after line, so a whole window lies in one piece, and moves down by some runs.
 */
final class UnfoldedCopy {
    /** Elements of a line of a window. */
    int run;
    private Grid grid;

    void set(Grid g) {
        grid = g;
        run = g.kernelX * g.channels;
    }

    /** Elements of the copy for so many lines of output positions. */
    int size(int outLines) {
        return Math.multiplyExact(grid.outWidth, column(outLines));
    }

    /** Elements from a position to the next one along the line. */
    int column(int outLines) {
        return Math.multiplyExact(linesRead(outLines), run);
    }

    private int linesRead(int outLines) {
        return (outLines - 1) * grid.strideY + grid.extentY();
    }

    /**
     * Copies what output lines {@code first} to {@code first + outLines - 1} read; x is one image.
     *
     * @param room lines that columns have room for
     */
    void copy(float[] x, int xOffset, int first, int outLines, int room, float[] to, int toOffset) {
        int top = first * grid.strideY - grid.top;
        int column = column(room);
        for (int l = 0; l < linesRead(outLines); l++) {
            int y = top + l;
            int at = toOffset + l * run;
            if (y < 0 || y >= grid.height) {
                for (int p = 0; p < grid.outWidth; p++) {
                    Arrays.fill(to, at + p * column, at + p * column + run, 0f);
                }
            } else {
                line(x, xOffset + y * grid.width * grid.channels, to, at, column);
            }
        }
    }

    private void line(float[] x, int from, float[] to, int at, int column) {
        for (int p = 0; p < grid.outWidth; p++) {
            int left = p * grid.strideX - grid.left;
            int target = at + p * column;
            if (grid.dilationX == 1 && left >= 0 && left + grid.kernelX <= grid.width) {
                System.arraycopy(x, from + left * grid.channels, to, target, run);
            } else {
                pixels(x, from, left, to, target);
            }
        }
    }

    private void pixels(float[] x, int from, int left, float[] to, int target) {
        int c = grid.channels;
        for (int k = 0; k < grid.kernelX; k++) {
            int pixel = left + k * grid.dilationX;
            if (pixel >= 0 && pixel < grid.width) {
                System.arraycopy(x, from + pixel * c, to, target + k * c, c);
            } else {
                Arrays.fill(to, target + k * c, target + (k + 1) * c, 0f);
            }
        }
    }
}
