package dev.lanewise.quant.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.KernelMode;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.attention.MultiHeadAttention;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.reduce.Softmax;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Transpose;
import dev.lanewise.quant.testing.TestGraph;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention of one node against the same out of products and softmax, whose gradients are tested by themselves. */
class AttentionGradientsTest {
    private static final int HEADS = 2;
    private static final int QUERIES = 3;
    private static final int KEYS = 4;
    private static final float SCALE = 0.6f;

    private final TestGraph g = new TestGraph(DataType.FLOAT);
    private final Random random = new Random(6);

    private Tensor tensor(int... shape) {
        float[] data = new float[Tensor.sizeOf(shape)];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian();
        }
        return Tensor.of(data, shape);
    }

    private Value heads(Value x, int tokens, int size, Integer... permutation) {
        Value split = g.op(new Reshape(false), x, TestGraph.longs(2, tokens, HEADS, size));
        return g.op(new Transpose(List.of(permutation)), split);
    }

    private Value written(Value q, Value k, Value v, Value mask, int queries, int keys) {
        Value scores = g.matMul(heads(q, queries, 3, 0, 2, 1, 3), heads(k, keys, 3, 0, 2, 3, 1));
        scores = g.mul(scores, g.scalar(SCALE));
        scores = mask == null ? scores : g.add(scores, mask);
        Value y = g.matMul(g.op(new Softmax(-1), scores),
                heads(v, keys, (int) v.fact().shape()[2].value() / HEADS, 0, 2, 1, 3));
        return g.op(new Reshape(false), g.op(new Transpose(List.of(0, 2, 1, 3)), y),
                TestGraph.longs(2, queries, -1));
    }

    private static Value port(TestGraph g, String name, Tensor t) {
        return g.input(name, DataType.FLOAT, Dim.constants(t.shape()));
    }

    private void check(Value one, Value written, Map<Value, Tensor> inputs) {
        Tensor seed = null;
        Map<Value, Tensor> expected = null;
        for (Value y : List.of(written, one)) {
            List<Value> ports = List.copyOf(inputs.keySet());
            Graph graph = Graph.of(ports, List.of(y), List.of("y"));
            Map<String, Tensor> named = new java.util.HashMap<>();
            inputs.forEach((v, t) -> named.put(v.name(), t));
            Program.Tape tape = new Program(graph, ports, KernelMode.SCALAR).run(named);
            seed = seed == null ? tensor(tape.output("y").shape()) : seed;
            Map<Value, Tensor> found = tape.gradients("y", seed);
            expected = expected == null ? found : expected;
            for (Value v : ports) {
                for (int i = 0; i < inputs.get(v).size(); i++) {
                    assertEquals(expected.get(v).floats()[i], found.get(v).floats()[i], 1e-5, v + ", element " + i);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void ofThreeOperands(boolean masked) {
        Tensor[] t = {tensor(2, QUERIES, HEADS * 3), tensor(2, KEYS, HEADS * 3), tensor(2, KEYS, HEADS * 5)};
        Value q = port(g, "q", t[0]);
        Value k = port(g, "k", t[1]);
        Value v = port(g, "v", t[2]);
        Tensor hidden = tensor(2, 1, QUERIES, KEYS);
        hidden.floats()[1] = Float.NEGATIVE_INFINITY;
        Value mask = masked ? Value.constant("mask", hidden) : null;
        MultiHeadAttention op = new MultiHeadAttention(HEADS, SCALE, false, masked);
        Value one = masked ? g.op(op, q, k, v, mask) : g.op(op, q, k, v);
        check(one, written(q, k, v, mask, QUERIES, KEYS), Map.of(q, t[0], k, t[1], v, t[2]));
    }

    @ParameterizedTest
    @CsvSource({"1", "4"})
    void ofOnePackedOperand(int tokens) {
        Tensor like = tensor(2, tokens, 6);
        Value q = port(g, "q", like);
        Value k = port(g, "k", like);
        Value v = port(g, "v", like);
        Value packed = g.op(new Concat(2), q, k, v);
        Value one = g.op(new MultiHeadAttention(HEADS, SCALE, true, false), packed);
        check(one, written(q, k, v, null, tokens, tokens), Map.of(q, tensor(2, tokens, 6), k, tensor(2, tokens, 6), v,
                tensor(2, tokens, 6)));
    }

    @Test
    void aComputedMaskHasNone() {
        Tensor t = tensor(2, KEYS, 6);
        Value x = port(g, "x", t);
        Value m = port(g, "m", tensor(1, 1, 1, KEYS));
        Value mask = g.binary(Binary.Function.ADD, m, m);
        Value y = g.op(new MultiHeadAttention(HEADS, SCALE, false, true), x, x, x, mask);
        Graph graph = Graph.of(List.of(x, m), List.of(y), List.of("y"));
        Program.Tape tape = new Program(graph, List.of(m), KernelMode.SCALAR)
                .run(Map.of("x", t, "m", tensor(1, 1, 1, KEYS)));
        assertThrows(MissingGradientException.class, () -> tape.gradients("y", tensor(2, KEYS, 6)));
    }
}
