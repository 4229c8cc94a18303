package dev.lanewise.op.elementwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Optimised;
import java.util.List;
import org.junit.jupiter.api.Test;

class HardSwishRuleTest {
    private static final Operator HARD_SWISH = new Unary(Unary.Function.HARD_SWISH);

    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.floats("x", "n", 3);

    private static List<Operator> operators(Graph graph) {
        return Optimised.graph(graph).nodes().stream().map(Node::operator).toList();
    }

    private static Value scalar(float v) {
        return GraphBuilder.scalar(v);
    }

    private Value clip(Value v, float low, float high) {
        return g.op(new Clip(), v, scalar(low), scalar(high));
    }

    private Value gate() {
        return clip(g.add(x, scalar(3)), 0, 6);
    }

    private Value hardSigmoid(float alpha, float beta) {
        return g.op(new Activation(Activation.Function.HARD_SIGMOID, alpha, beta), x);
    }

    private void check(Value y) {
        Graph graph = g.to(y);
        assertEquals(List.of(HARD_SWISH), operators(graph), graph::toString);
        Agreement.check(graph, g.tensor(7, 3));
    }

    @Test
    void eachPlaceOfTheSixth() {
        check(g.div(g.mul(x, gate()), scalar(6)));
        check(g.div(g.mul(gate(), x), scalar(6)));
        check(g.mul(g.mul(x, gate()), scalar(1 / 6f)));
        check(g.mul(scalar(1 / 6f), g.mul(gate(), x)));
        check(g.mul(x, g.div(gate(), scalar(6))));
        check(g.mul(g.mul(scalar(1 / 6f), gate()), x));
        check(g.mul(g.div(x, scalar(6)), gate()));
        check(g.mul(x, g.div(clip(g.add(scalar(3), x), 0, 6), scalar(6))));
    }

    @Test
    void hardSigmoidAsTheGate() {
        check(g.mul(x, hardSigmoid(1 / 6f, 0.5f)));
        check(g.mul(hardSigmoid(1 / 6f, 0.5f), x));
    }

    /** x is a product with a constant itself. */
    @Test
    void ofAScaledValue() {
        Value scaled = g.mul(x, scalar(2));
        Graph graph = g.to(g.div(g.mul(scaled, clip(g.add(scaled, scalar(3)), 0, 6)), scalar(6)));
        assertEquals(List.of(new Binary(Binary.Function.MUL), HARD_SWISH), operators(graph));
        Agreement.check(graph, g.tensor(7, 3));
    }

    /** As Paddle writes it, in the same order of operations as the kernel: to the bit, at the bends and beyond too. */
    @Test
    void theBitsAreThoseOfTheGraph() {
        Graph graph = g.to(g.div(g.mul(x, gate()), scalar(6)));
        Tensor in = Tensor.of(new float[] {-3, -2.9999998f, 3, 2.9999998f, 0, -0f, Float.NaN, Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY, 1e-40f, -1e38f, 3e38f}, 4, 3);
        Agreement.assertSameBits(List.of(graph.evaluate(in)), List.of(Optimised.graph(graph).evaluate(in)));
    }

    @Test
    void nearMissesStay() {
        Value w = g.floats("w", "n", 3);
        for (Value y : List.of(
                g.div(g.mul(w, gate()), scalar(6)),
                g.div(g.mul(x, gate()), scalar(5)),
                g.mul(g.mul(x, gate()), scalar(6)),
                g.mul(x, gate()),
                g.div(scalar(6), g.mul(x, gate())),
                g.div(g.mul(x, clip(g.add(x, scalar(3)), 0, 5)), scalar(6)),
                g.div(g.mul(x, clip(g.add(x, scalar(2)), 0, 6)), scalar(6)),
                g.div(g.mul(x, clip(g.add(x, scalar(3)), -1, 6)), scalar(6)),
                g.mul(x, hardSigmoid(0.2f, 0.5f)),
                g.mul(w, hardSigmoid(1 / 6f, 0.5f)))) {
            Graph graph = g.to(y);
            assertFalse(operators(graph).contains(HARD_SWISH), graph::toString);
            Agreement.check(graph, g.tensor(2, 3), g.tensor(2, 3));
        }
    }

    @Test
    void aGateThatIsReadElsewhereStays() {
        Value gate = gate();
        Graph graph = g.to(g.div(g.mul(x, gate), scalar(6)), g.add(gate, x));
        assertFalse(operators(graph).contains(HARD_SWISH));
        Agreement.check(graph, g.tensor(2, 3));
    }

    /** A factor of higher rank gives the product more dimensions than x has. */
    @Test
    void aResultOfHigherRankStays() {
        Value six = GraphBuilder.constant(Tensor.of(new float[] {6}, 1, 1, 1));
        Agreement.check(g.to(g.div(g.mul(x, gate()), six)), g.tensor(2, 3));
    }
}
