package dev.lanewise.op.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.LanewiseException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Optimised;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LinearRuleTest {
    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.floats("x", "rows", 17);
    private final Value weight = g.weights(17, 40);
    private final Value bias = g.weights(40);

    private Value biased() {
        return g.add(g.matMul(x, weight), bias);
    }

    private Value relu(Value v) {
        return g.unary(Unary.Function.RELU, v);
    }

    private void check(Graph graph, Operator... operators) {
        Graph optimised = Optimised.graph(graph);
        assertEquals(List.of(operators), optimised.nodes().stream().map(n -> n.operator()).toList());
        Agreement.check(graph, g.tensor(5, 17), g.tensor(5, 40));
        Agreement.check(graph, g.tensor(1, 17), g.tensor(1, 40));
    }

    @Test
    void biasOnEitherSide() {
        g.floats("unread", "rows", 40);
        check(g.to(biased()), new Linear(1, true, null, false));
        check(g.to(g.add(bias, g.matMul(x, weight))), new Linear(1, true, null, false));
    }

    @Test
    void activationJoins() {
        g.floats("unread", "rows", 40);
        check(g.to(relu(biased())), new Linear(1, true, UnaryFunction.RELU, false));
        check(g.to(g.op(new Gelu(false), biased())), new Linear(1, true, UnaryFunction.GELU, false));
        check(g.to(g.op(new Gelu(true), biased())), new Linear(1, true, UnaryFunction.GELU_TANH, false));
    }

    @Test
    void residualJoinsAfterTheActivation() {
        Value r = g.floats("r", "rows", 40);
        check(g.to(g.add(relu(biased()), r)), new Linear(1, true, UnaryFunction.RELU, true));
        check(g.to(g.add(r, biased())), new Linear(1, true, null, true));
        check(g.to(relu(g.add(biased(), r))), new Linear(1, true, null, true), new Unary(Unary.Function.RELU));
    }

    @Test
    void aSumOfTwoLayersIsOneWithTheOtherAsResidual() {
        g.floats("unread", "rows", 40);
        Value other = g.add(g.matMul(x, g.weights(17, 40)), g.weights(40));
        Graph graph = g.to(g.add(biased(), other));
        assertEquals(List.of("Linear", "Linear"), Optimised.operators(graph));
        Agreement.check(graph, g.tensor(3, 17), g.tensor(3, 40));
    }

    @Test
    void whatOthersReadIsNotHidden() {
        g.floats("unread", "rows", 40);
        Value product = g.matMul(x, weight);
        Graph twice = g.to(g.add(product, bias), relu(product));
        assertEquals(List.of("Linear", "Binary", "Unary"), Optimised.operators(twice));
        Agreement.check(twice, g.tensor(3, 17), g.tensor(3, 40));
        Value layer = biased();
        Graph squared = g.to(g.mul(relu(layer), layer));
        assertEquals(List.of("Linear", "Unary", "Binary"), Optimised.operators(squared));
        Agreement.check(squared, g.tensor(3, 17), g.tensor(3, 40));
        Value doubled = biased();
        assertEquals(List.of("Linear", "Binary"), Optimised.operators(g.to(g.add(doubled, doubled))));
    }

    /** A layer that is an output of the model as well keeps its own value. */
    @Test
    void outputsKeepTheirValues() {
        g.floats("unread", "rows", 40);
        Value layer = biased();
        Agreement.check(g.to(layer, relu(layer)), g.tensor(3, 17), g.tensor(3, 40));
        Value product = g.matMul(x, weight);
        Agreement.check(g.to(product, g.add(product, bias)), g.tensor(3, 17), g.tensor(3, 40));
    }

    @Test
    void aLayerWithoutABias() {
        Value r = g.floats("r", "rows", 40);
        check(g.to(g.add(g.matMul(x, weight), r)), new Linear(1, false, null, true));
        check(g.to(relu(g.matMul(x, weight))), new Linear(1, false, UnaryFunction.RELU, false));
    }

    @Test
    void otherSumsStay() {
        g.floats("unread", "rows", 40);
        for (Value y : List.of(g.add(g.matMul(x, weight), g.weights(1)), g.add(g.matMul(x, weight), g.weights(1, 40)),
                g.sub(g.matMul(x, weight), bias))) {
            Graph graph = g.to(y);
            assertEquals(List.of("Linear", "Binary"), Optimised.operators(graph));
            Agreement.check(graph, g.tensor(3, 17), g.tensor(3, 40));
        }
        Graph row = g.to(g.add(biased(), g.floats("row", 40)));
        assertEquals(List.of("Linear", "Binary"), Optimised.operators(row));
        Agreement.check(row, g.tensor(3, 17), g.tensor(3, 40), g.tensor(40));
    }

    @Test
    void vectorsAndStacksOfMatrices() {
        GraphBuilder b = new GraphBuilder();
        Value vector = b.floats("vector", 17);
        Value stack = b.floats("stack", "a", "b", 17);
        Graph graph = b.to(b.add(b.matMul(vector, weight), bias), b.add(b.matMul(stack, weight), bias));
        assertEquals(List.of("Linear", "Linear"), Optimised.operators(graph));
        Agreement.check(graph, b.tensor(17), b.tensor(2, 3, 17));
        Agreement.check(graph, b.tensor(17), b.tensor(2, 0, 17));
    }

    /** The product took for granted that x is as wide as the weight is high; the fused layer must not forget that. */
    @Test
    void aWidthThatDoesNotFitIsAnError() {
        GraphBuilder b = new GraphBuilder();
        Graph graph = b.to(b.add(b.matMul(b.floats("x", "rows", "width"), weight), bias));
        assertEquals(List.of("Linear"), Optimised.operators(graph));
        Agreement.check(graph, b.tensor(4, 17));
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults());
                Session session = model.newSession(Agreement.COLD)) {
            for (Tensor wrong : List.of(b.tensor(4, 16), b.tensor(4, 18), b.tensor(17, 4))) {
                assertThrows(LanewiseException.class, () -> session.run(Map.of("x", wrong)));
            }
            Tensor right = b.tensor(2, 17);
            Agreement.check(graph.evaluate(right), session.run(Map.of("x", right)).tensors());
        }
    }
}
