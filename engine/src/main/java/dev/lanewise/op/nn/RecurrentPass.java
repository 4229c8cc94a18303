package dev.lanewise.op.nn;

import dev.lanewise.kernel.BinaryFunction;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.nn.RecurrentWeights.Projection;
import java.util.List;

/**
 * One direction of a recurrent layer. What a gate sees is {@code (x w + wb) + (h r + rb)}, each product one chain of fused
 * multiply-adds, the input's part computed for all times before.
 */
final class RecurrentPass {
    private final Kernels kernels;
    private final Recurrent op;
    private final List<CellActivation> activations;
    private final int direction;
    private final boolean reverse;
    private final Projection state;
    private final Projection candidate;
    /** Null where there are none. */
    private final float[] peepholes;
    private final int h;
    /** Gates times h. */
    private final int gates;
    private int batch;
    private int time;

    /**
     * Memory of one direction, from {@code at} on: hidden states and cells {@code [batch, h]}, which hold the initial ones and then the
     * last, and after them what a pass needs for itself.
     */
    record Memory(float[] floats, int at) {
    }

    RecurrentPass(Kernels kernels, Recurrent op, RecurrentWeights weights, int direction) {
        this.kernels = kernels;
        this.op = op;
        this.direction = direction;
        this.reverse = op.direction() == Recurrent.Direction.REVERSE || direction == 1;
        int count = op.activations().size() / op.direction().count();
        this.activations = op.activations().subList(direction * count, (direction + 1) * count);
        this.state = weights.state()[direction];
        this.candidate = weights.candidate().length == 0 ? null : weights.candidate()[direction];
        this.peepholes = weights.peepholes() == null ? null : weights.peepholes()[direction];
        this.h = state.matrix().k();
        this.gates = op.cell().gates * h;
    }

    /** Floats that a direction needs for each sequence of a batch. */
    static int memory(Recurrent.Cell cell, int h) {
        // Hidden and cell, what comes from the state, a GRU's two gates and candidate or the gates of an LSTM.
        return (2 + 2 * cell.gates) * h;
    }

    void bind(int times, int sequences) {
        time = times;
        batch = sequences;
    }

    /**
     * Reads the sequences.
     *
     * @param fromInput {@code [time, batch, directions * gates * h]}, or {@code [batch, time, ...]}
     * @param lengths of the sequences from {@code lengthsAt} on, or null where all are of {@code time}
     * @param all where every state goes to, or null
     */
    void run(float[] fromInput, int inputAt, int[] lengths, int lengthsAt, Memory memory, float[] all, int allAt) {
        float[] m = memory.floats;
        int hidden = memory.at;
        int cells = hidden + batch * h;
        int fromState = cells + batch * h;
        int own = fromState + batch * gates;
        int inputRow = op.direction().count() * gates;
        for (int step = 0; step < time; step++) {
            state.apply(kernels, batch, m, hidden, m, fromState);
            if (op.cell() == Recurrent.Cell.GRU) {
                updateAndReset(step, lengths, lengthsAt, fromInput, inputAt, m, fromState, own);
                candidates(m, hidden, fromState, own);
            }
            for (int b = 0; b < batch; b++) {
                int length = lengths == null ? time : lengths[lengthsAt + b];
                if (step >= length) {
                    continue;
                }
                int t = reverse ? length - 1 - step : step;
                int x = inputAt + inputPlace(t, b) * inputRow + direction * gates;
                switch (op.cell()) {
                    case RNN -> simple(fromInput, x, m, fromState + b * h, hidden + b * h);
                    case GRU -> gated(fromInput, x + 2 * h, m, fromState + b * h, own + b * h, hidden + b * h);
                    case LSTM -> longShort(fromInput, x, m, fromState + b * gates, own, hidden + b * h,
                            cells + b * h);
                }
                if (all != null) {
                    System.arraycopy(m, hidden + b * h, all, allAt + placeOf(t, b) * h, h);
                }
            }
        }
    }

    private int inputPlace(int t, int b) {
        return op.batchFirst() ? b * time + t : t * batch + b;
    }

    private int placeOf(int t, int b) {
        int directions = op.direction().count();
        return op.batchFirst() ? (b * time + t) * directions + direction : (t * directions + direction) * batch + b;
    }

    /** Elements from {@code at} on, each in its place. */
    private void activate(int which, float[] m, int at, int n) {
        CellActivation activation = activations.get(which);
        UnaryFunction kernel = activation.kernel();
        if (op.clip() < Float.POSITIVE_INFINITY) {
            for (int i = at; i < at + n; i++) {
                m[i] = Math.min(Math.max(m[i], -op.clip()), op.clip());
            }
        }
        activate(activation, kernel, m, at, n);
    }

    private void activate(CellActivation activation, UnaryFunction kernel, float[] m, int at, int n) {
        if (kernel != null) {
            kernels.unary(kernel, m, at, m, at, n);
        } else {
            for (int i = at; i < at + n; i++) {
                m[i] = activation.apply(m[i]);
            }
        }
    }

    private void add(float[] a, int aAt, float[] m, int bAt, int to, int n) {
        kernels.binary(BinaryFunction.ADD, a, aAt, 1, m, bAt, 1, m, to, n);
    }

    private void simple(float[] fromInput, int x, float[] m, int fromState, int hidden) {
        add(fromInput, x, m, fromState, hidden, h);
        activate(0, m, hidden, h);
    }

    /** Gates of every sequence that goes on: the updates of all from {@code own} on, then the resets. */
    private void updateAndReset(int step, int[] lengths, int lengthsAt, float[] fromInput, int inputAt, float[] m,
            int fromState, int own) {
        int inputRow = op.direction().count() * gates;
        for (int b = 0; b < batch; b++) {
            int length = lengths == null ? time : lengths[lengthsAt + b];
            if (step >= length) {
                continue;
            }
            int t = reverse ? length - 1 - step : step;
            int x = inputAt + inputPlace(t, b) * inputRow + direction * gates;
            add(fromInput, x, m, fromState + b * 2 * h, own + b * h, h);
            add(fromInput, x + h, m, fromState + b * 2 * h + h, own + (batch + b) * h, h);
        }
        activate(0, m, own, 2 * batch * h);
    }

    /** What the candidates get from the states that the resets let through, where the gates' part of it was. */
    private void candidates(float[] m, int hidden, int fromState, int own) {
        int resets = own + batch * h;
        if (op.linearBeforeReset()) {
            candidate.apply(kernels, batch, m, hidden, m, fromState);
            kernels.binary(BinaryFunction.MUL, m, fromState, 1, m, resets, 1, m, fromState, batch * h);
        } else {
            kernels.binary(BinaryFunction.MUL, m, resets, 1, m, hidden, 1, m, resets, batch * h);
            candidate.apply(kernels, batch, m, resets, m, fromState);
        }
    }

    /** Cho et al. 2014. */
    private void gated(float[] fromInput, int x, float[] m, int fromState, int update, int hidden) {
        add(fromInput, x, m, fromState, fromState, h);
        activate(1, m, fromState, h);
        for (int j = 0; j < h; j++) {
            m[hidden + j] = Math.fma(m[update + j], m[hidden + j], (1f - m[update + j]) * m[fromState + j]);
        }
    }

    /**
     * Hochreiter and Schmidhuber 1997, with the peepholes of Gers and Schmidhuber 2000. Gates lie as input, output, forget, cell, from
     * {@code own} on.
     */
    private void longShort(float[] fromInput, int x, float[] m, int fromState, int own, int hidden, int cell) {
        int out = own + h;
        int forget = own + 2 * h;
        int next = own + 3 * h;
        add(fromInput, x, m, fromState, own, gates);
        peep(0, m, cell, own);
        peep(2, m, cell, forget);
        if (peepholes == null && !op.coupled()) {
            activate(0, m, own, 3 * h);
        } else {
            activate(0, m, own, h);
            if (op.coupled()) {
                for (int j = 0; j < h; j++) {
                    m[forget + j] = 1f - m[own + j];
                }
            } else {
                activate(0, m, forget, h);
            }
        }
        activate(1, m, next, h);
        for (int j = 0; j < h; j++) {
            m[cell + j] = Math.fma(m[forget + j], m[cell + j], m[own + j] * m[next + j]);
        }
        if (peepholes != null || op.coupled()) {
            peep(1, m, cell, out);
            activate(0, m, out, h);
        }
        System.arraycopy(m, cell, m, hidden, h);
        CellActivation last = activations.get(2);
        activate(last, last.kernel(), m, hidden, h);
        kernels.binary(BinaryFunction.MUL, m, out, 1, m, hidden, 1, m, hidden, h);
    }

    /** Adds what a gate sees of the cell. */
    private void peep(int gate, float[] m, int cell, int to) {
        if (peepholes != null) {
            for (int j = 0; j < h; j++) {
                m[to + j] = Math.fma(peepholes[gate * h + j], m[cell + j], m[to + j]);
            }
        }
    }
}
