package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.HalfPrecision;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import dev.lanewise.op.nn.RecurrentPass.Memory;
import dev.lanewise.op.nn.RecurrentWeights.Matrices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/**
 * A recurrent layer: ONNX RNN-22, GRU-22 and LSTM-22. Inputs: x {@code [time, batch, in]}, w {@code [directions,
 * gates*h, in]}, r {@code [directions, gates*h, h]}, then optional bias {@code [directions, 2*gates*h]}, INT32
 * lengths {@code [batch]}, initial state {@code [directions, batch, h]}, and for LSTM initial cell state and
 * peepholes {@code [directions, 3*h]}. Outputs: all states {@code [time, directions, batch, h]} (zero behind a
 * sequence's length), the last state, and for LSTM the last cell state, both {@code [directions, batch, h]}.
 *
 * @param activations those of the forward, then those of the reverse direction
 * @param clip bound of the magnitude of what goes into an activation; infinity for none
 * @param batchFirst x {@code [batch, time, in]}, states {@code [batch, directions, h]}, all states
 *        {@code [batch, time, directions, h]}
 * @param linearBeforeReset for GRU: whether the reset gate scales the projected state rather than the state
 * @param coupled for LSTM: the forget gate is 1 minus the input gate
 */
public record Recurrent(Cell cell, Direction direction, List<CellActivation> activations, float clip,
        boolean batchFirst, boolean linearBeforeReset, boolean coupled) implements Lowerable {
    /** Kinds of cells, with the number of their gates and activations. */
    public enum Cell {
        RNN(1, 1), GRU(3, 2), LSTM(4, 3);

        final int gates;
        private final int activations;

        Cell(int gates, int activations) {
            this.gates = gates;
            this.activations = activations;
        }

        /** Gates whose part of the state is one product: all but a GRU's candidate. */
        int stateGates() {
            return this == GRU ? 2 : gates;
        }

        /** The activations of one direction as the papers have them. */
        public List<CellActivation> defaults() {
            CellActivation tanh = new CellActivation(CellActivation.Function.TANH);
            CellActivation sigmoid = new CellActivation(CellActivation.Function.SIGMOID);
            return switch (this) {
                case RNN -> List.of(tanh);
                case GRU -> List.of(sigmoid, tanh);
                case LSTM -> List.of(sigmoid, tanh, tanh);
            };
        }
    }

    /** Which way a sequence is read. */
    public enum Direction {
        FORWARD, REVERSE, BIDIRECTIONAL;

        public int count() {
            return this == BIDIRECTIONAL ? 2 : 1;
        }
    }

    private static final int BIAS = 3;
    private static final int LENGTHS = 4;
    private static final int STATE = 5;
    private static final int CELL = 6;
    private static final int PEEPHOLES = 7;

    public Recurrent {
        activations = List.copyOf(activations);
    }

    @Override
    public String name() {
        return cell.name();
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16);
        for (int i = 1; i < in.count(); i++) {
            if (in.has(i) && i != LENGTHS) {
                in.sameType(0, i);
            }
        }
        if (in.has(LENGTHS)) {
            in.type(LENGTHS, DataType.INT32);
        }
        if (activations.size() != direction.count() * cell.activations || !(clip > 0)) {
            throw in.error(direction.count() * cell.activations + " activations and a positive clip",
                    activations.size() + " and " + clip, "correct the attributes");
        }
        int outputs = cell == Cell.LSTM ? 3 : 2;
        Dim[] x = in.shape(0);
        Dim[] r = in.shape(2);
        if (x == null || r == null) {
            in.input(1);
            return Collections.nCopies(outputs, Fact.unknown(type));
        }
        if (x.length != 3 || r.length != 3) {
            throw in.error("x and r of rank 3", in.input(0) + " and " + in.input(2), "reshape them");
        }
        Dim directions = Dim.constant(direction.count());
        Dim h = r[2];
        Dim time = x[batchFirst ? 1 : 0];
        Dim batch = x[batchFirst ? 0 : 1];
        check(in, 1, directions, h.times(cell.gates), x[2]);
        check(in, 2, directions, h.times(cell.gates), h);
        check(in, BIAS, directions, h.times(2L * cell.gates));
        check(in, LENGTHS, batch);
        Dim[] state = batchFirst ? new Dim[] {batch, directions, h} : new Dim[] {directions, batch, h};
        check(in, STATE, state);
        if (cell == Cell.LSTM) {
            check(in, CELL, state);
            check(in, PEEPHOLES, directions, h.times(3));
        }
        Dim[] all = batchFirst ? new Dim[] {batch, time, directions, h} : new Dim[] {time, directions, batch, h};
        List<Fact> facts = new ArrayList<>(List.of(Fact.of(type, all)));
        for (int i = 1; i < outputs; i++) {
            facts.add(Fact.of(type, state));
        }
        return facts;
    }

    private static void check(Inference in, int i, Dim... due) {
        Dim[] shape = in.has(i) || i < BIAS ? in.shape(i) : null;
        if (shape == null) {
            return;
        }
        boolean fits = shape.length == due.length;
        for (int d = 0; fits && d < due.length; d++) {
            fits = !shape[d].isConstant() || !due[d].isConstant() || shape[d].equals(due[d]);
        }
        if (!fits) {
            throw in.error("input " + i + " of shape " + Arrays.toString(due), in.input(i).toString(),
                    "check the shapes");
        }
        for (int d = 0; d < due.length; d++) {
            in.assumeEqual(due[d], shape[d]);
        }
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return HalfPrecision.inFloat(inputs, this::floats);
    }

    private Tensor[] floats(Tensor[] given) {
        Tensor[] in = Arrays.copyOf(given, PEEPHOLES + 1);
        int time = in[0].dim(batchFirst ? 1 : 0);
        int batch = in[0].dim(batchFirst ? 0 : 1);
        int h = in[2].dim(2);
        int directions = direction.count();
        Kernels kernels = new ScalarKernels();
        RecurrentWeights weights = RecurrentWeights.of(cell, Matrices.pack(cell, in[1], in[2]), h, in[BIAS],
                cell == Cell.LSTM ? in[PEEPHOLES] : null);
        Tensor all = batchFirst ? Tensor.zeros(DataType.FLOAT, batch, time, directions, h)
                : Tensor.zeros(DataType.FLOAT, time, directions, batch, h);
        int[] stateShape = batchFirst ? new int[] {batch, directions, h} : new int[] {directions, batch, h};
        Tensor last = Tensor.zeros(DataType.FLOAT, stateShape);
        Tensor lastCell = Tensor.zeros(DataType.FLOAT, stateShape);
        int[] lengths = in[LENGTHS] == null ? null : in[LENGTHS].ints();
        if (lengths != null) {
            checkLengths(lengths, 0, batch, time);
        }
        float[] fromInput = new float[time * batch * directions * cell.gates * h];
        weights.input().apply(kernels, time * batch, in[0].floats(), 0, fromInput, 0);
        for (int d = 0; d < directions; d++) {
            float[] memory = new float[batch * RecurrentPass.memory(cell, h)];
            load(in[STATE], d, batch, h, memory, 0);
            load(cell == Cell.LSTM ? in[CELL] : null, d, batch, h, memory, batch * h);
            RecurrentPass pass = new RecurrentPass(kernels, this, weights, d);
            pass.bind(time, batch);
            pass.run(fromInput, 0, lengths, 0, new Memory(memory, 0), all.floats(), 0);
            for (int b = 0; b < batch; b++) {
                int to = stateAt(d, b, batch) * h;
                System.arraycopy(memory, b * h, last.floats(), to, h);
                System.arraycopy(memory, (batch + b) * h, lastCell.floats(), to, h);
            }
        }
        return cell == Cell.LSTM ? new Tensor[] {all, last, lastCell} : new Tensor[] {all, last};
    }

    private void load(Tensor given, int d, int batch, int h, float[] memory, int at) {
        for (int b = 0; b < batch && given != null; b++) {
            System.arraycopy(given.floats(), stateAt(d, b, batch) * h, memory, at + b * h, h);
        }
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        Tensor w = at.constant(1);
        Tensor r = at.constant(2);
        Tensor bias = optionalConstant(at, BIAS);
        Tensor peepholes = cell == Cell.LSTM ? optionalConstant(at, PEEPHOLES) : null;
        if (at.in(0).type() != DataType.FLOAT || w == null || r == null || w.size() == 0 || r.size() == 0
                || has(at, BIAS) && bias == null || cell == Cell.LSTM && has(at, PEEPHOLES) && peepholes == null) {
            return null;
        }
        int h = r.dim(2);
        Matrices matrices = at.pack(List.of(w, r), "recurrent " + cell, () -> Matrices.pack(cell, w, r),
                Matrices::elements);
        RecurrentWeights weights = RecurrentWeights.of(cell, matrices, h, bias, peepholes);
        Dim[] x = at.in(0).shape();
        Dim rows = x[0].times(x[1]);
        int directions = direction.count();
        RecurrentStep.Slots slots = new RecurrentStep.Slots(at.input(0), slot(at, LENGTHS), slot(at, STATE),
                cell == Cell.LSTM ? slot(at, CELL) : -1, output(at, 0), output(at, 1),
                cell == Cell.LSTM ? output(at, 2) : -1,
                at.workspace(DataType.FLOAT, rows, Dim.constant(directions * cell.gates * h)),
                at.workspace(DataType.FLOAT, x[batchFirst ? 0 : 1],
                        Dim.constant(directions * RecurrentPass.memory(cell, h))));
        return () -> new RecurrentStep(at.kernels(), this, weights, slots);
    }

    private static boolean has(Lowering at, int i) {
        return i < at.node().inputs().size() && at.has(i);
    }

    private static Tensor optionalConstant(Lowering at, int i) {
        return has(at, i) ? at.constant(i) : null;
    }

    private static int slot(Lowering at, int i) {
        return has(at, i) ? at.input(i) : -1;
    }

    private static int output(Lowering at, int i) {
        return at.isRead(i) ? at.output(i) : -1;
    }

    static void checkLengths(int[] lengths, int at, int batch, int time) {
        for (int b = 0; b < batch; b++) {
            if (lengths[at + b] < 0 || lengths[at + b] > time) {
                throw new InvalidInputException("sequence_lens", "lengths in [0, " + time + "]",
                        Integer.toString(lengths[at + b]), "correct the lengths");
            }
        }
    }

    /** Row of a state tensor. */
    int stateAt(int d, int b, int batch) {
        return batchFirst ? b * direction.count() + d : d * batch + b;
    }
}
