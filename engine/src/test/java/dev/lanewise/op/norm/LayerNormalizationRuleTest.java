package dev.lanewise.op.norm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.reduce.Reduce;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Optimised;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerNormalizationRuleTest {
    private static final float EPSILON = 1e-5f;
    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.floats("x", "batch", 20);
    private final Value scale = g.weights(20);
    private final Value bias = g.weights(20);

    private Value mean(Value v, long axis) {
        return g.op(new Reduce(Reduce.Function.MEAN, true, false), v,
                GraphBuilder.constant(Tensor.of(new long[] {axis}, 1)));
    }

    private Value square(Value v, boolean asPower) {
        return asPower ? g.binary(Binary.Function.POW, v, GraphBuilder.scalar(2)) : g.mul(v, v);
    }

    private Value normalised(Value of, Value squared, Value epsilon, long axis) {
        return g.div(of, g.unary(Unary.Function.SQRT, g.add(mean(squared, axis), epsilon)));
    }

    private void check(Graph graph, List<String> operators) {
        assertEquals(operators, Optimised.operators(graph));
        Agreement.check(graph, g.tensor(5, 20));
    }

    @Test
    void recognisesWhatExportersWrite() {
        for (long axis : new long[] {-1, 1}) {
            for (boolean power : new boolean[] {false, true}) {
                Value centred = g.sub(x, mean(x, axis));
                Value unit = normalised(centred, square(centred, power), GraphBuilder.scalar(EPSILON), axis);
                check(g.to(g.add(g.mul(unit, scale), bias)), List.of("LayerNormalization"));
                check(g.to(g.add(bias, g.mul(scale, unit))), List.of("LayerNormalization"));
            }
        }
    }

    @Test
    void keepsEpsilon() {
        Value centred = g.sub(x, mean(x, -1));
        Value unit = normalised(centred, g.mul(centred, centred), GraphBuilder.scalar(0.5f), -1);
        Graph optimised = Optimised.graph(g.to(g.add(g.mul(unit, scale), bias)));
        assertEquals(new LayerNormalization(-1, 0.5f), optimised.nodes().getFirst().operator());
    }

    @Test
    void othersStillSeeTheParts() {
        Value centred = g.sub(x, mean(x, -1));
        Value unit = normalised(centred, g.mul(centred, centred), GraphBuilder.scalar(EPSILON), -1);
        Graph graph = g.to(g.add(g.mul(unit, scale), bias), centred);
        assertEquals(1, Optimised.operators(graph).stream().filter("LayerNormalization"::equals).count());
        Agreement.check(graph, g.tensor(3, 20));
    }

    /** Looks like it, and is not: another axis, another square, another centre, a scale that is no row. */
    @Test
    void nearMissesStay() {
        Value centred = g.sub(x, mean(x, -1));
        Value epsilon = GraphBuilder.scalar(EPSILON);
        Value columns = g.sub(x, mean(x, 0));
        for (Value unit : List.of(normalised(columns, g.mul(columns, columns), epsilon, 0),
                normalised(centred, g.mul(centred, x), epsilon, -1),
                normalised(x, g.mul(centred, centred), epsilon, -1),
                normalised(centred, g.binary(Binary.Function.POW, centred, GraphBuilder.scalar(4)), epsilon, -1))) {
            Graph graph = g.to(g.add(g.mul(unit, scale), bias));
            assertEquals(0, Optimised.operators(graph).stream().filter("LayerNormalization"::equals).count());
        }
        Value unit = normalised(centred, g.mul(centred, centred), epsilon, -1);
        Graph graph = g.to(g.add(g.mul(unit, g.weights(1)), bias));
        assertEquals(0, Optimised.operators(graph).stream().filter("LayerNormalization"::equals).count());
        Agreement.check(graph, g.tensor(3, 20));
    }

    /** An epsilon of higher rank gives the result more dimensions than a normalisation has. */
    @Test
    void aResultOfHigherRankStays() {
        Value centred = g.sub(x, mean(x, -1));
        Value epsilon = GraphBuilder.constant(Tensor.of(new float[] {EPSILON}, 1, 1, 1));
        Graph graph = g.to(g.add(g.mul(normalised(centred, g.mul(centred, centred), epsilon, -1), scale), bias));
        Agreement.check(graph, g.tensor(4, 20));
    }
}
