package dev.lanewise.op.reduce;

import dev.lanewise.DataType;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.op.Lowering;
import java.util.function.Supplier;

/** Softmax of FLOAT lines. A tile is a block of lines; those that are not contiguous are copied to scratch memory and back. */
final class SoftmaxStep implements Step, Workers.Tile {
    /** Elements of a tile, about. */
    private static final int TILE = 1 << 13;

    private final Kernels kernels;
    private final int x;
    private final int y;
    private final int from;
    private final int to;
    private int length;
    private int stride;
    private int count;
    private int linesPerTile;
    private Frame frame;

    private SoftmaxStep(Kernels kernels, int x, int y, int from, int to) {
        this.kernels = kernels;
        this.x = x;
        this.y = y;
        this.from = from;
        this.to = to;
    }

    /** A step maker for lines along {@code axes} axes from {@code axis} on; null for other types than FLOAT. */
    static Supplier<Step> lower(Lowering at, int axis, int axes) {
        int rank = at.in(0).rank();
        if (at.in(0).type() != DataType.FLOAT || rank == 0) {
            return null;
        }
        int from = axis < 0 ? axis + rank : axis;
        int x = at.input(0);
        int y = at.output(0);
        Kernels kernels = at.kernels();
        return () -> new SoftmaxStep(kernels, x, y, from, from + axes);
    }

    @Override
    public void bind(Frame f) {
        int[] shape = f.shape(x);
        length = 1;
        stride = 1;
        count = 1;
        for (int d = 0; d < shape.length; d++) {
            if (d >= from && d < to) {
                length *= shape[d];
            } else {
                count *= shape[d];
                stride *= d >= to ? shape[d] : 1;
            }
        }
        count = length == 0 ? 0 : count;
        linesPerTile = Math.max(1, TILE / Math.max(1, length));
        if (stride > 1) {
            f.needScratch(length);
        }
    }

    @Override
    public void run(Frame f, Workers workers) {
        frame = f;
        workers.forEach((count + linesPerTile - 1) / linesPerTile, this);
        frame = null;
    }

    @Override
    public void run(int index, int worker) {
        float[] in = frame.floats(x);
        float[] out = frame.floats(y);
        int first = index * linesPerTile;
        int last = Math.min(count, first + linesPerTile);
        if (stride == 1) {
            kernels.softmaxRows(last - first, length, in, frame.offset(x) + first * length, length, out,
                    frame.offset(y) + first * length, length);
            return;
        }
        float[] line = frame.scratch(worker);
        for (int l = first; l < last; l++) {
            int start = l / stride * length * stride + l % stride;
            for (int i = 0; i < length; i++) {
                line[i] = in[frame.offset(x) + start + i * stride];
            }
            kernels.softmaxRows(1, length, line, 0, length, line, 0, length);
            for (int i = 0; i < length; i++) {
                out[frame.offset(y) + start + i * stride] = line[i];
            }
        }
    }
}
