package dev.lanewise.testing;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.reduce.Softmax;

/**
 * A small model with two inputs that share a symbol: y0 {@code [n, 40]} = gelu(a w + c) and y1 {@code [n, 8]} = softmax of
 * y0 times a matrix, plus b {@code [n, 8]}.
 */
public final class Small {
    public final GraphBuilder g = new GraphBuilder();
    public final Graph graph;

    public Small() {
        Value a = g.floats("a", "n", 17);
        Value b = g.floats("b", "n", 8);
        Value hidden = g.op(new Gelu(false), g.add(g.matMul(a, g.weights(17, 40)), g.weights(40)));
        graph = g.to(hidden, g.add(g.op(new Softmax(-1), g.matMul(hidden, g.weights(40, 8))), b));
    }

    public Model model() {
        return GraphBuilder.model(graph, LoadOptions.defaults());
    }

    public Tensor[] inputs(int n) {
        return new Tensor[] {g.tensor(n, 17), g.tensor(n, 8)};
    }
}
