package dev.lanewise.models.checkpoint;

import dev.lanewise.AdaptiveOptions;
import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.loaders.json.JsonValue;
import dev.lanewise.op.nn.Conv;
import dev.lanewise.op.nn.Window;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Expand;
import dev.lanewise.op.shape.Shape;
import dev.lanewise.op.shape.Transpose;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A vision transformer (arXiv 2010.11929) with tensors named as in torchvision, but for attention, whose projections are apart.
 * Input {@code images [batch, channels, imageSize, imageSize]}; output {@code logits [batch, classes]}, computed from the class
 * token, and before it {@code logits.i} of each early exit. Modules give a further output {@code learners}, INT32 {@code [modules, batch,
 * tokens]}, unless their number is fixed; sampling blocks take one image a run and give {@code tokens}, INT64 {@code [blocks]}; where
 * samples leave at the exits see {@link Heads}.
 *
 * @param modules adaptive computation modules in place of projections and feed-forward blocks; null for none
 * @param sampling the blocks that sample tokens; null for none
 * @param exits the layers, from 0, behind which a head stands, in order
 * @param mean what is taken off a pixel in [0, 1], which then is divided by {@code deviation}
 */
record VisionTransformer(Backbone backbone, Modules modules, TokenBlocks sampling, int imageSize, int channels,
        int patchSize, int classes,
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
        Modules modules = Modules.of(config);
        checkTogether(config, backbone, modules);
        return new VisionTransformer(backbone, modules, TokenBlocks.of(config, backbone.layers()), imageSize,
                config.size("channels"), patchSize, config.size("classes"),
                exits(config, backbone.layers()), mean, config.positive("pixel_deviation"), labels);
    }

    private static List<Integer> exits(Config config, int layers) {
        Config exits = config.part("exits");
        if (exits == null) {
            return List.of();
        }
        exits.oneOf("confidence", "highest softmax probability");
        List<Integer> after = exits.layers("after_layers", layers - 2);
        exits.checkAllRead();
        return after;
    }

    /** Together they would give a token several numbers of learners, or outputs of different sizes. */
    private static void checkTogether(Config config, Backbone backbone, Modules modules) {
        if (modules != null && !backbone.nested().isEmpty()) {
            throw config.unsupported("nested_widths", "with acm");
        }
        if (modules != null && backbone.widths() != null) {
            throw config.unsupported("width_per_layer", "with acm");
        }
    }

    @Override
    public void check(String model, AdaptiveOptions options) {
        options.check(model, modules != null, sampling != null, !exits.isEmpty());
        if (modules != null && options.learners() > modules.learners()) {
            throw new InvalidInputException("adaptive.learners", "at most " + modules.learners(),
                    Integer.toString(options.learners()), "give as many as the modules have, or 0 for their gates");
        }
        boolean gated = modules != null && options.learners() == 0;
        if (gated && (sampling != null || options.exits())) {
            throw new UnsupportedModelException(model, List.of("gates of acm together with "
                    + (sampling != null ? "token_sampling" : "early exits") + "; a fixed number of learners is"));
        }
        if (sampling != null && options.exits()) {
            throw new UnsupportedModelException(model, List.of("early exits together with token_sampling"));
        }
    }

    @Override
    public Map<String, String> properties(Weights weights, AdaptiveOptions options) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("lanewise.pixel_mean", Float.toString(mean));
        properties.put("lanewise.pixel_deviation", Float.toString(deviation));
        if (!labels.isEmpty()) {
            properties.put("lanewise.labels", String.join(",", labels));
        }
        properties.put("lanewise.norm", backbone.norm().name().toLowerCase(Locale.ROOT));
        properties.put(Spending.PROPERTY, sizes(weights, options).toText());
        return properties;
    }

    private Sizes sizes(Weights weights, AdaptiveOptions options) {
        List<Integer> widths = new ArrayList<>();
        for (int i = 0; i < backbone.layers(); i++) {
            String layer = VisionBlocks.name(i);
            if (modules == null) {
                widths.add(weights.rows(layer + ".mlp.0.weight", backbone.size()));
            } else {
                for (String part : Modules.PARTS) {
                    String name = layer + (part.equals(Modules.FEED_FORWARD) ? "." : ".self_attention.") + part;
                    widths.add(ModuleLayers.width(weights, name, backbone.size(), modules.learners()));
                }
            }
        }
        List<Integer> choices = modules == null ? List.of() : Modules.PARTS.stream().map(modules::choices).toList();
        int side = imageSize / patchSize;
        return new Sizes(side * side + 1, backbone.size(), channels * patchSize * patchSize, classes, widths,
                modules == null ? 0 : modules.learners(), choices, options.learners(),
                sampling == null ? List.of() : sampling.layers(), exits, options.exits());
    }

    @Override
    public Graph graph(Weights weights, AdaptiveOptions options) {
        Layers layers = new Layers(backbone, weights);
        ModuleLayers adaptive =
                modules == null ? null : new ModuleLayers(modules, weights, backbone.size(), options.learners());
        int points = options.tokens() > 0 || sampling == null ? options.tokens() : sampling.points();
        VisionBlocks blocks = new VisionBlocks(layers, adaptive, sampling, points);
        Value images = Value.input("images",
                Fact.of(DataType.FLOAT, sampling == null ? Dim.symbol("batch") : Dim.ONE, Dim.constant(channels),
                        Dim.constant(imageSize), Dim.constant(imageSize)));
        Value x = tokens(layers, images);
        Heads heads = new Heads(options.exits() ? backbone.layers() : 0);
        for (int i = 0; i < backbone.layers(); i++) {
            x = blocks.block(i, x);
            int exit = exits.indexOf(i);
            if (exit >= 0) {
                x = heads.early(i, x, head(layers, "exits." + exit + ".ln", "exits." + exit + ".head", x));
            }
        }
        heads.last(head(layers, "encoder.ln", "heads.head", x));
        heads.further("learners", adaptive == null ? null : adaptive.learners());
        heads.further("tokens", blocks.tokens());
        return heads.graph(images);
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

    private Value head(Layers layers, String norm, String linear, Value x) {
        return layers.linear(linear, layers.norm(norm, layers.at(norm + ".class_token", x, 1, 0)), classes);
    }
}
