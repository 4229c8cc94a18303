package dev.lanewise.op.nn;

import dev.lanewise.Tensor;
import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.Gemm;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.scalar.ScalarKernels;
import java.util.Arrays;
import java.util.List;

/**
 * One direction of a recurrent layer. What a gate sees is {@code (x w + wb) + (h r + rb)}, each product one chain
 * of fused multiply-adds, the input's part computed for all times at once.
 */
final class RecurrentPass {
    private final Kernels kernels = new ScalarKernels();
    private final Recurrent op;
    private final List<CellActivation> activations;
    private final int direction;
    private final int batch;
    private final int h;
    private final int gates;
    private final Projection input;
    /** Projection of the state for all gates, or for all but a GRU's candidate. */
    private final Projection state;
    /** A GRU's candidate. */
    private final Projection candidate;
    private final float[] peepholes;

    /** A matrix with its bias, which may be null. */
    private record Projection(PackedMatrix matrix, Epilogue bias) {
        Projection(PackedMatrix matrix, float[] bias) {
            this(matrix, new Epilogue(null, bias, null));
        }

        void apply(Kernels kernels, int rows, float[] x, float[] y) {
            int n = matrix.n();
            Gemm.run(kernels, rows, x, 0, matrix.k(), matrix, false, 0, matrix.panels(), y, 0, n, bias, null, 0, null,
                    0, 0, null, 0);
        }
    }

    RecurrentPass(Recurrent op, List<CellActivation> activations, int direction, int batch, int h, Tensor w, Tensor r,
            Tensor bias, Tensor peepholes) {
        this.op = op;
        this.activations = activations;
        this.direction = direction;
        this.batch = batch;
        this.h = h;
        this.gates = op.cell().gates * h;
        int biasAt = direction * 2 * gates;
        boolean split = op.cell() == Recurrent.Cell.GRU;
        int first = split ? 2 * h : gates;
        this.input = projection(w, direction * gates, gates, bias, biasAt);
        this.state = projection(r, direction * gates, first, bias, biasAt + gates);
        this.candidate = split ? projection(r, direction * gates + first, h, bias, biasAt + gates + first) : null;
        this.peepholes = peepholes == null ? new float[3 * h]
                : Arrays.copyOfRange(peepholes.floats(), direction * 3 * h, (direction + 1) * 3 * h);
    }

    private static Projection projection(Tensor weights, int row, int rows, Tensor bias, int biasAt) {
        int k = weights.dim(2);
        return new Projection(PackedMatrix.pack(weights.floats(), row * k, k, rows, true),
                bias == null ? null : Arrays.copyOfRange(bias.floats(), biasAt, biasAt + rows));
    }

    /**
     * Reads the sequences. {@code hidden} and {@code cells} are {@code [batch, h]}: the initial states, then the
     * last ones; every state goes to its place in {@code all}.
     */
    void run(Tensor x, int time, int[] lengths, boolean reverse, float[] hidden, float[] cells, float[] all) {
        float[] fromInput = new float[time * batch * gates];
        input.apply(kernels, time * batch, x.floats(), fromInput);
        float[] fromState = new float[batch * gates];
        float[] fromReset = new float[batch * h];
        float[] reset = new float[batch * h];
        float[] update = new float[batch * h];
        for (int step = 0; step < time; step++) {
            state.apply(kernels, batch, hidden, fromState);
            if (op.cell() == Recurrent.Cell.GRU) {
                gates(fromInput, fromState, step, time, lengths, reverse, update, reset);
                if (op.linearBeforeReset()) {
                    candidate.apply(kernels, batch, hidden, fromReset);
                    multiply(fromReset, reset);
                } else {
                    multiply(reset, hidden);
                    candidate.apply(kernels, batch, reset, fromReset);
                }
            }
            for (int b = 0; b < batch; b++) {
                if (step >= lengths[b]) {
                    continue;
                }
                int t = reverse ? lengths[b] - 1 - step : step;
                int row = (op.batchFirst() ? b * time + t : t * batch + b) * gates;
                switch (op.cell()) {
                    case RNN -> simple(fromInput, row, fromState, b, hidden);
                    case GRU -> gated(fromInput, row + 2 * h, fromReset, update, b, hidden);
                    case LSTM -> longShort(fromInput, row, fromState, b, hidden, cells);
                }
                System.arraycopy(hidden, b * h, all, placeOf(t, b, time) * h, h);
            }
        }
    }

    private static void multiply(float[] x, float[] by) {
        for (int i = 0; i < x.length; i++) {
            x[i] *= by[i];
        }
    }

    private int placeOf(int t, int b, int time) {
        int directions = op.direction().count();
        return op.batchFirst() ? (b * time + t) * directions + direction : (t * directions + direction) * batch + b;
    }

    private float activate(int which, float x) {
        return activations.get(which).apply(Math.min(Math.max(x, -op.clip()), op.clip()));
    }

    private void simple(float[] fromInput, int row, float[] fromState, int b, float[] hidden) {
        for (int j = 0; j < h; j++) {
            hidden[b * h + j] = activate(0, fromInput[row + j] + fromState[b * h + j]);
        }
    }

    /** Update and reset gates of every sequence that goes on. */
    private void gates(float[] fromInput, float[] fromState, int step, int time, int[] lengths, boolean reverse,
            float[] update, float[] reset) {
        for (int b = 0; b < batch; b++) {
            if (step >= lengths[b]) {
                continue;
            }
            int t = reverse ? lengths[b] - 1 - step : step;
            int row = (op.batchFirst() ? b * time + t : t * batch + b) * gates;
            for (int j = 0; j < h; j++) {
                update[b * h + j] = activate(0, fromInput[row + j] + fromState[b * 2 * h + j]);
                reset[b * h + j] = activate(0, fromInput[row + h + j] + fromState[b * 2 * h + h + j]);
            }
        }
    }

    /** Cho et al. 2014. */
    private void gated(float[] fromInput, int row, float[] fromReset, float[] update, int b, float[] hidden) {
        for (int j = b * h; j < (b + 1) * h; j++) {
            float next = activate(1, fromInput[row + j - b * h] + fromReset[j]);
            hidden[j] = Math.fma(update[j], hidden[j], (1f - update[j]) * next);
        }
    }

    /**
     * Hochreiter and Schmidhuber 1997, with the peepholes of Gers and Schmidhuber 2000. Gates lie as input, output,
     * forget, cell.
     */
    private void longShort(float[] fromInput, int row, float[] fromState, int b, float[] hidden, float[] cells) {
        for (int j = 0; j < h; j++) {
            int x = row + j;
            int s = b * gates + j;
            float before = cells[b * h + j];
            float in = activate(0, Math.fma(peepholes[j], before, fromInput[x] + fromState[s]));
            float forget = op.coupled() ? 1f - in : activate(0,
                    Math.fma(peepholes[2 * h + j], before, fromInput[x + 2 * h] + fromState[s + 2 * h]));
            float next = activate(1, fromInput[x + 3 * h] + fromState[s + 3 * h]);
            float cell = Math.fma(forget, before, in * next);
            float out = activate(0, Math.fma(peepholes[h + j], cell, fromInput[x + h] + fromState[s + h]));
            cells[b * h + j] = cell;
            hidden[b * h + j] = out * activations.get(2).apply(cell);
        }
    }
}
