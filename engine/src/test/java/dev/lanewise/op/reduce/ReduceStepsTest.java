package dev.lanewise.op.reduce;

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
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of reductions against their definitions, bit for bit, over axes, sizes and threads. */
class ReduceStepsTest {
    private static final int[][] SIZES = {{1, 1}, {2, 5}, {3, 17}, {1, 400}, {2, 1500}, {1, 1}};

    private final Samples samples = new Samples(21);

    private static Value input(DataType type) {
        return Value.input("x", Fact.of(type, Dim.symbol("batch"), Dim.symbol("seq"), Dim.constant(7)));
    }

    private static Graph graph(Operator operator, Value... inputs) {
        return Steps.graph(in -> Node.of("node", operator, in), inputs);
    }

    private List<Tensor[]> runs(DataType type, boolean corners) {
        List<Tensor[]> runs = new ArrayList<>();
        for (int[] s : SIZES) {
            runs.add(new Tensor[] {corners ? samples.any(type, s[0], s[1], 7)
                    : samples.moderate(type, s[0], s[1], 7)});
        }
        return runs;
    }

    @ParameterizedTest
    @EnumSource(Reduce.Function.class)
    void everyChoiceOfAxes(Reduce.Function f) {
        for (long[] axes : new long[][] {{-1}, {0}, {1}, {1, 2}, {0, -1}, {0, 1, 2}, {}}) {
            Value constant = Value.constant("axes", Tensor.of(axes, axes.length));
            Operator operator = new Reduce(f, axes.length != 1, false);
            Steps.assertAsDefined(graph(operator, input(DataType.FLOAT), constant), runs(DataType.FLOAT, false));
        }
        Steps.assertAsDefined(graph(new Reduce(f, false, true), input(DataType.FLOAT)), runs(DataType.FLOAT, false));
    }

    @Test
    void extremesWithCornerCases() {
        for (Reduce.Function f : List.of(Reduce.Function.MAX, Reduce.Function.MIN, Reduce.Function.SUM)) {
            Value axes = Value.constant("axes", Tensor.of(new long[] {1}, 1));
            Steps.assertAsDefined(graph(new Reduce(f, true, false), input(DataType.FLOAT), axes),
                    runs(DataType.FLOAT, true));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 2})
    void softmax(int axis) {
        Steps.assertAsDefined(graph(new Softmax(axis), input(DataType.FLOAT)), runs(DataType.FLOAT, false));
        Steps.assertAsDefined(graph(new FlattenedLines(LineFunction.SOFTMAX, axis), input(DataType.FLOAT)),
                runs(DataType.FLOAT, false));
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT", "INT64", "INT32"})
    void cumSum(DataType type) {
        for (long axis : new long[] {0, 1, -1}) {
            for (int form = 0; form < 4; form++) {
                Operator operator = new CumSum(form % 2 == 1, form >= 2);
                Steps.assertAsDefined(graph(operator, input(type), Value.constant("axis", Tensor.scalar(axis))),
                        runs(type, type != DataType.FLOAT));
            }
        }
    }
}
