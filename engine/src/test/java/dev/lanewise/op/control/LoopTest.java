package dev.lanewise.op.control;

import static dev.lanewise.testing.GraphBuilder.constant;
import static dev.lanewise.testing.GraphBuilder.scalar;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.RunAbortedException;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.logic.Compare;
import dev.lanewise.op.sequence.SequenceEmpty;
import dev.lanewise.op.sequence.SequenceInsert;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Ways;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("width")
class LoopTest {
    private final GraphBuilder g = new GraphBuilder();
    private final Value iteration = Value.input("i", Fact.of(DataType.INT64));
    private final Value condition = Value.input("c", Fact.of(DataType.BOOL));

    private Graph body(List<Value> rest, Value... outputs) {
        List<Value> inputs = new java.util.ArrayList<>(List.of(iteration, condition));
        inputs.addAll(rest);
        return Graph.of(inputs, List.of(outputs), java.util.Collections.nCopies(outputs.length, "out"));
    }

    private static Value state(Fact fact) {
        return Value.input("state", fact);
    }

    private Value[] loop(Loop loop, Value... inputs) {
        return Node.of("loop", loop, inputs).outputs().toArray(Value[]::new);
    }

    /** s = s * w + i, and each s is kept. */
    private Graph recurrence(Value most) {
        Value x = g.floats("x", 2);
        Value w = g.floats("w", 2);
        Value s = state(Fact.of(DataType.FLOAT, GraphBuilder.shape(2)));
        Value inner = Value.input("w", w.fact());
        Value next = g.add(g.mul(s, inner), g.op(new Cast(DataType.FLOAT), iteration));
        Graph body = body(List.of(s, inner), condition, next, next);
        return g.to(loop(new Loop(body, 1, 1), most, null, x, w));
    }

    private static final Tensor X = Tensor.of(new float[] {1, 2}, 2);
    private static final Tensor W = Tensor.of(new float[] {2, 10}, 2);

    @Test
    void statesAreHandedOnAndFurtherValuesCollected() {
        Graph graph = recurrence(constant(Tensor.scalar(3L)));
        assertEquals("FLOAT[3,2]", graph.outputs().get(1).fact().toString());
        assertEquals(List.of("FLOAT[2] [12.0, 2012.0]",
                "FLOAT[3, 2] [2.0, 20.0, 5.0, 201.0, 12.0, 2012.0]"), Ways.run(graph, X, W));
    }

    @Test
    void theCountMayBeAnInput() {
        Graph graph = recurrence(g.input("most", DataType.INT64));
        assertEquals(List.of("FLOAT[2] [2.0, 20.0]", "FLOAT[1, 2] [2.0, 20.0]"),
                Ways.run(graph, Tensor.scalar(1L), X, W));
        assertEquals(List.of("FLOAT[2] [1.0, 2.0]", "FLOAT[0, 2] []"), Ways.run(graph, Tensor.scalar(0L), X, W));
        assertEquals(List.of("FLOAT[2] [1.0, 2.0]", "FLOAT[0, 2] []"), Ways.run(graph, Tensor.scalar(-4L), X, W));
    }

    @Test
    void endsWhenTheConditionFails() {
        Value x = g.floats("x");
        Value s = state(x.fact());
        Value next = g.mul(s, scalar(2));
        Value below = g.op(new Compare(Compare.Function.LESS), next, scalar(100));
        Graph graph = g.to(loop(new Loop(body(List.of(s), below, next, next), 1, 0), null,
                constant(Tensor.of(new boolean[] {true})), x));
        assertEquals(List.of("FLOAT[] [160.0]", "FLOAT[5] [10.0, 20.0, 40.0, 80.0, 160.0]"),
                Ways.run(graph, Tensor.scalar(5f)));
    }

    @Test
    void statesMayGrow() {
        Value x = g.floats("x", "n");
        Value most = g.input("most", DataType.INT64);
        Value s = state(x.fact());
        Value inner = Value.input("x", x.fact());
        Graph body = body(List.of(s, inner), condition, g.op(new Concat(0), s, g.add(inner, scalar(1))));
        Graph graph = g.to(loop(new Loop(body, 1, 1), most, null, x, x));
        assertEquals(List.of("FLOAT[4] [7.0, 8.0, 8.0, 8.0]"),
                Ways.run(graph, Tensor.of(new float[] {7}, 1), Tensor.scalar(3L)));
    }

    @Test
    void sequencesAreStates() {
        Value x = g.floats("x", 1);
        Value empty = Node.of("empty", new SequenceEmpty(DataType.FLOAT), List.of(), List.of("e")).output();
        Value s = state(empty.fact());
        Value inner = Value.input("x", x.fact());
        Value next = g.op(new SequenceInsert(), s, g.add(inner, g.op(new Cast(DataType.FLOAT), iteration)));
        Graph graph = g.to(loop(new Loop(body(List.of(s, inner), condition, next), 1, 1),
                constant(Tensor.scalar(2L)), null, empty, x));
        assertEquals(List.of("SEQUENCE [FLOAT[1] [5.0], FLOAT[1] [6.0]]"),
                Ways.run(graph, Tensor.of(new float[] {5}, 1)));
    }

    /** Sum over i of i times the sum over j of j, j up to 3. */
    @Test
    void loopsNest() {
        Value outerState = state(Fact.of(DataType.INT64));
        Value innerState = state(Fact.of(DataType.INT64));
        Value by = Value.input("by", Fact.of(DataType.INT64));
        Value one = g.add(innerState, g.mul(iteration, by));
        Graph inner = body(List.of(innerState, by), condition, one);
        Value total = loop(new Loop(inner, 1, 1), constant(Tensor.scalar(4L)), null, outerState, iteration)[0];
        Graph outer = body(List.of(outerState), condition, total);
        Value x = g.input("x", DataType.INT64);
        Graph graph = g.to(loop(new Loop(outer, 1, 0), constant(Tensor.scalar(3L)), null, x));
        assertEquals(List.of("INT64[] [118]"), Ways.run(graph, Tensor.scalar(100L)));
    }

    private Graph doubling() {
        Value x = g.floats("x", "n");
        Value s = state(x.fact());
        Graph body = body(List.of(s), condition, g.op(new Concat(0), s, s));
        return g.to(loop(new Loop(body, 1, 0), null, null, x));
    }

    @Test
    void memoryIsLimited() {
        Graph graph = doubling();
        LoadOptions small = LoadOptions.defaults();
        small = small.withLimits(small.limits().withActivationBytes(1 << 16));
        try (Model model = GraphBuilder.model(graph, small); Session session = model.newSession(Agreement.COLD)) {
            InvalidInputException e = assertThrows(InvalidInputException.class,
                    () -> session.run(Agreement.named(graph, X)));
            assertTrue(e.getMessage().contains("activationBytes"), e.getMessage());
        }
    }

    @Test
    void aLoopWithoutEndCanBeStopped() {
        Value x = g.floats("x", "n");
        Value s = state(x.fact());
        Graph graph = g.to(loop(new Loop(body(List.of(s), condition, g.add(s, scalar(1))), 1, 0), null, null, x));
        RunOptions brief = RunOptions.defaults().withTimeout(Duration.ofMillis(50));
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults())) {
            for (int threads = 1; threads <= 2; threads++) {
                try (Session session = model.newSession(Agreement.COLD.withThreads(threads))) {
                    assertThrows(RunAbortedException.class, () -> session.run(Agreement.named(graph, X), brief));
                }
            }
        }
    }
}
