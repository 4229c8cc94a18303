package dev.lanewise.op.elementwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Optimised;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeluRuleTest {
    private static final float SQRT_2 = (float) Math.sqrt(2);
    private static final float SQRT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);
    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.floats("x", "n", 3);

    private Value half() {
        return GraphBuilder.scalar(0.5f);
    }

    private Value erfGate(Value scaled) {
        return g.add(g.unary(Unary.Function.ERF, scaled), GraphBuilder.scalar(1));
    }

    private Value tanhGate(Value cube) {
        Value cubic = g.mul(GraphBuilder.scalar(0.044715f), cube);
        return g.add(GraphBuilder.scalar(1),
                g.unary(Unary.Function.TANH, g.mul(g.add(x, cubic), GraphBuilder.scalar(SQRT_2_OVER_PI))));
    }

    private void check(Value y, boolean tanh) {
        Graph graph = g.to(y);
        assertEquals(List.of("Gelu"), Optimised.operators(graph));
        assertEquals(new Gelu(tanh), Optimised.graph(graph).nodes().getFirst().operator());
        Agreement.check(graph, g.tensor(7, 3));
    }

    /** The three factors in each order and grouping. */
    private List<Value> products(Value gate) {
        List<Value> all = new ArrayList<>();
        Value[] f = {x, half(), gate};
        for (int a = 0; a < 3; a++) {
            for (int b = 0; b < 3; b++) {
                if (a != b) {
                    all.add(g.mul(g.mul(f[a], f[b]), f[3 - a - b]));
                    all.add(g.mul(f[3 - a - b], g.mul(f[a], f[b])));
                }
            }
        }
        return all;
    }

    @Test
    void erfInEachOrderOfTheFactors() {
        Value gate = erfGate(g.div(x, GraphBuilder.scalar(SQRT_2)));
        for (Value y : products(gate)) {
            check(y, false);
        }
        check(g.mul(g.mul(x, half()), erfGate(g.mul(GraphBuilder.scalar(1 / SQRT_2), x))), false);
    }

    @Test
    void tanhWithTheCubeAsPowerOrProducts() {
        check(g.mul(g.mul(half(), x), tanhGate(g.binary(Binary.Function.POW, x, GraphBuilder.scalar(3)))), true);
        check(g.mul(g.mul(half(), x), tanhGate(g.mul(g.mul(x, x), x))), true);
        check(g.mul(x, g.mul(tanhGate(g.mul(x, g.mul(x, x))), half())), true);
    }

    @Test
    void nearMissesStay() {
        Value w = g.floats("w", "n", 3);
        Value good = g.div(x, GraphBuilder.scalar(SQRT_2));
        for (Value y : List.of(
                g.mul(g.mul(w, half()), erfGate(good)),
                g.mul(g.mul(x, GraphBuilder.scalar(0.25f)), erfGate(good)),
                g.mul(g.mul(x, half()), erfGate(g.div(x, GraphBuilder.scalar(1.5f)))),
                g.mul(g.mul(x, half()), erfGate(g.div(GraphBuilder.scalar(SQRT_2), x))),
                g.mul(g.mul(x, half()), g.add(g.unary(Unary.Function.ERF, good), GraphBuilder.scalar(2))),
                g.mul(g.mul(x, half()), tanhGate(g.mul(x, x))),
                g.mul(g.mul(x, half()), tanhGate(g.binary(Binary.Function.POW, x, GraphBuilder.scalar(2)))))) {
            Graph graph = g.to(y);
            assertFalse(Optimised.operators(graph).contains("Gelu"), graph::toString);
            Agreement.check(graph, g.tensor(2, 3), g.tensor(2, 3));
        }
    }

    @Test
    void aProductThatIsReadElsewhereIsNotTakenApart() {
        Value product = g.mul(x, half());
        Graph graph = g.to(g.mul(product, erfGate(g.div(x, GraphBuilder.scalar(SQRT_2)))), g.add(product, x));
        assertFalse(Optimised.operators(graph).contains("Gelu"));
        Agreement.check(graph, g.tensor(2, 3));
    }

    /** A factor of higher rank gives the product more dimensions than x has. */
    @Test
    void aResultOfHigherRankStays() {
        Value half = GraphBuilder.constant(Tensor.of(new float[] {0.5f}, 1, 1, 1));
        Agreement.check(g.to(g.mul(g.mul(x, half), erfGate(g.div(x, GraphBuilder.scalar(SQRT_2))))), g.tensor(2, 3));
    }
}
