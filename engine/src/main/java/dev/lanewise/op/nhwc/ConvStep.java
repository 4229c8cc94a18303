package dev.lanewise.op.nhwc;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;

/** Runs {@link ConvNhwc} tile by tile. */
final class ConvStep implements Step, Workers.Tile {
    private final ConvTiles tiles;
    private final int x;
    private final int residual;
    private final int y;
    private int outputs;
    private Frame frame;

    /** {@code residual} may be -1. */
    ConvStep(ConvTiles tiles, int x, int residual, int y) {
        this.tiles = tiles;
        this.x = x;
        this.residual = residual;
        this.y = y;
    }

    @Override
    public void bind(Frame f) {
        tiles.shapes(f.shape(x), f.shape(y));
        outputs = f.shape(y)[f.shape(y).length - 1];
        f.needScratch(tiles.scratch());
    }

    @Override
    public void run(Frame f, Workers workers) {
        frame = f;
        workers.forEach(tiles.cut(workers.count()), this);
        frame = null;
    }

    @Override
    public void run(int index, int worker) {
        tiles.run(index, frame.floats(x), frame.offset(x), residual < 0 ? null : frame.floats(residual),
                residual < 0 ? 0 : frame.offset(residual), frame.floats(y), frame.offset(y), outputs,
                frame.scratch(worker));
    }
}
