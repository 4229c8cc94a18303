package dev.lanewise.op.nhwc;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;

/** Runs {@link PoolNhwc}; a tile is one line of one image. */
final class PoolNhwcStep implements Step, Workers.Tile {
    private final PoolLines lines;
    private final int x;
    private final int y;
    private Frame frame;

    PoolNhwcStep(PoolLines lines, int x, int y) {
        this.lines = lines;
        this.x = x;
        this.y = y;
    }

    @Override
    public void bind(Frame f) {
        lines.shapes(f.shape(x), f.shape(y));
    }

    @Override
    public void run(Frame f, Workers workers) {
        frame = f;
        workers.forEach(lines.count(), this);
        frame = null;
    }

    @Override
    public void run(int index, int worker) {
        lines.run(index, frame.floats(x), frame.offset(x), frame.floats(y), frame.offset(y));
    }
}
