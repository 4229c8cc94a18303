package dev.lanewise.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Dimensions;
import dev.lanewise.op.shape.Expand;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Shape;
import dev.lanewise.testing.GraphBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConstantFoldingTest {
    private final GraphBuilder g = new GraphBuilder();

    private static Graph fold(Graph graph, long maxBytes) {
        return ConstantFolding.apply(graph, FoldingBudget.of(graph, maxBytes));
    }

    @Test
    void nodesOfConstantsBecomeTheirValue() {
        Value x = g.floats("x", "n", 2);
        Value sum = g.add(GraphBuilder.scalar(2), GraphBuilder.scalar(3));
        Graph folded = fold(g.to(g.mul(x, g.mul(sum, sum))), 1 << 20);
        assertEquals(1, folded.nodes().size());
        assertEquals(25, folded.nodes().getFirst().input(1).fact().constant().floats()[0]);
    }

    @Test
    void shapeArithmeticBecomesExpressions() {
        Value x = g.floats("x", "batch", "length", 8);
        Value shape = g.op(new Shape(0, null), x);
        Value index = GraphBuilder.constant(Tensor.of(new long[] {1, 0}, 2));
        Value turned = g.op(new Concat(0), g.op(new Gather(0), shape, index),
                GraphBuilder.constant(Tensor.of(new long[] {8}, 1)));
        Graph folded = fold(g.to(g.op(new Reshape(false), x, turned), turned), 1 << 20);
        Value dims = folded.outputs().get(1);
        Dim[] expected = GraphBuilder.shape("length", "batch", 8);
        assertEquals(new Dimensions(List.of(expected), false), dims.producer().operator());
        assertArrayEquals(expected, folded.outputs().getFirst().fact().shape());
        assertEquals(2, folded.nodes().size());
    }

    @Test
    void shapesThatAreNumbersBecomeConstants() {
        Value x = g.floats("x", 2, 8);
        Graph folded = fold(g.to(g.op(new Shape(0, null), x)), 1 << 20);
        assertArrayEquals(new long[] {2, 8}, folded.outputs().getFirst().fact().constant().longs());
    }

    /** A few bytes in a file may ask for an enormous constant. */
    @Test
    void whatIsBeyondTheBudgetStaysANode() {
        Value wanted = GraphBuilder.constant(Tensor.of(new long[] {1 << 20, 1 << 20, 1 << 20, 1 << 20}, 4));
        Graph graph = g.to(g.op(new Expand(), GraphBuilder.scalar(1), wanted));
        assertInstanceOf(Expand.class, fold(graph, Long.MAX_VALUE / 2).nodes().getFirst().operator());
    }

    @Test
    void theBudgetIsForAllValuesTogether() {
        Value hundred = GraphBuilder.constant(Tensor.of(new long[] {100}, 1));
        Value a = g.op(new Expand(), GraphBuilder.scalar(1), hundred);
        Value b = g.op(new Expand(), GraphBuilder.scalar(2), hundred);
        Graph graph = g.to(a, b);
        int own = 8 + 4 + 4;
        assertEquals(2, fold(graph, 399 - own).nodes().size());
        assertEquals(1, fold(graph, 799 - own).nodes().size());
        assertEquals(0, fold(graph, 800 - own).nodes().size());
    }

    private record Dice() implements Operator {
        @Override
        public List<Fact> infer(Inference in) {
            return List.of(Fact.of(DataType.FLOAT));
        }

        @Override
        public Tensor[] evaluate(Tensor[] inputs) {
            throw new AssertionError("thrown ahead of the run");
        }

        @Override
        public boolean isDeterministic() {
            return false;
        }
    }

    @Test
    void chanceIsNeitherFoldedNorShared() {
        Graph graph = g.to(g.op(new Dice()), g.op(new Dice()));
        assertEquals(2, CommonSubexpressions.apply(fold(graph, 1 << 20)).nodes().size());
    }

    @Test
    void equalNodesAreComputedOnce() {
        Value x = g.floats("x", "n");
        Value a = g.add(g.mul(x, x), x);
        Value b = g.add(g.mul(x, x), x);
        Value other = g.sub(g.mul(x, x), x);
        Graph merged = CommonSubexpressions.apply(g.to(a, b, other));
        assertEquals(3, merged.nodes().size());
        assertTrue(merged.outputs().get(0) == merged.outputs().get(1));
        assertArrayEquals(new float[] {6}, merged.evaluate(Tensor.of(new float[] {3}, 1))[2].floats());
    }
}
