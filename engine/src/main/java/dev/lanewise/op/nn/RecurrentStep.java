package dev.lanewise.op.nn;

import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.kernel.Gemm;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.op.nn.RecurrentPass.Memory;
import java.util.Arrays;

/** A recurrent layer with packed weights: the input's part for all times in blocks of rows, then a tile for each direction. */
final class RecurrentStep implements Step {
    private static final int ROW_BLOCK = Gemm.ROW_BLOCK;

    private final Kernels kernels;
    private final Recurrent op;
    private final RecurrentWeights weights;
    private final Slots slots;
    private final RecurrentPass[] passes;
    private final Workers.Tile input = this::input;
    private final Workers.Tile direction = this::direction;
    private final int h;
    private int time;
    private int batch;
    private Frame frame;

    /** All but x and the workspaces may be -1: no such input, or an output that nobody reads. */
    record Slots(int x, int lengths, int state, int cell, int all, int last, int lastCell, int fromInput, int memory) {
    }

    RecurrentStep(Kernels kernels, Recurrent op, RecurrentWeights weights, Slots slots) {
        this.kernels = kernels;
        this.op = op;
        this.weights = weights;
        this.slots = slots;
        this.passes = new RecurrentPass[op.direction().count()];
        for (int d = 0; d < passes.length; d++) {
            passes[d] = new RecurrentPass(kernels, op, weights, d);
        }
        this.h = weights.state()[0].matrix().k();
    }

    @Override
    public void bind(Frame f) {
        int[] x = f.shape(slots.x);
        time = x[op.batchFirst() ? 1 : 0];
        batch = x[op.batchFirst() ? 0 : 1];
        for (RecurrentPass pass : passes) {
            pass.bind(time, batch);
        }
    }

    @Override
    public void run(Frame f, Workers workers) {
        if (slots.lengths >= 0) {
            Recurrent.checkLengths(f.ints(slots.lengths), f.offset(slots.lengths), batch, time);
            if (slots.all >= 0) {
                int at = f.offset(slots.all);
                Arrays.fill(f.floats(slots.all), at, at + f.size(slots.all), 0);
            }
        }
        frame = f;
        workers.forEach((time * batch + ROW_BLOCK - 1) / ROW_BLOCK, input);
        workers.forEach(passes.length, direction);
        frame = null;
    }

    private void input(int index, int worker) {
        int first = index * ROW_BLOCK;
        int n = weights.input().matrix().n();
        weights.input().apply(kernels, Math.min(ROW_BLOCK, time * batch - first), frame.floats(slots.x),
                frame.offset(slots.x) + first * weights.input().matrix().k(), frame.floats(slots.fromInput),
                frame.offset(slots.fromInput) + first * n);
    }

    private void direction(int d, int worker) {
        float[] m = frame.floats(slots.memory);
        int at = frame.offset(slots.memory) + d * batch * RecurrentPass.memory(op.cell(), h);
        load(slots.state, d, m, at);
        load(slots.cell, d, m, at + batch * h);
        boolean isRead = slots.all >= 0;
        boolean hasLengths = slots.lengths >= 0;
        passes[d].run(frame.floats(slots.fromInput), frame.offset(slots.fromInput),
                hasLengths ? frame.ints(slots.lengths) : null, hasLengths ? frame.offset(slots.lengths) : 0,
                new Memory(m, at), isRead ? frame.floats(slots.all) : null, isRead ? frame.offset(slots.all) : 0);
        store(slots.last, d, m, at);
        store(slots.lastCell, d, m, at + batch * h);
    }

    private void load(int slot, int d, float[] m, int at) {
        if (slot < 0) {
            Arrays.fill(m, at, at + batch * h, 0);
            return;
        }
        for (int b = 0; b < batch; b++) {
            System.arraycopy(frame.floats(slot), frame.offset(slot) + op.stateAt(d, b, batch) * h, m, at + b * h, h);
        }
    }

    private void store(int slot, int d, float[] m, int at) {
        for (int b = 0; slot >= 0 && b < batch; b++) {
            System.arraycopy(m, at + b * h, frame.floats(slot), frame.offset(slot) + op.stateAt(d, b, batch) * h, h);
        }
    }
}
