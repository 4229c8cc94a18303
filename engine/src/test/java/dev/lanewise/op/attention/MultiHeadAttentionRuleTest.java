package dev.lanewise.op.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.LanewiseException;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.reduce.Softmax;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Optimised;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class MultiHeadAttentionRuleTest {
    private static final int HEADS = 3;
    private static final int DEPTH = 8;
    private static final int WIDTH = HEADS * DEPTH;
    private static final float SCALE = 1 / (float) Math.sqrt(DEPTH);

    private final GraphBuilder g = new GraphBuilder();
    private final Value q = g.floats("q", "batch", "queries", WIDTH);
    private final Value k = g.floats("k", "batch", "keys", WIDTH);
    private final Value v = g.floats("v", "batch", "keys", WIDTH);

    private Value split(Value x) {
        return g.transpose(g.reshape(x, 0, 0, HEADS, DEPTH), 0, 2, 1, 3);
    }

    private Value splitTransposed(Value x) {
        return g.transpose(g.reshape(x, 0, 0, HEADS, DEPTH), 0, 2, 3, 1);
    }

    private Value join(Value context) {
        return g.reshape(g.transpose(context, 0, 2, 1, 3), 0, 0, WIDTH);
    }

    private Value weighted(Value scores, Value values) {
        return join(g.matMul(g.op(new Softmax(3), scores), values));
    }

    private Value attention(UnaryOperator<Value> scores) {
        return weighted(scores.apply(g.matMul(split(q), splitTransposed(k))), split(v));
    }

    private void check(Value y, MultiHeadAttention expected) {
        Graph graph = g.to(y);
        assertEquals(List.of(expected),
                Optimised.graph(graph).nodes().stream().map(n -> n.operator()).toList());
        Agreement.check(graph, inputs(2, 4, 6));
        Agreement.check(graph, inputs(1, 1, 1));
    }

    private dev.lanewise.Tensor[] inputs(int batch, int queries, int keys) {
        return g.to(q).inputs().stream().map(x -> g.tensor(switch (x.name()) {
            case "q" -> new int[] {batch, queries, WIDTH};
            case "mask" -> new int[] {batch, 1, 1, keys};
            case "full mask" -> new int[] {batch, HEADS, queries, keys};
            default -> new int[] {batch, keys, WIDTH};
        })).toArray(dev.lanewise.Tensor[]::new);
    }

    @Test
    void scaleAsFactorOrDivisor() {
        MultiHeadAttention op = new MultiHeadAttention(HEADS, SCALE, false, false);
        check(attention(s -> g.mul(s, GraphBuilder.scalar(SCALE))), op);
        check(attention(s -> g.mul(GraphBuilder.scalar(SCALE), s)), op);
        check(attention(s -> g.div(s, GraphBuilder.scalar(4))), new MultiHeadAttention(HEADS, 0.25f, false, false));
        check(attention(s -> s), new MultiHeadAttention(HEADS, 1, false, false));
    }

    @Test
    void scaleOnQueriesAndKeys() {
        Value half = GraphBuilder.scalar(0.5f);
        check(weighted(g.matMul(g.mul(split(q), half), g.mul(splitTransposed(k), half)), split(v)),
                new MultiHeadAttention(HEADS, 0.25f, false, false));
    }

    @Test
    void keysTransposedInTwoSteps() {
        check(weighted(g.matMul(split(q), g.transpose(split(k), 0, 1, 3, 2)), split(v)),
                new MultiHeadAttention(HEADS, 1, false, false));
    }

    @Test
    void masksOnEitherSide() {
        Value mask = g.floats("mask", "batch", 1, 1, "keys");
        Value scale = GraphBuilder.scalar(SCALE);
        MultiHeadAttention op = new MultiHeadAttention(HEADS, SCALE, false, true);
        check(attention(s -> g.add(g.mul(s, scale), mask)), op);
        check(attention(s -> g.add(mask, g.mul(s, scale))), op);
        Value full = g.floats("full mask", "batch", HEADS, "queries", "keys");
        check(attention(s -> g.add(full, g.mul(s, scale))), op);
    }

    private void checkMiss(Value y) {
        Graph graph = g.to(y);
        assertFalse(Optimised.operators(graph).contains("MultiHeadAttention"), graph::toString);
        Agreement.check(graph, inputs(2, 5, 5));
    }

    @Test
    void nearMissesStay() {
        Value mask = g.floats("mask", "batch", 1, 1, "keys");
        Value scale = GraphBuilder.scalar(SCALE);
        checkMiss(attention(s -> g.mul(g.add(s, mask), scale)));
        checkMiss(attention(s -> g.mul(s, g.weights(5))));
        checkMiss(attention(s -> g.div(scale, s)));
        checkMiss(weighted(g.matMul(split(q), splitTransposed(k)), g.transpose(split(v), 0, 1, 2, 3)));
        checkMiss(join(g.matMul(g.op(new Softmax(2), g.matMul(split(q), splitTransposed(k))), split(v))));
        checkMiss(g.reshape(g.matMul(g.op(new Softmax(3), g.matMul(split(q), splitTransposed(k))), split(v)),
                0, -1, WIDTH));
    }

    /** The heads joined, but under another shape. */
    @Test
    void aResultOfAnotherShapeStays() {
        Value merged = g.transpose(g.matMul(g.op(new Softmax(-1), g.matMul(split(q), splitTransposed(k))), split(v)),
                0, 2, 1, 3);
        checkMiss(g.reshape(merged, 1, -1, WIDTH));
        checkMiss(g.reshape(merged, -1, WIDTH));
    }

    /** Keys and values of one head that all query heads share: a broadcast that the fused operator does not have. */
    @Test
    void sharedKeysAndValuesStay() {
        GraphBuilder b = new GraphBuilder();
        Value wide = b.floats("q", "batch", "queries", WIDTH);
        Value k1 = b.floats("k", "batch", "keys", DEPTH);
        Value v1 = b.floats("v", "batch", "keys", DEPTH);
        Value queries = b.transpose(b.reshape(wide, 0, 0, HEADS, DEPTH), 0, 2, 1, 3);
        Value keys = b.transpose(b.reshape(k1, 0, 0, 1, DEPTH), 0, 2, 3, 1);
        Value values = b.transpose(b.reshape(v1, 0, 0, 1, DEPTH), 0, 2, 1, 3);
        Value context = b.matMul(b.op(new Softmax(3), b.matMul(queries, keys)), values);
        Graph graph = b.to(b.reshape(b.transpose(context, 0, 2, 1, 3), 0, 0, WIDTH));
        assertFalse(Optimised.operators(graph).contains("MultiHeadAttention"));
        Agreement.check(graph, b.tensor(2, 3, WIDTH), b.tensor(2, 4, DEPTH), b.tensor(2, 4, DEPTH));
    }

    /** Keys and values of one sequence that all sequences of queries share. */
    @Test
    void keysOfOneSequenceForAllStay() {
        GraphBuilder b = new GraphBuilder();
        Value many = b.floats("q", "batch", "queries", WIDTH);
        Value k1 = b.floats("k", 1, "keys", WIDTH);
        Value v1 = b.floats("v", 1, "keys", WIDTH);
        Value queries = b.transpose(b.reshape(many, 0, 0, HEADS, DEPTH), 0, 2, 1, 3);
        Value keys = b.transpose(b.reshape(k1, 0, 0, HEADS, DEPTH), 0, 2, 3, 1);
        Value values = b.transpose(b.reshape(v1, 0, 0, HEADS, DEPTH), 0, 2, 1, 3);
        Value context = b.matMul(b.op(new Softmax(3), b.matMul(queries, keys)), values);
        Graph graph = b.to(b.reshape(b.transpose(context, 0, 2, 1, 3), 0, 0, WIDTH));
        Agreement.check(graph, b.tensor(2, 3, WIDTH), b.tensor(1, 4, WIDTH), b.tensor(1, 4, WIDTH));
    }

    /** The products took for granted that there are as many values as keys; the fused operator must not forget that. */
    @Test
    void sizesThatDoNotFitAreErrors() {
        GraphBuilder b = new GraphBuilder();
        Value q3 = b.floats("q", "batch", "queries", WIDTH);
        Value k3 = b.floats("k", "batch", "keys", WIDTH);
        Value v3 = b.floats("v", "batch", "values", WIDTH);
        Value queries = b.transpose(b.reshape(q3, 0, 0, HEADS, DEPTH), 0, 2, 1, 3);
        Value keys = b.transpose(b.reshape(k3, 0, 0, HEADS, DEPTH), 0, 2, 3, 1);
        Value values = b.transpose(b.reshape(v3, 0, 0, HEADS, DEPTH), 0, 2, 1, 3);
        Value context = b.matMul(b.op(new Softmax(3), b.matMul(queries, keys)), values);
        Graph graph = b.to(b.reshape(b.transpose(context, 0, 2, 1, 3), 0, 0, WIDTH));
        assertThrows(LanewiseException.class,
                () -> Agreement.run(graph, b.tensor(2, 3, WIDTH), b.tensor(2, 5, WIDTH), b.tensor(2, 4, WIDTH)));
        Agreement.check(graph, b.tensor(2, 3, WIDTH), b.tensor(2, 4, WIDTH), b.tensor(2, 4, WIDTH));
    }
}
