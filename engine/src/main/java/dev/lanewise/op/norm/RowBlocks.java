package dev.lanewise.op.norm;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;

/** A step that makes each row of y from the row of x at its place, some rows a tile. */
final class RowBlocks implements Step, Workers.Tile {
    private static final int BLOCK = 32;

    /** What becomes of some rows that follow each other. */
    interface Function {
        void apply(int rows, float[] x, int xOffset, float[] y, int yOffset);
    }

    private final int x;
    private final int y;
    private final int width;
    private final Function function;
    private int rows;
    private Frame frame;

    /**
     * @param x slot of the input
     * @param y slot of the output
     * @param width elements of a row
     */
    RowBlocks(int x, int y, int width, Function function) {
        this.x = x;
        this.y = y;
        this.width = width;
        this.function = function;
    }

    @Override
    public void bind(Frame f) {
        rows = width == 0 ? 0 : f.size(x) / width;
    }

    @Override
    public boolean isRowWise() {
        return true;
    }

    @Override
    public void run(Frame f, Workers workers) {
        frame = f;
        workers.forEach((rows + BLOCK - 1) / BLOCK, this);
        frame = null;
    }

    @Override
    public void run(int index, int worker) {
        int first = index * BLOCK;
        function.apply(Math.min(BLOCK, rows - first), frame.floats(x), frame.offset(x) + first * width,
                frame.floats(y), frame.offset(y) + first * width);
    }
}
