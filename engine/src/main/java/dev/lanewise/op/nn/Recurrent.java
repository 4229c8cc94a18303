package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.HalfPrecision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

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
        boolean batchFirst, boolean linearBeforeReset, boolean coupled) implements Operator {
    /** Kinds of cells, with the number of their gates and activations. */
    public enum Cell {
        RNN(1, 1), GRU(3, 2), LSTM(4, 3);

        final int gates;
        private final int activations;

        Cell(int gates, int activations) {
            this.gates = gates;
            this.activations = activations;
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
        Tensor all = batchFirst ? Tensor.zeros(DataType.FLOAT, batch, time, directions, h)
                : Tensor.zeros(DataType.FLOAT, time, directions, batch, h);
        int[] stateShape = batchFirst ? new int[] {batch, directions, h} : new int[] {directions, batch, h};
        Tensor last = Tensor.zeros(DataType.FLOAT, stateShape);
        Tensor lastCell = Tensor.zeros(DataType.FLOAT, stateShape);
        int[] lengths = lengths(in[LENGTHS], batch, time);
        for (int d = 0; d < directions; d++) {
            List<CellActivation> own =
                    activations.subList(d * cell.activations, (d + 1) * cell.activations);
            RecurrentPass pass = new RecurrentPass(this, own, d, batch, h, in[1], in[2], in[BIAS],
                    cell == Cell.LSTM ? in[PEEPHOLES] : null);
            float[] state = state(in[STATE], d, batch, h);
            float[] cells = state(cell == Cell.LSTM ? in[CELL] : null, d, batch, h);
            boolean reverse = direction == Direction.REVERSE || d == 1;
            pass.run(in[0], time, lengths, reverse, state, cells, all.floats());
            for (int b = 0; b < batch; b++) {
                int to = stateAt(d, b, batch) * h;
                System.arraycopy(state, b * h, last.floats(), to, h);
                System.arraycopy(cells, b * h, lastCell.floats(), to, h);
            }
        }
        return cell == Cell.LSTM ? new Tensor[] {all, last, lastCell} : new Tensor[] {all, last};
    }

    private static int[] lengths(Tensor given, int batch, int time) {
        int[] lengths = new int[batch];
        for (int b = 0; b < batch; b++) {
            lengths[b] = given == null ? time : given.ints()[b];
            if (lengths[b] < 0 || lengths[b] > time) {
                throw new InvalidInputException("sequence_lens", "lengths in [0, " + time + "]",
                        Integer.toString(lengths[b]), "correct the lengths");
            }
        }
        return lengths;
    }

    /** Row of a state tensor. */
    private int stateAt(int d, int b, int batch) {
        return batchFirst ? b * direction.count() + d : d * batch + b;
    }

    /** The initial state of one direction as {@code [batch, h]}; zeros where it is not given. */
    private float[] state(Tensor given, int d, int batch, int h) {
        float[] state = new float[batch * h];
        for (int b = 0; b < batch && given != null; b++) {
            System.arraycopy(given.floats(), stateAt(d, b, batch) * h, state, b * h, h);
        }
        return state;
    }
}
