package dev.lanewise.quant.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.KernelMode;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.elementwise.Clip;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.logic.Where;
import dev.lanewise.op.nn.Conv;
import dev.lanewise.op.nn.Window;
import dev.lanewise.op.norm.LayerNormalization;
import dev.lanewise.op.norm.RMSNormalization;
import dev.lanewise.op.reduce.CumSum;
import dev.lanewise.op.reduce.LogSoftmax;
import dev.lanewise.op.reduce.Reduce;
import dev.lanewise.op.reduce.Softmax;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.DepthToSpace;
import dev.lanewise.op.shape.Expand;
import dev.lanewise.op.shape.Flatten;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.GatherElements;
import dev.lanewise.op.shape.GatherND;
import dev.lanewise.op.shape.Identity;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Slice;
import dev.lanewise.op.shape.SpaceToDepth;
import dev.lanewise.op.shape.Split;
import dev.lanewise.op.shape.Squeeze;
import dev.lanewise.op.shape.Tile;
import dev.lanewise.op.shape.Transpose;
import dev.lanewise.op.shape.Unsqueeze;
import dev.lanewise.quant.testing.SmallEncoder;
import dev.lanewise.quant.testing.TestGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients in FLOAT against central differences of the operators' own evaluation in DOUBLE. */
class GradientTest {
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 2e-5;
    private static final Random RANDOM = new Random(3);

    private record Case(Operator operator, Tensor... inputs) {
        @Override
        public String toString() {
            return operator + " of " + Arrays.toString(inputs);
        }
    }

    /** Numbers between 0.2 and 1.5 of either sign, so that no kink is near, all different. */
    private static Tensor t(int... shape) {
        float[] data = new float[Tensor.sizeOf(shape)];
        for (int i = 0; i < data.length; i++) {
            data[i] = (0.2f + 1.3f * RANDOM.nextFloat()) * (RANDOM.nextBoolean() ? 1 : -1);
        }
        return Tensor.of(data, shape);
    }

    private static Tensor positive(int... shape) {
        Tensor t = t(shape);
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] = Math.abs(t.floats()[i]);
        }
        return t;
    }

    private static Tensor ints(long... values) {
        return Tensor.of(values, values.length);
    }

    static Stream<Case> operators() {
        List<Case> cases = new ArrayList<>();
        for (Unary.Function f : Unary.Function.values()) {
            boolean small = switch (f) {
                case TAN, SINH, COSH, ASIN, ACOS, ATAN, ASINH, ACOSH, ATANH -> true;
                default -> false;
            };
            if (!small) {
                cases.add(new Case(new Unary(f), f == Unary.Function.LOG || f == Unary.Function.SQRT ? positive(2, 5)
                        : t(2, 5)));
            }
        }
        for (Binary.Function f : Binary.Function.values()) {
            if (f != Binary.Function.MOD && f != Binary.Function.FMOD) {
                Tensor a = f == Binary.Function.POW ? positive(2, 1, 3) : t(2, 1, 3);
                cases.add(new Case(new Binary(f), a, t(4, 3)));
                cases.add(new Case(new Binary(f), f == Binary.Function.POW ? positive(3) : t(3), t(2, 3)));
            }
        }
        cases.add(new Case(new Binary(Binary.Function.POW), t(2, 3), Tensor.scalar(2f)));
        cases.add(new Case(new Gelu(false), t(3, 4)));
        cases.add(new Case(new Gelu(true), t(3, 4)));
        cases.add(new Case(new Clip(), t(3, 4), Tensor.scalar(-0.7f), Tensor.scalar(0.9f)));
        cases.add(new Case(new MatMul(), t(3, 4), t(4, 5)));
        cases.add(new Case(new MatMul(), t(2, 3, 4), t(4, 5)));
        cases.add(new Case(new MatMul(), t(2, 1, 3, 4), t(3, 4, 5)));
        cases.add(new Case(new MatMul(), t(4), t(2, 4, 5)));
        cases.add(new Case(new MatMul(), t(2, 3, 4), t(4)));
        for (int way = 0; way < 4; way++) {
            boolean a = way % 2 == 1;
            boolean b = way > 1;
            cases.add(new Case(new Gemm(0.7f, 1.3f, a, b), a ? t(4, 3) : t(3, 4), b ? t(5, 4) : t(4, 5), t(5)));
        }
        cases.add(new Case(new Gemm(1, 1, false, false), t(3, 4), t(4, 5), t(3, 1)));
        cases.add(new Case(new Gemm(1, 1, false, false), t(3, 4), t(4, 5)));
        cases.add(new Case(new Softmax(-1), t(2, 3, 4)));
        cases.add(new Case(new Softmax(1), t(2, 3, 4)));
        cases.add(new Case(new LogSoftmax(1), t(2, 3, 4)));
        cases.add(new Case(new LayerNormalization(-1, 1e-5f), t(3, 6), t(6), t(6)));
        cases.add(new Case(new LayerNormalization(1, 1e-5f), t(2, 3, 4), t(3, 4)));
        cases.add(new Case(new RMSNormalization(-1, 1e-5f), t(3, 6), t(6)));
        for (Reduce.Function f : Reduce.Function.values()) {
            if (f != Reduce.Function.PROD) {
                boolean log = f == Reduce.Function.LOG_SUM;
                cases.add(new Case(new Reduce(f, false, false), log ? positive(2, 3, 4) : t(2, 3, 4), ints(1)));
                cases.add(new Case(new Reduce(f, true, false), log ? positive(2, 3, 4) : t(2, 3, 4), ints(-1, 0)));
                cases.add(new Case(new Reduce(f, true, false), log ? positive(2, 3) : t(2, 3)));
            }
        }
        cases.add(new Case(new Reshape(false), t(2, 6), ints(3, -1)));
        cases.add(new Case(new Flatten(1), t(2, 3, 4)));
        cases.add(new Case(new Squeeze(), t(2, 1, 3), ints(1)));
        cases.add(new Case(new Unsqueeze(), t(2, 3), ints(1)));
        cases.add(new Case(new Identity(), t(2, 3)));
        cases.add(new Case(new Transpose(List.of(2, 0, 1)), t(2, 3, 4)));
        cases.add(new Case(new Transpose(List.of()), t(2, 3)));
        cases.add(new Case(new Gather(0), t(4, 3), Tensor.of(new long[] {1, 3, 1, -1}, 2, 2)));
        cases.add(new Case(new Gather(1), t(2, 4), Tensor.scalar(2L)));
        cases.add(new Case(new GatherElements(1), t(2, 3), Tensor.of(new long[] {0, 0, 2, 1}, 2, 2)));
        cases.add(new Case(new GatherND(0), t(3, 2), Tensor.of(new long[] {2, 0, 2}, 3, 1)));
        cases.add(new Case(new Slice(), t(4, 5), ints(3, 1), ints(0, 5), ints(0, 1), ints(-1, 2)));
        cases.add(new Case(new Split(1, 3), t(2, 6)));
        cases.add(new Case(new Split(-1, 2), t(2, 5), ints(2, 3)));
        cases.add(new Case(new Concat(1), t(2, 3), t(2, 1), t(2, 2)));
        cases.add(new Case(new Expand(), t(3, 1), ints(2, 3, 4)));
        cases.add(new Case(new Tile(), t(2, 3), ints(2, 3)));
        cases.add(new Case(new DepthToSpace(2, false), t(1, 8, 2, 3)));
        cases.add(new Case(new SpaceToDepth(2), t(1, 2, 4, 2)));
        cases.add(new Case(new Where(), Tensor.of(new boolean[] {true, false, true}, 3), t(2, 3), t(2, 1)));
        Window window =
                new Window(List.of(), List.of(2, 1), List.of(1, 2), List.of(1, 0, 1, 2), Window.Padding.EXPLICIT,
                        false);
        cases.add(new Case(new Conv(2, window), t(2, 4, 5, 6), t(6, 2, 3, 2), t(6)));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("operators")
    void isTheCentralDifference(Case c) {
        List<Value> values = new ArrayList<>();
        List<Value> real = new ArrayList<>();
        for (int i = 0; i < c.inputs.length; i++) {
            Tensor in = c.inputs[i];
            boolean chosen = in.type() == DataType.FLOAT && isDifferentiable(c, i);
            Value v = chosen || i == 0
                    ? Value.input("x" + i, dev.lanewise.graph.Fact.of(in.type(), Dim.constants(in.shape())))
                    : Value.constant("x" + i, in);
            values.add(v);
            if (chosen) {
                real.add(v);
            }
        }
        Node node = Node.of("node", c.operator, values, List.of());
        for (int output = 0; output < node.outputs().size() && (output == 0 || c.operator instanceof Split); output++) {
            Graph graph = Graph.of(values.stream().filter(v -> !v.isConstant()).toList(),
                    List.of(node.outputs().get(output)), List.of("y"));
            check(c, graph, values, real, output);
        }
    }

    /** Bounds and filters are constants in every model, and so is the exponent of a number below 0. */
    private static boolean isDifferentiable(Case c, int input) {
        boolean hasNegative = false;
        for (int i = 0; c.inputs[0].type() == DataType.FLOAT && i < c.inputs[0].size(); i++) {
            hasNegative |= c.inputs[0].floats()[i] < 0;
        }
        boolean isPower = c.operator instanceof Binary(Binary.Function f) && f == Binary.Function.POW;
        return input == 0 || !(c.operator instanceof Clip || c.operator instanceof Conv || isPower && hasNegative);
    }

    private static void check(Case c, Graph graph, List<Value> values, List<Value> real, int output) {
        Program program = new Program(graph, real, KernelMode.SCALAR);
        Map<String, Tensor> inputs = new java.util.HashMap<>();
        for (int i = 0; i < values.size(); i++) {
            inputs.put(values.get(i).name(), c.inputs[i]);
        }
        Program.Tape tape = program.run(inputs);
        Tensor seed = t(tape.output("y").shape());
        Map<Value, Tensor> found = tape.gradients("y", seed);
        for (int i = 0; i < values.size(); i++) {
            if (real.contains(values.get(i))) {
                Tensor expected = differences(c, i, output, seed);
                assertClose(expected, found.get(values.get(i)), c + ", input " + i);
            }
        }
    }

    private static Tensor differences(Case c, int input, int output, Tensor seed) {
        Tensor[] wide = Arrays.stream(c.inputs).map(t -> TestGraph.as(DataType.DOUBLE, t)).toArray(Tensor[]::new);
        double[] x = wide[input].doubles();
        double[] d = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double at = x[i];
            x[i] = at + STEP;
            double above = weighted(c.operator.evaluate(wide)[output], seed);
            x[i] = at - STEP;
            double below = weighted(c.operator.evaluate(wide)[output], seed);
            x[i] = at;
            d[i] = (above - below) / (2 * STEP);
        }
        return Tensor.of(d, c.inputs[input].shape());
    }

    private static double weighted(Tensor y, Tensor seed) {
        double sum = 0;
        for (int i = 0; i < y.size(); i++) {
            sum += y.doubles()[i] * seed.floats()[i];
        }
        return sum;
    }

    private static void assertClose(Tensor expected, Tensor found, String what) {
        assertTrue(found.hasShape(expected.shape()), what + ": " + found);
        double largest = 1;
        for (double e : expected.doubles()) {
            largest = Math.max(largest, Math.abs(e));
        }
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.doubles()[i], found.floats()[i], TOLERANCE * largest, what + ", element " + i);
        }
    }

    /** Through attention, normalisation, a plain and a gated block: at the table of embeddings, which all else depends on. */
    @Test
    void ofAWholeEncoder() {
        Graph graph = SmallEncoder.graph(DataType.FLOAT);
        Graph wide = SmallEncoder.graph(DataType.DOUBLE);
        Value start = embedded(graph);
        Value wideStart = embedded(wide);
        Program program = new Program(graph, List.of(start), KernelMode.SCALAR);
        Map<String, Tensor> sample = SmallEncoder.samples(1, 4).getFirst();
        Program.Tape tape = program.run(sample);
        Tensor[] evaluated = graph.evaluate(sample.get("input_ids"), sample.get("attention_mask"));
        for (int i = 0; i < evaluated[0].size(); i++) {
            assertEquals(evaluated[0].floats()[i], tape.output("y").floats()[i], 1e-5);
        }
        Tensor seed = t(tape.output("y").shape());
        Tensor found = tape.gradients("y", seed).get(start);
        // The rest of the graph, from the embeddings on.
        Value free = Value.input("x", wideStart.fact());
        Graph rest = Graph.of(List.of(free), List.of(wide.outputs().getFirst()), List.of("y"))
                .replace(Map.of(wideStart, free));
        Tensor x = TestGraph.as(DataType.DOUBLE, tape.value(start));
        double[] d = new double[x.size()];
        for (int i = 0; i < d.length; i++) {
            double at = x.doubles()[i];
            x.doubles()[i] = at + STEP;
            double above = weighted(rest.evaluate(x)[0], seed);
            x.doubles()[i] = at - STEP;
            d[i] = (above - weighted(rest.evaluate(x)[0], seed)) / (2 * STEP);
            x.doubles()[i] = at;
        }
        assertClose(Tensor.of(d, x.shape()), found, "encoder");
    }

    private static Value embedded(Graph graph) {
        return graph.nodes().stream().filter(n -> n.operator() instanceof Gather g && n.input(0).name().equals("table"))
                .findFirst().orElseThrow().output();
    }

    @Test
    void whatHasNoGradientIsNamed() {
        Value x = Value.input("x", dev.lanewise.graph.Fact.of(DataType.FLOAT, Dim.constant(3)));
        Node sum = Node.of("running", new CumSum(false, false), x, Value.constant("axis", Tensor.scalar(0L)));
        Graph graph = Graph.of(List.of(x), List.of(sum.output()), List.of("y"));
        Program.Tape tape = new Program(graph, List.of(x), KernelMode.SCALAR).run(Map.of("x", t(3)));
        MissingGradientException e =
                assertThrows(MissingGradientException.class, () -> tape.gradients("y", t(3)));
        assertEquals("running", e.node());
        assertEquals("CumSum", e.operator());
        assertTrue(e.getMessage().contains("CumSum"), e.getMessage());
    }

    /** The output depends on the value through whole numbers alone, and an operator without a gradient is beside the path. */
    @Test
    void nothingFlowsThroughWholeNumbers() {
        Value x = Value.input("x", dev.lanewise.graph.Fact.of(DataType.FLOAT, Dim.constant(3)));
        Node rounded = Node.of("cast", new Cast(DataType.INT64), x);
        Node back = Node.of("back", new Cast(DataType.FLOAT), rounded.output());
        Graph graph = Graph.of(List.of(x), List.of(back.output()), List.of("y"));
        Program.Tape tape = new Program(graph, List.of(x), KernelMode.SCALAR).run(Map.of("x", t(3)));
        assertFalse(tape.gradients("y", t(3)).containsKey(x));
    }
}
