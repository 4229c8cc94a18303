package dev.lanewise.op.reduce;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.kernel.Kernels;

/** A reduction of FLOAT. A tile is a block of results; elements that do not lie side by side are gathered first. */
final class ReduceStep implements Step, Workers.Tile {
    /** Elements of a tile, about. */
    private static final int TILE = 1 << 13;

    private final Kernels kernels;
    private final Reduce.Function function;
    private final int x;
    private final int y;
    private final FoldedAxes over;
    private boolean direct;
    private int resultsPerTile;
    private Frame frame;

    ReduceStep(Kernels kernels, Reduce.Function function, int x, int y, FoldedAxes over) {
        this.kernels = kernels;
        this.function = function;
        this.x = x;
        this.y = y;
        this.over = over;
    }

    @Override
    public void bind(Frame f) {
        over.bind(f.shape(x));
        direct = over.contiguous() && !FloatFold.overwrites(function);
        resultsPerTile = Math.max(1, TILE / Math.max(1, over.length()));
        if (!direct) {
            f.needScratch(over.length());
        }
    }

    @Override
    public void run(Frame f, Workers workers) {
        frame = f;
        workers.forEach((over.results() + resultsPerTile - 1) / resultsPerTile, this);
        frame = null;
    }

    @Override
    public void run(int index, int worker) {
        float[] in = frame.floats(x);
        float[] out = frame.floats(y);
        int n = over.length();
        int last = Math.min(over.results(), (index + 1) * resultsPerTile);
        for (int r = index * resultsPerTile; r < last; r++) {
            int start = frame.offset(x) + over.start(r);
            float[] line = direct ? in : frame.scratch(worker);
            for (int i = 0; i < n && !direct; i++) {
                line[i] = in[start + over.step(i)];
            }
            out[frame.offset(y) + r] = FloatFold.apply(function, kernels, line, direct ? start : 0, n);
        }
    }
}
