package dev.lanewise.op.nn;

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
import dev.lanewise.op.norm.BatchNormalization;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Steps over channels against their definitions, bit for bit. */
class PoolStepsTest {
    private static final int[][] SIZES = {{1, 5, 5}, {2, 7, 40}, {1, 16, 16}, {1, 5, 5}};

    private final Samples samples = new Samples(7);

    private List<Tensor[]> runs() {
        List<Tensor[]> runs = new ArrayList<>();
        for (int[] s : SIZES) {
            runs.add(new Tensor[] {samples.moderate(DataType.FLOAT, s[0], 3, s[1], s[2])});
            runs.add(new Tensor[] {samples.any(DataType.FLOAT, s[0], 3, s[1], s[2])});
        }
        return runs;
    }

    /** Only the first output is read. */
    private static Graph graph(Operator op, Value... parameters) {
        Value x = Value.input("x", Fact.of(DataType.FLOAT, Dim.symbol("n"), Dim.constant(3), Dim.symbol("h"),
                Dim.symbol("w")));
        List<Value> inputs = new ArrayList<>(List.of(x));
        inputs.addAll(List.of(parameters));
        Node n = Node.of("op", op, inputs, List.of("y"));
        return Graph.of(List.of(x), List.of(n.output()), List.of("y"));
    }

    @Test
    void windows() {
        for (boolean roundUp : new boolean[] {false, true}) {
            Window window = new Window(List.of(3, 2), List.of(2, 3), List.of(), List.of(1, 0, 1, 1),
                    Window.Padding.EXPLICIT, roundUp);
            Steps.assertAsDefined(graph(new MaxPool(window, false)), runs());
            Steps.assertAsDefined(graph(new AveragePool(window, false)), runs());
            Steps.assertAsDefined(graph(new AveragePool(window, true)), runs());
        }
    }

    @Test
    void wholeChannels() {
        for (GlobalPool.Kind kind : GlobalPool.Kind.values()) {
            Steps.assertAsDefined(graph(new GlobalPool(kind, 2)), runs());
        }
    }

    @Test
    void batchNormalisation() {
        Value[] parameters = new Value[4];
        for (int i = 0; i < 3; i++) {
            parameters[i] = Value.constant("p" + i, samples.moderate(DataType.FLOAT, 3));
        }
        parameters[3] = Value.constant("variance", Tensor.of(new float[] {0.5f, 2, 0}, 3));
        Steps.assertAsDefined(graph(new BatchNormalization(1e-5f, 0.9f, false), parameters), runs());
    }
}
