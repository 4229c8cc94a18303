package dev.lanewise.models.checkpoint;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.loaders.json.JsonValue;
import dev.lanewise.op.attention.MultiHeadAttention;
import dev.lanewise.op.nn.Conv;
import dev.lanewise.op.nn.Window;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Expand;
import dev.lanewise.op.shape.Shape;
import dev.lanewise.op.shape.Transpose;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A vision transformer (arXiv 2010.11929) with tensors named as in torchvision, but for attention, whose projections are apart.
 * Input {@code images [batch, channels, imageSize, imageSize]}; output {@code logits [batch, classes]}, computed from the class
 * token, and before it {@code logits.i} of each early exit.
 *
 * @param exits the layers, from 0, behind which a head stands, in order
 * @param mean what is taken off a pixel in [0, 1], which then is divided by {@code deviation}
 */
record VisionTransformer(Backbone backbone, int imageSize, int channels, int patchSize, int classes,
        List<Integer> exits, float mean, float deviation, List<String> labels) implements Architecture {
    private static final int LARGEST_IMAGE = 1 << 14;

    static VisionTransformer of(Config config) {
        Backbone backbone = Backbone.of(config);
        int imageSize = config.get("image_size").integer(1, LARGEST_IMAGE);
        int patchSize = config.size("patch_size");
        if (patchSize > imageSize) {
            throw config.get("patch_size").error("at most image_size, " + imageSize, Integer.toString(patchSize));
        }
        List<String> labels = config.get("labels").isNull() ? List.of()
                : config.get("labels").elements().stream().map(JsonValue::string).toList();
        float mean = (float) config.get("pixel_mean").number(-Float.MAX_VALUE, Float.MAX_VALUE);
        return new VisionTransformer(backbone, imageSize, config.size("channels"), patchSize, config.size("classes"),
                exits(config, backbone.layers()), mean, config.positive("pixel_deviation"), labels);
    }

    /** How sure a head has to be is asked when the model runs, so {@code confidence} is of no concern here. */
    private static List<Integer> exits(Config config, int layers) {
        JsonValue exits = config.get("exits");
        List<Integer> after = new ArrayList<>();
        for (JsonValue layer : exits.isNull() ? List.<JsonValue>of() : exits.get("after_layers").elements()) {
            after.add(layer.integer(after.isEmpty() ? 0 : after.getLast() + 1, layers - 2));
        }
        return after;
    }

    @Override
    public Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("lanewise.pixel_mean", Float.toString(mean));
        properties.put("lanewise.pixel_deviation", Float.toString(deviation));
        if (!labels.isEmpty()) {
            properties.put("lanewise.labels", String.join(",", labels));
        }
        return properties;
    }

    @Override
    public Graph graph(Weights weights) {
        Layers layers = new Layers(backbone, weights);
        Value images = Value.input("images", Fact.of(DataType.FLOAT, Dim.symbol("batch"), Dim.constant(channels),
                Dim.constant(imageSize), Dim.constant(imageSize)));
        Value x = tokens(layers, images);
        List<Value> outputs = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < backbone.layers(); i++) {
            x = block(layers, i, x);
            int exit = exits.indexOf(i);
            if (exit >= 0) {
                names.add("logits." + exit);
                outputs.add(head(layers, "exits." + exit + ".ln", "exits." + exit + ".head", x));
            }
        }
        names.add("logits");
        outputs.add(head(layers, "encoder.ln", "heads.head", x));
        return Graph.of(List.of(images), outputs, names);
    }

    /** The class token, then the patches row by row: {@code [batch, tokens, size]}. */
    private Value tokens(Layers layers, Value images) {
        Weights weights = layers.weights();
        int size = backbone.size();
        Window window = new Window(List.of(patchSize, patchSize), List.of(patchSize, patchSize), List.of(), List.of(),
                Window.Padding.EXPLICIT, false);
        Value patches = Layers.node("conv_proj", new Conv(1, window), images,
                weights.constant("conv_proj.weight", size, channels, patchSize, patchSize),
                weights.constant("conv_proj.bias", size));
        Value rows = Layers.node("patches", new Transpose(List.of(0, 2, 1)),
                Layers.reshape("patches.flat", patches, 0, size, -1));
        Value batch = Layers.node("batch", new Shape(0, 1), images);
        Value one = Layers.node("class_token.shape", new Concat(0), batch,
                Value.constant("class_token.size", Tensor.of(new long[] {1, size}, 2)));
        Value token = Layers.node("class_token.each", new Expand(), weights.constant("class_token", 1, 1, size), one);
        int side = imageSize / patchSize;
        return Layers.add("tokens", Layers.node("tokens.all", new Concat(1), token, rows),
                weights.constant("encoder.pos_embedding", 1, side * side + 1, size));
    }

    private Value block(Layers layers, int i, Value x) {
        String name = "encoder.layers.encoder_layer_" + i;
        Value attended = Layers.add(name + ".attended", x,
                attention(layers, name + ".self_attention", layers.norm(name + ".ln_1", x)));
        return Layers.add(name, attended, layers.feedForward(i, name + ".mlp.0", name + ".mlp.3",
                layers.norm(name + ".ln_2", attended)));
    }

    private Value attention(Layers layers, String name, Value x) {
        int size = backbone.size();
        float scale = (float) Math.pow(size / backbone.heads(), -0.5);
        Value mixed = Layers.node(name, new MultiHeadAttention(backbone.heads(), scale, false, false),
                layers.linear(name + ".q_proj", x, size), layers.linear(name + ".k_proj", x, size),
                layers.linear(name + ".v_proj", x, size));
        return layers.linear(name + ".o_proj", mixed, size);
    }

    private Value head(Layers layers, String norm, String linear, Value x) {
        return layers.linear(linear, layers.norm(norm, layers.at(norm + ".class_token", x, 1, 0)), classes);
    }
}
