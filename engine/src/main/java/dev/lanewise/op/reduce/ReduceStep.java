package dev.lanewise.op.reduce;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.kernel.Kernels;

/**
 * A reduction of FLOAT. A tile is a block of results. Elements that do not lie side by side are gathered first, for up to 16
 * neighbouring results at once, so that each cache line is read once.
 */
final class ReduceStep implements Step, Workers.Tile {
    /** Elements of a tile, about. */
    private static final int TILE = 1 << 13;
    private static final int TOGETHER = 16;

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
        resultsPerTile = Math.max(direct ? 1 : TOGETHER, TILE / Math.max(1, over.length()));
        if (!direct) {
            f.needScratch(TOGETHER * over.length());
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
        int last = Math.min(over.results(), (index + 1) * resultsPerTile);
        for (int r = index * resultsPerTile; r < last;) {
            r += direct ? foldInPlace(r) : foldGathered(r, last, frame.scratch(worker));
        }
    }

    private int foldInPlace(int r) {
        frame.floats(y)[frame.offset(y) + r] =
                FloatFold.apply(function, kernels, frame.floats(x), frame.offset(x) + over.start(r), over.length());
        return 1;
    }

    /** Folds results from {@code first} on whose elements are neighbours and returns how many. */
    private int foldGathered(int first, int last, float[] lines) {
        float[] in = frame.floats(x);
        int n = over.length();
        int count = 1;
        while (count < TOGETHER && first + count < last && over.start(first + count) == over.start(first) + count) {
            count++;
        }
        for (int i = 0; i < n; i++) {
            int from = frame.offset(x) + over.start(first) + over.step(i);
            for (int c = 0; c < count; c++) {
                lines[c * n + i] = in[from + c];
            }
        }
        for (int c = 0; c < count; c++) {
            frame.floats(y)[frame.offset(y) + first + c] = FloatFold.apply(function, kernels, lines, c * n, n);
        }
        return count;
    }
}
