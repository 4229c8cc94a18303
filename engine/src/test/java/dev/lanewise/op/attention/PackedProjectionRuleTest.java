package dev.lanewise.op.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.linear.Linear;
import dev.lanewise.op.reduce.Softmax;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Optimised;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackedProjectionRuleTest {
    private static final int HEADS = 2;
    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.floats("x", "batch", "tokens", 12);

    private Value project(Value from, int width) {
        return g.add(g.matMul(from, g.weights(12, width)), g.weights(width));
    }

    private Value attention(Value q, Value k, Value v, int valueWidth) {
        Value queries = g.transpose(g.reshape(q, 0, 0, HEADS, 8), 0, 2, 1, 3);
        Value keys = g.transpose(g.reshape(k, 0, 0, HEADS, 8), 0, 2, 3, 1);
        Value values = g.transpose(g.reshape(v, 0, 0, HEADS, valueWidth / HEADS), 0, 2, 1, 3);
        Value context = g.matMul(g.op(new Softmax(3), g.matMul(queries, keys)), values);
        return g.reshape(g.transpose(context, 0, 2, 1, 3), 0, 0, valueWidth);
    }

    private List<Operator> operators(Graph graph) {
        return Optimised.graph(graph).nodes().stream().map(n -> n.operator()).toList();
    }

    @Test
    void threeProjectionsBecomeOne() {
        Graph graph = g.to(attention(project(x, 16), project(x, 16), project(x, 16), 16));
        assertEquals(List.of(new Linear(3, true, null, false), new MultiHeadAttention(HEADS, 1, true, false)),
                operators(graph));
        Agreement.check(graph, g.tensor(2, 5, 12));
        Agreement.check(graph, g.tensor(1, 1, 12));
    }

    @Test
    void othersStayApart() {
        Value other = g.floats("other", "batch", "tokens", 12);
        Value shared = project(x, 16);
        for (Value y : List.of(attention(project(x, 16), project(other, 16), project(other, 16), 16),
                attention(project(x, 16), project(x, 16), project(x, 6), 6),
                attention(shared, shared, project(x, 16), 16))) {
            Graph graph = g.to(y);
            assertEquals(new MultiHeadAttention(HEADS, 1, false, false), operators(graph).getLast());
            Agreement.check(graph, g.tensor(2, 5, 12), g.tensor(2, 5, 12));
        }
        Value q = project(x, 16);
        Graph graph = g.to(attention(q, project(x, 16), project(x, 16), 16), g.mul(q, q));
        assertEquals(3, operators(graph).stream().filter(new Linear(1, true, null, false)::equals).count());
        Agreement.check(graph, g.tensor(2, 5, 12), g.tensor(2, 5, 12));
    }
}
