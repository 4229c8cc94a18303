package dev.lanewise.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.shape.Identity;
import dev.lanewise.testing.GraphBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphTest {
    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.floats("x", "n");

    private Value sqrt(Value v) {
        return g.unary(Unary.Function.SQRT, v);
    }

    private Value relu(Value v) {
        return g.unary(Unary.Function.RELU, v);
    }

    @Test
    void holdsWhatItsOutputsNeedAfterItsProducers() {
        Value a = sqrt(x);
        sqrt(a); // nobody needs it
        Value left = relu(a);
        Value y = g.add(left, sqrt(a));
        Graph graph = g.to(y);
        assertEquals(4, graph.nodes().size());
        assertSame(a.producer(), graph.nodes().getFirst());
        assertSame(y.producer(), graph.nodes().getLast());
        assertEquals(2, graph.consumers().get(a).size());
        assertTrue(graph.consumers().get(y) == null);
    }

    @Test
    void replacementReachesBothSidesOfADiamond() {
        Value a = sqrt(x);
        Value y = g.add(relu(a), a);
        Value b = relu(x);
        Graph replaced = g.to(y).replace(Map.of(a, b));
        assertEquals(3, replaced.nodes().size());
        assertEquals(List.of(b.producer()), replaced.nodes().subList(0, 1));
        assertArrayEquals(new float[] {8}, replaced.evaluate(Tensor.of(new float[] {4}, 1))[0].floats());
    }

    @Test
    void replacementsMayFollowOneAnother() {
        Value a = sqrt(x);
        Value b = relu(x);
        Value c = g.add(x, x);
        Graph graph = g.to(relu(a)).replace(Map.of(a, b, b, c));
        assertArrayEquals(new float[] {18}, graph.evaluate(Tensor.of(new float[] {9}, 1))[0].floats());
    }

    /** A replacement built from a value that is itself replaced sees the replacement. */
    @Test
    void replacementsAreBuiltFromReplacedValues() {
        Value a = sqrt(x);
        Value b = relu(a);
        Value c = g.add(a, a);
        Graph graph = g.to(b).replace(Map.of(b, c, a, g.mul(x, x)));
        assertArrayEquals(new float[] {18}, graph.evaluate(Tensor.of(new float[] {3}, 1))[0].floats());
    }

    @Test
    void outputsAreReplacedAndKeepTheirNames() {
        Value a = sqrt(x);
        Graph graph = g.to(a, x).replace(Map.of(a, x));
        assertEquals(List.of(x, x), graph.outputs());
        assertEquals(List.of("y0", "y1"), graph.outputNames());
        assertEquals(0, graph.nodes().size());
    }

    @Test
    void nodesThatNothingTouchesStayTheSame() {
        Value kept = relu(sqrt(x));
        Value a = sqrt(g.add(x, x));
        Graph graph = g.to(kept, relu(a));
        Graph replaced = graph.replace(Map.of(a, kept));
        assertSame(kept, replaced.outputs().getFirst());
        assertNotSame(graph.outputs().get(1), replaced.outputs().get(1));
        assertSame(graph, graph.replace(Map.of()));
    }

    @Test
    void cyclesAreErrors() {
        Value a = sqrt(x);
        Value b = relu(a);
        Graph graph = g.to(b);
        assertThrows(ModelFormatException.class, () -> graph.replace(Map.of(a, g.add(b, x))));
        assertThrows(IllegalStateException.class, () -> graph.replace(Map.of(a, b, b, a)));
    }

    @Test
    void depthIsNoMatter() {
        Value v = x;
        for (int i = 0; i < 100_000; i++) {
            v = g.op(new Identity(), v);
        }
        Graph graph = g.to(v);
        assertEquals(100_000, graph.nodes().size());
        Value first = graph.nodes().getFirst().output();
        Graph replaced = graph.replace(Map.of(first, x));
        assertEquals(99_999, replaced.nodes().size());
        assertArrayEquals(new float[] {5}, replaced.evaluate(Tensor.of(new float[] {5}, 1))[0].floats());
        Graph typed = graph.retype(List.of(Fact.of(DataType.FLOAT, Dim.constants(3))));
        assertArrayEquals(Dim.constants(3), typed.outputs().getFirst().fact().shape());
    }

    @Test
    void retypingFollowsTheNewFacts() {
        Value w = g.floats("w", "m");
        Graph graph = g.to(g.add(x, w));
        assertEquals(1, graph.assumptions().size());
        Graph broadcast = graph.retype(List.of(Fact.of(DataType.FLOAT, Dim.constants(1)),
                Fact.of(DataType.FLOAT, Dim.constants(4))));
        assertArrayEquals(Dim.constants(4), broadcast.outputs().getFirst().fact().shape());
        assertEquals(List.of(), broadcast.assumptions());
        ModelFormatException e = assertThrows(ModelFormatException.class,
                () -> graph.retype(List.of(Fact.of(DataType.FLOAT, Dim.constants(3)),
                        Fact.of(DataType.FLOAT, Dim.constants(4)))));
        assertTrue(e.where().contains("(" + new Binary(Binary.Function.ADD).name() + ")"), e.getMessage());
        assertEquals("3 and 4", e.found());
    }

    @Test
    void symbolsComeInOrderOfAppearance() {
        GraphBuilder other = new GraphBuilder();
        Value a = other.floats("a", "batch", 3, "length");
        Value b = other.floats("b", "length", "width");
        assertEquals(List.of("batch", "length", "width"), other.to(a, b).symbols());
    }

    @Test
    void sharedNodesAreEvaluatedOnce() {
        int[] calls = {0};
        record Counting(int[] calls) implements Operator {
            @Override
            public List<Fact> infer(Inference in) {
                return List.of(in.input(0));
            }

            @Override
            public Tensor[] evaluate(Tensor[] inputs) {
                calls[0]++;
                return inputs.clone();
            }
        }
        Value a = g.op(new Counting(calls), x);
        g.to(g.add(a, a), a).evaluate(Tensor.of(new float[] {1, 2}, 2));
        assertEquals(1, calls[0]);
    }
}
