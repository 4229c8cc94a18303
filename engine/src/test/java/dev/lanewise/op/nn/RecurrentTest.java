package dev.lanewise.op.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Steps;
import dev.lanewise.op.nn.Recurrent.Cell;
import dev.lanewise.op.nn.Recurrent.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecurrentTest {
    private static final int TIME = 4;
    private static final int BATCH = 3;
    private static final int IN = 2;
    private static final int H = 5;

    private static Recurrent op(Cell cell, Direction direction, boolean batchFirst) {
        List<CellActivation> activations = new ArrayList<>();
        for (int d = 0; d < direction.count(); d++) {
            activations.addAll(cell.defaults());
        }
        return new Recurrent(cell, direction, activations, Float.POSITIVE_INFINITY, batchFirst, false, false);
    }

    private static Tensor random(int seed, int... shape) {
        Random random = new Random(seed);
        float[] values = new float[Tensor.sizeOf(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return Tensor.of(values, shape);
    }

    private static Tensor[] inputs(Cell cell, int directions) {
        return new Tensor[] {random(1, TIME, BATCH, IN), random(2, directions, cell.gates * H, IN),
            random(3, directions, cell.gates * H, H), random(4, directions, 2 * cell.gates * H), null,
            random(5, directions, BATCH, H), cell == Cell.LSTM ? random(6, directions, BATCH, H) : null,
            cell == Cell.LSTM ? random(7, directions, 3 * H) : null};
    }

    /** Part {@code i} of the first axis. */
    private static Tensor part(Tensor t, int i) {
        if (t == null) {
            return null;
        }
        int[] shape = t.shape();
        int size = t.size() / shape[0];
        shape[0] = 1;
        return Tensor.of(Arrays.copyOfRange(t.floats(), i * size, (i + 1) * size), shape);
    }

    private static Tensor reversed(Tensor t) {
        int size = t.size() / t.dim(0);
        float[] values = new float[t.size()];
        for (int i = 0; i < t.dim(0); i++) {
            System.arraycopy(t.floats(), i * size, values, (t.dim(0) - 1 - i) * size, size);
        }
        return Tensor.of(values, t.shape());
    }

    @ParameterizedTest
    @EnumSource
    void reverseReadsBackwards(Cell cell) {
        Tensor[] in = inputs(cell, 1);
        Tensor[] reverse = op(cell, Direction.REVERSE, false).evaluate(in);
        in[0] = reversed(in[0]);
        Tensor[] forward = op(cell, Direction.FORWARD, false).evaluate(in);
        assertArrayEquals(reversed(forward[0]).floats(), reverse[0].floats());
        assertArrayEquals(forward[1].floats(), reverse[1].floats());
    }

    @ParameterizedTest
    @EnumSource
    void bidirectionalIsBoth(Cell cell) {
        Tensor[] in = inputs(cell, 2);
        Tensor[] both = op(cell, Direction.BIDIRECTIONAL, false).evaluate(in);
        for (int d = 0; d < 2; d++) {
            int direction = d;
            Tensor[] own = Arrays.stream(in).map(t -> t == in[0] ? t : part(t, direction)).toArray(Tensor[]::new);
            Tensor[] one = op(cell, d == 0 ? Direction.FORWARD : Direction.REVERSE, false).evaluate(own);
            for (int i = 1; i < one.length; i++) {
                assertArrayEquals(one[i].floats(), part(both[i], d).floats());
            }
            for (int t = 0; t < TIME; t++) {
                assertArrayEquals(part(one[0], t).floats(), part(part(both[0], t).reshape(2, BATCH, H), d).floats());
            }
        }
    }

    /** A batch of one sequence has the same bits as that sequence in a larger batch, whatever its length. */
    @ParameterizedTest
    @EnumSource
    void lengthsAndLayout(Cell cell) {
        Tensor[] in = inputs(cell, 1);
        int[] lengths = {4, 2, 0};
        in[4] = Tensor.of(lengths, BATCH);
        for (Direction direction : List.of(Direction.FORWARD, Direction.REVERSE)) {
            Tensor[] y = op(cell, direction, false).evaluate(in);
            for (int b = 0; b < BATCH; b++) {
                Tensor[] own = in.clone();
                own[0] = Tensor.zeros(DataType.FLOAT, 1, lengths[b], IN);
                for (int t = 0; t < lengths[b]; t++) {
                    System.arraycopy(in[0].floats(), (t * BATCH + b) * IN, own[0].floats(), t * IN, IN);
                }
                own[4] = null;
                own[5] = part(in[5].reshape(BATCH, 1, H), b);
                own[6] = in[6] == null ? null : part(in[6].reshape(BATCH, 1, H), b);
                Tensor[] alone = op(cell, direction, true).evaluate(own);
                for (int i = 1; i < y.length; i++) {
                    assertArrayEquals(alone[i].floats(), part(y[i].reshape(BATCH, H), b).floats());
                }
                for (int t = 0; t < TIME; t++) {
                    float[] due = t < lengths[b] ? part(alone[0].reshape(lengths[b], H), t).floats() : new float[H];
                    assertArrayEquals(due, part(y[0].reshape(TIME * BATCH, H), t * BATCH + b).floats());
                }
            }
        }
    }

    /** Sizes change from run to run, and what lies between constants and vectors is in each of them. */
    @ParameterizedTest
    @EnumSource
    void stepsDoAsDefined(Cell cell) {
        for (Direction direction : Direction.values()) {
            for (boolean batchFirst : new boolean[] {false, true}) {
                Recurrent plain = op(cell, direction, batchFirst);
                assertSteps(plain, false, false);
                assertSteps(plain, true, true);
                assertSteps(new Recurrent(cell, direction, plain.activations(), 0.3f, batchFirst, true, true), true,
                        false);
            }
        }
    }

    private static void assertSteps(Recurrent op, boolean withLengths, boolean withStates) {
        int h = 37;
        int in = 19;
        int directions = op.direction().count();
        int gates = op.cell().gates * h;
        boolean isLstm = op.cell() == Cell.LSTM;
        Dim time = Dim.symbol("time");
        Dim batch = Dim.symbol("batch");
        Dim[] x = {op.batchFirst() ? batch : time, op.batchFirst() ? time : batch, Dim.constant(in)};
        Dim[] state = {op.batchFirst() ? batch : Dim.constant(directions),
            op.batchFirst() ? Dim.constant(directions) : batch, Dim.constant(h)};
        Value[] values = {Value.input("x", Fact.of(DataType.FLOAT, x)),
            Value.constant("w", random(2, directions, gates, in)), Value.constant("r", random(3, directions, gates, h)),
            withStates ? null : Value.constant("b", random(4, directions, 2 * gates)),
            withLengths ? Value.input("lengths", Fact.of(DataType.INT32, batch)) : null,
            withStates ? Value.input("state", Fact.of(DataType.FLOAT, state)) : null,
            withStates && isLstm ? Value.input("cell", Fact.of(DataType.FLOAT, state)) : null,
            withStates && isLstm ? Value.constant("peepholes", random(7, directions, 3 * h)) : null};
        List<Tensor[]> runs = new ArrayList<>();
        for (int[] sizes : new int[][] {{1, 1}, {5, 3}, {70, 2}, {2, 1}}) {
            int t = sizes[0];
            int b = sizes[1];
            List<Tensor> run =
                    new ArrayList<>(List.of(random(t, op.batchFirst() ? b : t, op.batchFirst() ? t : b, in)));
            if (withLengths) {
                run.add(Tensor.of(Arrays.copyOf(new int[] {t, t / 2, 0}, b), b));
            }
            for (int i = 0; withStates && i < (isLstm ? 2 : 1); i++) {
                run.add(random(8 + i, op.batchFirst() ? b : directions, op.batchFirst() ? directions : b, h));
            }
            runs.add(run.toArray(Tensor[]::new));
        }
        Steps.assertAsDefined(Steps.graph(all -> Node.of("recurrent", op, all), values), runs);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** Gate {@code g}'s input from x, or from a state if {@code recurrent}, by definition. */
    private static double gate(Tensor[] in, int g, int j, boolean recurrent, double[] from) {
        int gates = in[1].dim(1);
        double sum = in[3].floats()[(recurrent ? gates : 0) + g * H + j];
        Tensor weights = in[recurrent ? 2 : 1];
        for (int k = 0; k < from.length; k++) {
            sum += from[k] * weights.floats()[(g * H + j) * from.length + k];
        }
        return sum;
    }

    private static double[] doubles(float[] values, int from, int n) {
        double[] d = new double[n];
        Arrays.setAll(d, i -> values[from + i]);
        return d;
    }

    @Test
    void longShortByDefinition() {
        Tensor[] in = inputs(Cell.LSTM, 1);
        Recurrent coupled = new Recurrent(Cell.LSTM, Direction.FORWARD, Cell.LSTM.defaults(), Float.POSITIVE_INFINITY,
                false, false, true);
        for (Recurrent op : List.of(op(Cell.LSTM, Direction.FORWARD, false), coupled)) {
            Tensor[] y = op.evaluate(in);
            double[] x = doubles(in[0].floats(), 0, IN);
            double[] h = doubles(in[5].floats(), 0, H);
            for (int j = 0; j < H; j++) {
                double c = in[6].floats()[j];
                float[] p = in[7].floats();
                double i = sigmoid(gate(in, 0, j, false, x) + gate(in, 0, j, true, h) + p[j] * c);
                double f = op.coupled() ? 1 - i
                        : sigmoid(gate(in, 2, j, false, x) + gate(in, 2, j, true, h) + p[2 * H + j] * c);
                double next = f * c + i * Math.tanh(gate(in, 3, j, false, x) + gate(in, 3, j, true, h));
                double o = sigmoid(gate(in, 1, j, false, x) + gate(in, 1, j, true, h) + p[H + j] * next);
                assertEquals(o * Math.tanh(next), y[0].floats()[j], 1e-6);
            }
        }
    }

    @Test
    void gatedByDefinition() {
        Tensor[] in = inputs(Cell.GRU, 1);
        for (boolean linear : new boolean[] {false, true}) {
            Tensor[] y = new Recurrent(Cell.GRU, Direction.FORWARD, Cell.GRU.defaults(), Float.POSITIVE_INFINITY, false,
                    linear, false).evaluate(in);
            double[] x = doubles(in[0].floats(), 0, IN);
            double[] h = doubles(in[5].floats(), 0, H);
            double[] r = new double[H];
            Arrays.setAll(r, j -> sigmoid(gate(in, 1, j, false, x) + gate(in, 1, j, true, h)));
            double[] scaled = new double[H];
            Arrays.setAll(scaled, j -> r[j] * h[j]);
            for (int j = 0; j < H; j++) {
                double z = sigmoid(gate(in, 0, j, false, x) + gate(in, 0, j, true, h));
                double state = linear ? r[j] * gate(in, 2, j, true, h) : gate(in, 2, j, true, scaled);
                double next = Math.tanh(gate(in, 2, j, false, x) + state);
                assertEquals((1 - z) * next + z * h[j], y[0].floats()[j], 1e-6);
            }
        }
    }

    @Test
    void activationsAndClip() {
        Tensor[] in = {Tensor.of(new float[] {3, -3}, 2, 1, 1), Tensor.of(new float[] {1}, 1, 1, 1),
            Tensor.of(new float[] {0}, 1, 1, 1)};
        Recurrent op = new Recurrent(Cell.RNN, Direction.FORWARD,
                List.of(new CellActivation(CellActivation.Function.LEAKY_RELU, 0.5f, 0)), 2, false, false, false);
        assertArrayEquals(new float[] {2, -1}, op.evaluate(in)[0].floats());
        float[][] due = {{3, 0}, {0.9950548f, -0.9950548f}, {0.95257413f, 0.04742587f}, {3, -3}, {3, -0.03f}, {3, 0},
            {0.9950548f, -0.9950548f}, {1, 0}, {3, -0.95021296f}, {0.75f, -0.75f}, {3.0485873f, 0.04858735f}};
        for (CellActivation.Function f : CellActivation.Function.values()) {
            CellActivation a = new CellActivation(f);
            assertArrayEquals(due[f.ordinal()], new float[] {a.apply(3), a.apply(-3)}, 1e-6f, f.name());
        }
    }

    private static Value value(DataType type, Dim... shape) {
        return Value.input("x", Fact.of(type, shape));
    }

    @Test
    void symbolicShapes() {
        Dim time = Dim.symbol("time");
        Dim batch = Dim.symbol("batch");
        Node n = Node.of("lstm", op(Cell.LSTM, Direction.BIDIRECTIONAL, false),
                value(DataType.FLOAT, time, batch, Dim.constant(IN)),
                value(DataType.FLOAT, Dim.constants(2, 4 * H, IN)),
                value(DataType.FLOAT, Dim.constants(2, 4 * H, H)));
        assertArrayEquals(new Dim[] {time, Dim.constant(2), batch, Dim.constant(H)}, n.output().fact().shape());
        assertArrayEquals(new Dim[] {Dim.constant(2), batch, Dim.constant(H)}, n.outputs().get(2).fact().shape());
    }

    @Test
    void misfitsAreErrors() {
        Value x = value(DataType.FLOAT, Dim.constants(TIME, BATCH, IN));
        Value w = value(DataType.FLOAT, Dim.constants(1, H, IN));
        Value r = value(DataType.FLOAT, Dim.constants(1, H, H));
        Recurrent rnn = op(Cell.RNN, Direction.FORWARD, false);
        assertThrows(ModelFormatException.class, () -> Node.of("n", rnn, x, r, r));
        assertThrows(ModelFormatException.class, () -> Node.of("n", rnn, x, w));
        assertThrows(ModelFormatException.class, () -> Node.of("n", op(Cell.GRU, Direction.FORWARD, false), x, w, r));
        assertThrows(ModelFormatException.class,
                () -> Node.of("n", op(Cell.RNN, Direction.BIDIRECTIONAL, false), x, w, r));
        assertThrows(ModelFormatException.class,
                () -> Node.of("n", rnn, value(DataType.DOUBLE, Dim.constants(TIME, BATCH, IN)), w, r));
        Recurrent none = new Recurrent(Cell.RNN, Direction.FORWARD, List.of(), 1, false, false, false);
        assertThrows(ModelFormatException.class, () -> Node.of("n", none, x, w, r));
        Tensor[] in = inputs(Cell.RNN, 1);
        in[4] = Tensor.of(new int[] {5, 0, 0}, 3);
        assertThrows(InvalidInputException.class, () -> rnn.evaluate(in));
    }
}
