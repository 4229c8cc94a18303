package dev.lanewise.op.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.shape.Split;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Optimised;
import java.util.List;
import org.junit.jupiter.api.Test;

class SplitLayerRuleTest {
    private static final Linear PLAIN = new Linear(1, true, null, false);
    private static final Linear GATE = new Linear(1, true, UnaryFunction.SILU, false);

    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.floats("x", "rows", 17);

    private Graph gated(Value layer) {
        return g.to(gate(parts(layer, 2)));
    }

    private List<Value> parts(Value whole, int count) {
        return Node.of("parts", new Split(1, count), List.of(whole), List.of("a", "b", "c").subList(0, count))
                .outputs();
    }

    private Value gate(List<Value> parts) {
        return g.mul(g.mul(parts.get(0), g.unary(Unary.Function.SIGMOID, parts.get(0))), parts.get(1));
    }

    private void check(Graph graph, Object... operators) {
        assertEquals(List.of(operators), Optimised.graph(graph).nodes().stream().map(Node::operator).toList());
        Tensor input = g.tensor(5, 17);
        Agreement.check(graph, input);
        try (Model m = GraphBuilder.model(graph, LoadOptions.defaults().withOptimise(false));
                Session s = m.newSession(Agreement.COLD)) {
            Agreement.assertSameBits(s.run(Agreement.named(graph, input)).tensors(), Agreement.run(graph, input));
        }
    }

    @Test
    void productAndSum() {
        check(gated(g.add(g.matMul(x, g.weights(17, 80)), g.weights(80))), PLAIN, GATE,
                new Binary(Binary.Function.MUL));
    }

    @Test
    void gemmEitherWayRound() {
        check(gated(g.op(new Gemm(1, 1, false, true), x, g.weights(80, 17), g.weights(80))), PLAIN, GATE,
                new Binary(Binary.Function.MUL));
        check(gated(g.op(new Gemm(1, 1, false, false), x, g.weights(17, 80), g.weights(80))), PLAIN, GATE,
                new Binary(Binary.Function.MUL));
    }

    @Test
    void whatSomeoneElseReadsStaysWhole() {
        Value whole = g.add(g.matMul(x, g.weights(17, 80)), g.weights(80));
        Graph graph = g.to(g.add(gate(parts(whole, 2)), g.op(new Split(1, 2), whole)));
        assertTrue(Optimised.graph(graph).nodes().stream().anyMatch(n -> n.operator() instanceof Split));
        Agreement.check(graph, g.tensor(5, 17));
    }

    @Test
    void codesAreCutAsCodes() {
        byte[] codes = new byte[17 * 80];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) (i * 37);
        }
        float[] scales = g.tensor(80).floats();
        for (int j = 0; j < scales.length; j++) {
            scales[j] = Math.abs(scales[j]) / 127;
        }
        EncodedMatrix encoded = new EncodedMatrix(Tensor.of(DataType.INT8, codes, 17, 80), Tensor.of(scales, 1, 80),
                null, 0, 17);
        Graph graph = gated(g.matMul(x, GraphBuilder.constant(encoded.tensor())));
        Agreement.check(graph, g.tensor(5, 17));
        assertEquals(2, Optimised.graph(graph).nodes().stream()
                .filter(n -> n.operator() instanceof Linear l && l.weights() == Linear.Weights.INT8).count());
    }
}
