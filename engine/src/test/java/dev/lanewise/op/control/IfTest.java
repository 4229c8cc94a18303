package dev.lanewise.op.control;

import static dev.lanewise.testing.GraphBuilder.constant;
import static dev.lanewise.testing.GraphBuilder.scalar;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Squeeze;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Ways;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("width")
class IfTest {
    private static final Tensor YES = Tensor.of(new boolean[] {true});
    private static final Tensor NO = Tensor.of(new boolean[] {false});

    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.floats("x", "n", "m");

    /** A graph of one capture. */
    private Graph branch(UnaryOperator<Value> make) {
        Value in = Value.input("in", x.fact());
        return Graph.of(List.of(in), List.of(make.apply(in)), List.of("out"));
    }

    private Graph choice(UnaryOperator<Value> then, UnaryOperator<Value> otherwise) {
        Value condition = g.input("condition", DataType.BOOL);
        return g.to(g.op(new If(branch(then), branch(otherwise), 1), condition, x));
    }

    private static Tensor row(float... values) {
        return Tensor.of(values, 1, values.length);
    }

    @Test
    void runsOneOfTwoBranches() {
        Graph graph = choice(v -> g.add(v, scalar(1)), v -> g.mul(v, scalar(2)));
        assertEquals(List.of("FLOAT[1, 2] [4.0, 6.0]"), Ways.run(graph, row(3, 5), YES));
        assertEquals(List.of("FLOAT[1, 2] [6.0, 10.0]"), Ways.run(graph, row(3, 5), NO));
    }

    @Test
    void branchesMayHaveDifferentShapes() {
        Graph graph = choice(v -> g.op(new Concat(1), v, v), v -> v);
        Value doubled = g.add(graph.outputs().getFirst(), scalar(1));
        Graph more = g.to(doubled);
        assertEquals(List.of("FLOAT[1, 4] [4.0, 6.0, 4.0, 6.0]"), Ways.run(more, row(3, 5), YES));
        assertEquals(List.of("FLOAT[1, 2] [4.0, 6.0]"), Ways.run(more, row(3, 5), NO));
    }

    /** As exporters write a squeeze of an axis that may or may not be 1. */
    @Test
    void aBranchThatDoesNotFitTheShapesIsNoErrorUnlessItIsTaken() {
        Value axis = constant(Tensor.of(new long[] {1}, 1));
        Graph graph = choice(v -> g.op(new Squeeze(), v, axis), v -> v);
        assertEquals(List.of("FLOAT[1] [3.0]"), Ways.run(graph, row(3), YES));
        assertEquals(List.of("FLOAT[1, 2] [3.0, 5.0]"), Ways.run(graph, row(3, 5), NO));
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults());
                Session session = model.newSession(Agreement.COLD)) {
            assertThrows(ModelFormatException.class, () -> session.run(Agreement.named(graph, row(3, 5), YES)));
        }
    }

    @Test
    void aConditionThatIsKnownLeavesItsBranch() {
        Graph then = branch(v -> g.add(v, scalar(1)));
        Graph graph = g.to(g.op(new If(then, branch(v -> v), 1), constant(YES), x));
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults())) {
            assertEquals(List.of("Add"),
                    model.compiled().optimised().nodes().stream().map(n -> n.operator().name()).toList());
        }
        assertEquals(List.of("FLOAT[1, 1] [4.0]"), Ways.run(graph, row(3)));
    }

    @Test
    void branchesNest() {
        Value inner = g.input("inner", DataType.BOOL);
        Value condition = Value.input("c", inner.fact());
        Value in = Value.input("v", x.fact());
        Value nested = Node.of("nested", new If(branch(v -> g.add(v, scalar(1))), branch(v -> g.add(v, scalar(2))), 1),
                condition, in).output();
        Graph then = Graph.of(List.of(condition, in), List.of(g.mul(nested, scalar(10))), List.of("out"));
        Graph otherwise = Graph.of(List.of(Value.input("c", inner.fact()), in), List.of(in), List.of("out"));
        Value outer = g.input("outer", DataType.BOOL);
        Graph graph = g.to(g.op(new If(then, otherwise, 2), outer, inner, x));
        assertEquals(List.of("FLOAT[1, 1] [40.0]"), Ways.run(graph, row(3), YES, YES));
        assertEquals(List.of("FLOAT[1, 1] [50.0]"), Ways.run(graph, row(3), NO, YES));
        assertEquals(List.of("FLOAT[1, 1] [3.0]"), Ways.run(graph, row(3), YES, NO));
    }

    @Test
    void oneShapeInBothBranchesKeepsOnePlanForAllSizes() {
        Graph graph = choice(v -> g.add(v, scalar(1)), v -> g.mul(v, scalar(2)));
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults());
                Session session = model.newSession(Agreement.COLD)) {
            assertTrue(model.compiled().symbolicPlan().isStatic());
            for (int m = 1; m < 5; m++) {
                session.run(Agreement.named(graph, g.tensor(2, m), m % 2 == 0 ? YES : NO));
            }
            assertEquals(0, model.compiled().cachedPlans());
        }
    }

    @Test
    void refusesBranchesOfDifferentTypes() {
        Graph logits = branch(v -> v);
        Value truth = Value.input("in", x.fact());
        Graph other = Graph.of(List.of(truth), List.of(constant(YES)), List.of("out"));
        ModelFormatException e = assertThrows(ModelFormatException.class,
                () -> g.op(new If(logits, other, 1), g.input("c", DataType.BOOL), x));
        assertFalse(e.getMessage().isEmpty());
    }
}
