package dev.lanewise.bench.model;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.attention.MultiHeadAttention;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.norm.LayerNormalization;
import dev.lanewise.op.norm.UnifiedNormalization;
import dev.lanewise.op.shape.Gather;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A transformer with random weights and the normalisation of choice. Input {@link #INPUT}: INT64 {@code [1, tokens]}, rows of an
 * embedding table, to which positions are added. Output FLOAT {@code [1, tokens, }{@value #OUTPUTS}{@code ]}.
 *
 * @param preNorm normalised is what each attention and feed-forward block reads, and what the last layer reads; else the
 *        embedding, and each sum of such a block with its residual, as BERT does it
 * @param size channels of a token
 * @param heads of attention, without a mask
 * @param hidden neurons of a feed-forward block
 */
public record TransformerStack(String name, boolean preNorm, int size, int layers, int heads, int hidden, int tokens) {
    public static final String INPUT = "ids";
    private static final int VOCABULARY = 1000;
    private static final int OUTPUTS = 10;
    private static final float EPSILON = 1e-5f;

    /** The graph; weights are the same whichever normalisation it has. */
    public Graph graph(boolean unified) {
        return new Builder(this, unified, new SplittableRandom(7), new SplittableRandom(8)).graph();
    }

    /** Random tokens. */
    public Map<String, Tensor> inputs() {
        long[] ids = new SplittableRandom(9).longs(tokens, 0, VOCABULARY).toArray();
        return Map.of(INPUT, Tensor.of(ids, 1, tokens));
    }

    /** How many normalisations there are. */
    public int norms() {
        return 2 * layers + 1;
    }

    /** Makes the graph from input to output; random numbers of norms come from a source of their own. */
    private record Builder(TransformerStack of, boolean unified, SplittableRandom random, SplittableRandom normRandom) {
        Graph graph() {
            Value ids = Value.input(INPUT, Fact.of(DataType.INT64, Dim.ONE, Dim.constant(of.tokens)));
            Value words = node("words", new Gather(0), weights("words", VOCABULARY, of.size), ids);
            Value x = add("embedding", words, weights("positions", 1, of.tokens, of.size));
            if (!of.preNorm) {
                x = norm("embedding.norm", x);
            }
            for (int i = 0; i < of.layers; i++) {
                x = block(i, x);
            }
            Value y = linear("head", of.preNorm ? norm("norm", x) : x, OUTPUTS);
            return Graph.of(List.of(ids), List.of(y), List.of("y"));
        }

        private Value block(int i, Value x) {
            String first = i + ".attention";
            String second = i + ".feed_forward";
            if (of.preNorm) {
                Value sum = add(first + ".sum", attention(first, norm(first + ".norm", x)), x);
                return add(second + ".sum", feedForward(second, norm(second + ".norm", sum)), sum);
            }
            Value y = norm(first + ".norm", add(first + ".sum", attention(first, x), x));
            return norm(second + ".norm", add(second + ".sum", feedForward(second, y), y));
        }

        private Value attention(String name, Value x) {
            float scale = (float) Math.pow((double) of.size / of.heads, -0.5);
            Value mixed = node(name, new MultiHeadAttention(of.heads, scale, false, false),
                    linear(name + ".q", x, of.size), linear(name + ".k", x, of.size), linear(name + ".v", x, of.size));
            return linear(name + ".o", mixed, of.size);
        }

        private Value feedForward(String name, Value x) {
            Value inner = node(name + ".gelu", new Gelu(false), linear(name + ".up", x, of.hidden));
            return linear(name + ".down", inner, of.size);
        }

        /** Scales and second moments from 1 to 2, small biases. */
        private Value norm(String name, Value x) {
            Value scale = constant(name + ".scale", normRandom.doubles(of.size, 1, 2).toArray(), of.size);
            Value bias = constant(name + ".bias", normRandom.doubles(of.size, -0.1, 0.1).toArray(), of.size);
            return !unified ? node(name, new LayerNormalization(-1, EPSILON), x, scale, bias)
                    : node(name, new UnifiedNormalization(EPSILON), x, scale, bias,
                            constant(name + ".second_moment", normRandom.doubles(of.size, 1, 2).toArray(), of.size));
        }

        /** {@code x W + b} for x {@code [1, tokens, n]}. */
        private Value linear(String name, Value x, int outputs) {
            int n = (int) x.fact().shape()[2].value();
            Value product = node(name + ".product", new MatMul(), x, weights(name + ".weight", n, outputs));
            return add(name, product, weights(name + ".bias", outputs));
        }

        /** Variance 1 / rows, so that a product's values keep their size. */
        private Value weights(String name, int... shape) {
            int columns = shape[shape.length - 1];
            double most = Math.sqrt(3.0 / (shape.length == 2 ? shape[0] : columns));
            int n = shape.length == 1 ? columns : Math.toIntExact((long) columns * shape[shape.length - 2]);
            return constant(name, random.doubles(n, -most, most).toArray(), shape);
        }

        private static Value constant(String name, double[] data, int... shape) {
            float[] rounded = new float[data.length];
            for (int i = 0; i < data.length; i++) {
                rounded[i] = (float) data[i];
            }
            return Value.constant(name, Tensor.of(rounded, shape).asDeferred());
        }

        private static Value add(String name, Value a, Value b) {
            return node(name, new Binary(Binary.Function.ADD), a, b);
        }

        private static Value node(String name, Operator operator, Value... inputs) {
            return Node.of(name, operator, inputs).output();
        }
    }
}
