package dev.lanewise.models.checkpoint;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Value;
import dev.lanewise.op.adaptive.KeepRows;
import dev.lanewise.op.adaptive.TokenSampling;
import dev.lanewise.op.attention.MultiHeadAttention;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The layers of a vision transformer, plain or of adaptive computation modules, some of which may sample tokens. */
final class VisionBlocks {
    private final Layers layers;
    private final ModuleLayers modules;
    private final TokenBlocks sampling;
    private final int points;
    private final List<Value> kept = new ArrayList<>();

    /**
     * @param modules null for linear layers
     * @param sampling null where none samples
     * @param points of each sampling block's grid
     */
    VisionBlocks(Layers layers, ModuleLayers modules, TokenBlocks sampling, int points) {
        this.layers = layers;
        this.modules = modules;
        this.sampling = sampling;
        this.points = points;
    }

    static String name(int layer) {
        return "encoder.layers.encoder_layer_" + layer;
    }

    /** Layer {@code i} on x {@code [batch, tokens, size]}. */
    Value block(int i, Value x) {
        String name = name(i);
        Value z = layers.norm(name + ".ln_1", x);
        Value attended = sampling != null && sampling.layers().contains(i)
                ? sampled(name, x, z) : Layers.add(name + ".attended", x, attention(name + ".self_attention", z));
        return Layers.add(name, attended, feedForward(i, name, layers.norm(name + ".ln_2", attended)));
    }

    private Value feedForward(int i, String name, Value z) {
        return modules == null ? layers.feedForward(i, name + ".mlp.0", name + ".mlp.3", z)
                : modules.apply(z, name, Modules.FEED_FORWARD).getFirst();
    }

    private Value attention(String name, Value z) {
        List<Value> qkv = modules != null ? modules.apply(z, name, "q_proj", "k_proj", "v_proj")
                : List.of(linear(name, "q_proj").apply(z), linear(name, "k_proj").apply(z),
                        linear(name, "v_proj").apply(z));
        return output(name, mixed(name, qkv.get(0), qkv.get(1), qkv.get(2)));
    }

    /** Keys and values of all tokens, queries of those that go on; the sum with these tokens. */
    private Value sampled(String layer, Value x, Value z) {
        String name = layer + ".self_attention";
        Dim symbol = Dim.symbol("tokens behind " + layer);
        UnaryOperator<Value> query = shared(name, "q_proj");
        Value k = shared(name, "k_proj").apply(z);
        Value v = shared(name, "v_proj").apply(z);
        Value first = Layers.node(name + ".class_token", new Gather(1), z,
                Value.constant(name + ".class_token.index", Tensor.of(new long[] {0}, 1)));
        Value rows = Layers.node(name + ".kept",
                new TokenSampling(layers.backbone().heads(), scale(), points, sampling.epsilon(), symbol),
                query.apply(first), k, v);
        KeepRows keep = new KeepRows(1, symbol);
        Value q = query.apply(Layers.node(name + ".queries", keep, z, rows));
        Value stay = Layers.node(layer + ".stay", keep, x, rows);
        kept.add(Layers.node(layer + ".tokens", new Shape(1, 2), stay));
        return Layers.add(layer + ".attended", stay, output(name, mixed(name, q, k, v)));
    }

    /** Tokens behind each sampling block, INT64 {@code [blocks]}; null where none samples. */
    Value tokens() {
        return kept.isEmpty() ? null : Layers.node("tokens.behind", new Concat(0), kept.toArray(Value[]::new));
    }

    private Value mixed(String name, Value q, Value k, Value v) {
        return Layers.node(name, new MultiHeadAttention(layers.backbone().heads(), scale(), false, false), q, k, v);
    }

    private float scale() {
        return (float) Math.pow(layers.backbone().size() / layers.backbone().heads(), -0.5);
    }

    private Value output(String name, Value mixed) {
        return modules == null ? linear(name, "o_proj").apply(mixed)
                : modules.apply(mixed, name, "o_proj").getFirst();
    }

    /** A projection to be applied to several values; a module's learners are fixed then. */
    private UnaryOperator<Value> shared(String name, String part) {
        return modules == null ? linear(name, part) : modules.fixed(name, part);
    }

    private UnaryOperator<Value> linear(String name, String part) {
        int size = layers.backbone().size();
        return layers.linear(name + "." + part, size, size);
    }
}
