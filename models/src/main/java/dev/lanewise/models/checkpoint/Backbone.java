package dev.lanewise.models.checkpoint;

import dev.lanewise.graph.Operator;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.norm.NormParameters;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What transformers have in common: layers of attention and feed-forward blocks.
 *
 * @param size elements of a token between layers
 * @param heads of attention; divides the size
 * @param norm which normalisation precedes each block
 * @param widths the hidden neurons of each layer's feed-forward block; null where the tensors alone say it
 * @param nested widths that the widest block is made for, rising, the last all its neurons, and others in proportion; empty for
 *        those of one width
 * @param mixOrder which blocks of a mix of two such widths are the wider ones; null where the model does not say
 */
record Backbone(int size, int layers, int heads, NormParameters norm, float epsilon, Operator activation,
        List<Integer> widths, List<Integer> nested, String mixOrder) {
    static Backbone of(Config config) {
        int size = config.size("hidden_size");
        int layers = config.size("layers");
        int heads = config.size("heads");
        if (size % heads != 0) {
            throw config.get("heads").error("a divisor of hidden_size, " + size, Integer.toString(heads));
        }
        NormParameters norm = config.oneOf("norm", "layer", "unified").equals("layer") ? NormParameters.LAYER
                : NormParameters.UNIFIED;
        Operator activation = switch (config.oneOf("activation", "gelu", "gelu_tanh", "relu")) {
            case "gelu" -> new Gelu(false);
            case "gelu_tanh" -> new Gelu(true);
            default -> new Unary(Unary.Function.RELU);
        };
        // Of the widest block; the tensors say how wide each is.
        config.size("ffn_size");
        List<Integer> widths = config.sizes("width_per_layer");
        if (widths != null && widths.size() != layers) {
            throw config.get("width_per_layer").error("a width for each of " + layers + " layers",
                    Integer.toString(widths.size()));
        }
        List<Integer> nested = config.sizes("nested_widths");
        if (nested != null) {
            config.oneOf("nested_axis", "ffn");
            int widest = widths == null ? nested.getLast() : Collections.max(widths);
            if (nested.getLast() != widest) {
                throw config.get("nested_widths").error("the widest layer's width last, " + widest,
                        nested.getLast().toString());
            }
        }
        String mixOrder = nested == null || config.get("mix_order").isNull() ? null
                : config.oneOf("mix_order", "last_blocks", "first_blocks");
        return new Backbone(size, layers, heads, norm, config.positive("norm_epsilon"), activation, widths,
                nested == null ? List.of() : nested, mixOrder);
    }

    /** By this property of a model it is elastic in the widths that it names. */
    Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        if (!nested.isEmpty()) {
            properties.put("lanewise.nested_widths",
                    nested.stream().map(String::valueOf).collect(Collectors.joining(",")));
        }
        if (mixOrder != null) {
            properties.put("lanewise.mix_order", mixOrder);
        }
        return properties;
    }
}
