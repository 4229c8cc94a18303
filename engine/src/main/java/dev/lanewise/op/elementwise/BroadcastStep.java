package dev.lanewise.op.elementwise;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;

/** A step of one to three operands that spread over its output. */
public abstract class BroadcastStep implements Step, Workers.Tile, Broadcast.Run {
    private final int[] in;
    private final int out;
    private final int[][] shapes;
    private final Broadcast loops;
    private Frame frame;

    /** Slots of the output and the operands. */
    protected BroadcastStep(int out, int rank, int... in) {
        this.in = in;
        this.out = out;
        this.shapes = new int[in.length][];
        this.loops = new Broadcast(in.length, rank);
    }

    /** The work along one run. Offsets are those of the arrays in the frame; operand {@code o} moves by {@code step(o)}. */
    protected abstract void run(Frame f, int y, int a, int b, int c, int n);

    protected final int step(int operand) {
        return loops.step(operand);
    }

    @Override
    public final void bind(Frame f) {
        for (int i = 0; i < in.length; i++) {
            shapes[i] = f.shape(in[i]);
        }
        loops.bind(f.shape(out), shapes);
    }

    @Override
    public boolean isRowWise() {
        return true;
    }

    @Override
    public final void run(Frame f, Workers workers) {
        frame = f;
        workers.forEach(loops.tiles(), this);
        frame = null;
    }

    @Override
    public final void run(int index, int worker) {
        loops.tile(index, this);
    }

    @Override
    public final void apply(int y, int a, int b, int c, int n) {
        Frame f = frame;
        run(f, f.offset(out) + y, f.offset(in[0]) + a, in.length > 1 ? f.offset(in[1]) + b : 0,
                in.length > 2 ? f.offset(in[2]) + c : 0, n);
    }
}
