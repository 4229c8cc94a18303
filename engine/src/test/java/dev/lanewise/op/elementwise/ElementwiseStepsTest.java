package dev.lanewise.op.elementwise;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Samples;
import dev.lanewise.op.Steps;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps of elementwise operators against their definitions, bit for bit, over sizes, types and threads. */
class ElementwiseStepsTest {
    private static final Dim BATCH = Dim.symbol("batch");
    private static final Dim SEQ = Dim.symbol("seq");
    private static final int[][] SIZES = {{1, 1}, {2, 5}, {3, 17}, {1, 400}, {2, 2000}, {1, 1}};

    private final Samples samples = new Samples(11);

    private static Value input(String name, DataType type, Dim... shape) {
        return Value.input(name, Fact.of(type, shape));
    }

    private static Graph graph(Operator operator, Value... inputs) {
        return Steps.graph(in -> Node.of("node", operator, in), inputs);
    }

    private List<Tensor[]> one(DataType type) {
        List<Tensor[]> runs = new ArrayList<>();
        for (int[] s : SIZES) {
            runs.add(new Tensor[] {samples.any(type, s[0], s[1], 5)});
        }
        return runs;
    }

    private static Graph ofOne(Operator operator, DataType type) {
        return graph(operator, input("x", type, BATCH, SEQ, Dim.constant(5)));
    }

    @ParameterizedTest
    @EnumSource(Unary.Function.class)
    void unary(Unary.Function f) {
        Steps.assertAsDefined(ofOne(new Unary(f), DataType.FLOAT), one(DataType.FLOAT));
    }

    @ParameterizedTest
    @EnumSource(Activation.Function.class)
    void activation(Activation.Function f) {
        Steps.assertAsDefined(ofOne(new Activation(f, 0.75f, 0.25f), DataType.FLOAT), one(DataType.FLOAT));
    }

    @Test
    void geluAndQuestions() {
        for (Operator operator : List.of(new Gelu(false), new Gelu(true), new IsNaN(), new IsInf(true, false))) {
            Steps.assertAsDefined(ofOne(operator, DataType.FLOAT), one(DataType.FLOAT));
        }
    }

    /** All ways in which one operand of rank up to 3 spreads over the other. */
    @ParameterizedTest
    @EnumSource(Binary.Function.class)
    void binary(Binary.Function f) {
        Dim five = Dim.constant(5);
        Dim[][] spreads = {{BATCH, SEQ, five}, {BATCH, SEQ, Dim.ONE}, {BATCH, Dim.ONE, five}, {Dim.ONE, SEQ, Dim.ONE},
            {five}, {}, {SEQ, Dim.ONE}};
        for (Dim[] spread : spreads) {
            Value a = input("a", DataType.FLOAT, BATCH, SEQ, five);
            Value b = input("b", DataType.FLOAT, spread);
            List<Tensor[]> runs = new ArrayList<>();
            List<Tensor[]> swapped = new ArrayList<>();
            for (int[] s : SIZES) {
                Tensor x = samples.any(DataType.FLOAT, s[0], s[1], 5);
                Tensor y = samples.any(DataType.FLOAT, shape(spread, s));
                runs.add(new Tensor[] {x, y});
                swapped.add(new Tensor[] {y, x});
            }
            Steps.assertAsDefined(graph(new Binary(f), a, b), runs);
            Steps.assertAsDefined(graph(new Binary(f), b, a), swapped);
        }
    }

    private static int[] shape(Dim[] dims, int[] size) {
        int[] shape = new int[dims.length];
        for (int d = 0; d < shape.length; d++) {
            shape[d] = (int) dims[d].eval(name -> name.equals("batch") ? size[0] : size[1]);
        }
        return shape;
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"INT64", "INT32", "UINT8", "INT8"})
    void integers(DataType type) {
        for (Binary.Function f : List.of(Binary.Function.ADD, Binary.Function.SUB, Binary.Function.MUL,
                Binary.Function.MIN, Binary.Function.MAX, Binary.Function.POW)) {
            Value a = input("a", type, BATCH, SEQ);
            Value b = input("b", type, SEQ);
            List<Tensor[]> runs = new ArrayList<>();
            for (int[] s : SIZES) {
                runs.add(new Tensor[] {samples.any(type, s[0], s[1]), samples.any(type, s[1])});
            }
            Steps.assertAsDefined(graph(new Binary(f), a, b), runs);
        }
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT", "INT64", "INT32", "INT8", "UINT8", "BOOL"})
    void cast(DataType from) {
        for (DataType to : List.of(DataType.FLOAT, DataType.INT64, DataType.INT32, DataType.INT8, DataType.UINT8,
                DataType.BOOL)) {
            if (from != to) {
                Steps.assertAsDefined(ofOne(new Cast(to), from), one(from));
            }
        }
    }

    @Test
    void clip() {
        Value x = input("x", DataType.FLOAT, BATCH, SEQ, Dim.constant(5));
        Value low = Value.constant("low", Tensor.scalar(-1.5f));
        Value high = Value.constant("high", Tensor.of(new float[] {2}, 1));
        Steps.assertAsDefined(graph(new Clip(), x, low, high), one(DataType.FLOAT));
        Steps.assertAsDefined(graph(new Clip(), x, low), one(DataType.FLOAT));
        Steps.assertAsDefined(graph(new Clip(), x, null, high), one(DataType.FLOAT));
        Steps.assertAsDefined(graph(new Clip(), x, high, low), one(DataType.FLOAT));
    }
}
