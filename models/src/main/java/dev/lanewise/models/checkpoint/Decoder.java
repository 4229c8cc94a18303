package dev.lanewise.models.checkpoint;

import dev.lanewise.AdaptiveOptions;
import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.attention.MultiHeadAttention;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.logic.Compare;
import dev.lanewise.op.logic.Where;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Range;
import dev.lanewise.op.shape.Shape;
import dev.lanewise.op.shape.Split;
import dev.lanewise.op.shape.Transpose;
import java.util.List;
import java.util.Map;

/**
 * A causal language model with the tensors of OLMo's MatFormer: one matrix for queries, keys and values, linear biases by
 * distance (ALiBi, arXiv 2108.12409), the embedding table as its head. Input {@code tokens [batch, length]}, output
 * {@code logits [batch, length, vocabulary]} of the next token.
 *
 * @param context length of the texts that it was trained on; longer ones can be run
 * @param keyValueHeads heads of keys and values, each of which serves as many heads of queries; divides the heads
 * @param biasMax exponent of the last head's slope, {@code 2^-biasMax}
 */
record Decoder(Backbone backbone, int vocabulary, int context, int keyValueHeads, double biasMax)
        implements Architecture {
    /** Added to the score of a later token; its weight is exactly 0 then. */
    private static final float NEVER = -1e30f;

    static Decoder of(Config config) {
        Backbone backbone = Backbone.of(config);
        int keyValueHeads = config.size("key_value_heads");
        if (backbone.heads() % keyValueHeads != 0) {
            throw config.get("key_value_heads").error("a divisor of heads, " + backbone.heads(),
                    Integer.toString(keyValueHeads));
        }
        config.oneOf("position", "alibi");
        config.oneOf("tokens", "bytes");
        if (!config.get("tied_head").bool(false)) {
            throw config.unsupported("tied_head", "false");
        }
        return new Decoder(backbone, config.size("vocabulary"), config.size("context"), keyValueHeads,
                config.get("alibi_bias_max").number(0, 1024));
    }

    @Override
    public void check(String model, AdaptiveOptions options) {
        options.check(model, false, false, false);
    }

    @Override
    public Map<String, String> properties(Weights weights, AdaptiveOptions options) {
        return Map.of("lanewise.tokens", "bytes", "lanewise.context", Integer.toString(context));
    }

    @Override
    public Graph graph(Weights weights, AdaptiveOptions options) {
        Layers layers = new Layers(backbone, weights);
        String table = "transformer.wte.weight";
        Value tokens = Value.input("tokens", Fact.of(DataType.INT64, Dim.symbol("batch"), Dim.symbol("length")));
        Value x = Layers.node("transformer.wte", new Gather(0), weights.constant(table, vocabulary, backbone.size()),
                tokens);
        Value bias = bias(tokens);
        for (int i = 0; i < backbone.layers(); i++) {
            x = block(layers, i, x, bias);
        }
        Value logits = Layers.node("logits", new MatMul(), layers.norm("transformer.ln_f", x),
                weights.transposed(table, vocabulary, backbone.size()));
        return Graph.of(List.of(tokens), List.of(logits), List.of("logits"));
    }

    private Value block(Layers layers, int i, Value x, Value bias) {
        String name = "transformer.blocks." + i;
        Value attended =
                Layers.add(name + ".attended", x, attention(layers, name, layers.norm(name + ".attn_norm", x), bias));
        return Layers.add(name, attended, layers.feedForward(i, name + ".ff_proj", name + ".ff_out",
                layers.norm(name + ".ff_norm", attended)));
    }

    /** Heads of queries that share a head of keys stand behind each other as further queries of it. */
    private Value attention(Layers layers, String name, Value x, Value bias) {
        int size = backbone.size();
        int part = size / backbone.heads();
        int shared = keyValueHeads * part;
        Value all = layers.linear(name + ".att_proj", x, size + 2 * shared);
        List<Value> qkv = Node.of(name + ".split", new Split(2, 3), all,
                Value.constant(name + ".parts", Tensor.of(new long[] {size, shared, shared}, 3))).outputs();
        int group = backbone.heads() / keyValueHeads;
        Value q = regrouped(name + ".queries", qkv.get(0), keyValueHeads, group, part, shared);
        Value mixed = Layers.node(name + ".attention",
                new MultiHeadAttention(keyValueHeads, (float) Math.pow(part, -0.5), false, true), q, qkv.get(1),
                qkv.get(2), bias);
        return layers.linear(name + ".attn_out",
                regrouped(name + ".heads", mixed, group, keyValueHeads, part, size), size);
    }

    /** Rows of {@code [a, b, part]} as {@code [b, a, part]}, cut to {@code [batch, rows, width]}. */
    private static Value regrouped(String name, Value x, int a, int b, int part, int width) {
        Value apart = x;
        if (a > 1 && b > 1) {
            apart = Layers.node(name + ".swapped", new Transpose(List.of(0, 1, 3, 2, 4)),
                    Layers.reshape(name + ".apart", x, 0, -1, a, b, part));
        }
        return Layers.reshape(name, apart, 0, -1, width);
    }

    /**
     * What is added to scores, {@code [1, keyValueHeads, length*group, length]}: the distance to an earlier token times the
     * slope of the head, and {@link #NEVER} for later ones.
     */
    private Value bias(Value tokens) {
        int group = backbone.heads() / keyValueHeads;
        float[] slopes = new float[backbone.heads()];
        for (int h = 0; h < slopes.length; h++) {
            slopes[h] = (float) Math.pow(2, -biasMax / slopes.length * (h + 1));
        }
        Value length = Layers.node("length", new Shape(1, 2), tokens);
        Value at = Layers.node("positions.whole", new Range(), scalar("first", 0), length, scalar("step", 1));
        Value positions = Layers.node("positions", new Cast(DataType.FLOAT), at);
        Value ahead = Layers.node("ahead", new Binary(Binary.Function.SUB), positions,
                Layers.reshape("positions.rows", positions, -1, 1, 1));
        Value later = Layers.node("later", new Compare(Compare.Function.GREATER), ahead, number("zero", 0));
        Value sloped = Layers.node("alibi.all", new Binary(Binary.Function.MUL), ahead,
                Value.constant("slopes", Tensor.of(slopes, keyValueHeads, 1, group, 1)));
        Value bias = Layers.node("alibi", new Where(), later, number("never", NEVER), sloped);
        return Layers.reshape("alibi.heads", bias, 1, keyValueHeads, -1, 0);
    }

    private static Value scalar(String name, long value) {
        return Value.constant(name, Tensor.of(new long[] {value}, 1));
    }

    private static Value number(String name, float value) {
        return Value.constant(name, Tensor.of(new float[] {value}, 1));
    }
}
