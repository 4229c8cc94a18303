package dev.lanewise.elastic;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.shape.Split;
import dev.lanewise.testing.GraphBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A feed-forward block with biases and random weights, plain or gated. */
final class NestedBlock {
    static final int SIZE = 32;
    static final int HIDDEN = 96;

    final GraphBuilder random = new GraphBuilder();
    final Tensor in = random.tensor(SIZE, HIDDEN);
    final Tensor inBias = random.tensor(HIDDEN);
    final Tensor gate = random.tensor(SIZE, HIDDEN);
    final Tensor out = random.tensor(HIDDEN, SIZE);
    final Tensor outBias = random.tensor(SIZE);

    Graph graph(boolean gated) {
        return graph(gated, out);
    }

    /** Gate and value as one matrix, SiLU written out. */
    Graph fused(Tensor second) {
        GraphBuilder b = new GraphBuilder();
        Value x = b.floats("x", "n", SIZE);
        float[] both = new float[SIZE * 2 * HIDDEN];
        for (int i = 0; i < SIZE; i++) {
            System.arraycopy(in.floats(), i * HIDDEN, both, i * 2 * HIDDEN, HIDDEN);
            System.arraycopy(gate.floats(), i * HIDDEN, both, (i * 2 + 1) * HIDDEN, HIDDEN);
        }
        Value h = b.matMul(x, GraphBuilder.constant(Tensor.of(both, SIZE, 2 * HIDDEN)));
        List<Value> parts = Node.of("parts", new Split(-1, 2), List.of(h), List.of("a", "b")).outputs();
        Value silu = b.mul(parts.get(0), b.unary(Unary.Function.SIGMOID, parts.get(0)));
        Value y = b.matMul(b.mul(silu, parts.get(1)), GraphBuilder.constant(second));
        return b.to(b.add(y, GraphBuilder.constant(outBias)));
    }

    /** With another second matrix. */
    Graph graph(boolean gated, Tensor second) {
        GraphBuilder b = new GraphBuilder();
        Value x = b.floats("x", "n", SIZE);
        Value h = b.op(new Gelu(true), b.add(b.matMul(x, GraphBuilder.constant(in)), GraphBuilder.constant(inBias)));
        if (gated) {
            h = b.mul(h, b.matMul(x, GraphBuilder.constant(gate)));
        }
        return b.to(b.add(b.matMul(h, GraphBuilder.constant(second)), GraphBuilder.constant(outBias)));
    }

    /** The second matrix with the rows from {@code m} on set to {@code value}. */
    Tensor from(int m, float value) {
        float[] rest = out.floats().clone();
        Arrays.fill(rest, m * SIZE, rest.length, value);
        return Tensor.of(rest, HIDDEN, SIZE);
    }

    Map<String, Tensor> input(int n) {
        return Map.of("x", random.tensor(n, SIZE));
    }
}
