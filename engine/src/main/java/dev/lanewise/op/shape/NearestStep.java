package dev.lanewise.op.shape;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;

/** Runs {@link Resize} to the nearest element: rows along the last axis are copied whole where that axis keeps its size. */
final class NearestStep implements Step, Workers.Tile {
    private final Resize op;
    private final float[] scales;
    private final int x;
    private final int y;
    private int[] from;
    private int[] to;
    private int[][] sources;
    private Frame frame;

    /** {@code scales} is null where the output's sizes are given. */
    NearestStep(Resize op, float[] scales, int x, int y) {
        this.op = op;
        this.scales = scales;
        this.x = x;
        this.y = y;
    }

    @Override
    public void bind(Frame f) {
        from = f.shape(x).clone();
        to = f.shape(y).clone();
        sources = op.nearest(from, to, scales);
    }

    @Override
    public void run(Frame f, Workers workers) {
        frame = f;
        workers.forEach(Layout.product(to, 0, to.length - 2), this);
        frame = null;
    }

    /** All rows of one index of the axes before the last two. */
    @Override
    public void run(int index, int worker) {
        int rowAxis = to.length - 2;
        int block = 0;
        int stride = 1;
        int rest = index;
        for (int a = rowAxis - 1; a >= 0; a--) {
            block += source(a, rest % to[a]) * stride;
            rest /= to[a];
            stride *= from[a];
        }
        int width = to[rowAxis + 1];
        for (int r = 0; r < to[rowAxis]; r++) {
            int row = (block * from[rowAxis] + source(rowAxis, r)) * from[rowAxis + 1];
            row(frame.floats(x), frame.offset(x) + row, frame.floats(y),
                    frame.offset(y) + (index * to[rowAxis] + r) * width, width);
        }
    }

    private int source(int axis, int position) {
        return sources[axis] == null ? position : sources[axis][position];
    }

    private void row(float[] x, int from, float[] y, int to, int width) {
        int[] columns = sources[sources.length - 1];
        if (columns == null) {
            System.arraycopy(x, from, y, to, width);
            return;
        }
        for (int i = 0; i < width; i++) {
            y[to + i] = x[from + columns[i]];
        }
    }
}
