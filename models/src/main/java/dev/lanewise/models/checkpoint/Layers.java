package dev.lanewise.models.checkpoint;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.norm.LayerNormalization;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Reshape;
import java.util.List;

/** Layers of a transformer as nodes, each with the name of its tensors. */
record Layers(Backbone backbone, Weights weights) {
    /** {@code x W^T + b} for x {@code [..., in]}; tensors {@code name.weight [outputs, in]} and {@code name.bias [outputs]}. */
    Value linear(String name, Value x, int outputs) {
        Value product = node(name + ".product", new MatMul(), x,
                weights.transposed(name + ".weight", outputs, width(x)));
        return add(name, product, weights.constant(name + ".bias", outputs));
    }

    /** The first layer's width is that of its tensor. */
    Value feedForward(int layer, String first, String second, Value x) {
        String tensor = first + ".weight";
        int hidden = weights.rows(tensor, width(x));
        List<Integer> nested = backbone.nested();
        int due = backbone.widths() != null ? backbone.widths().get(layer)
                : nested.isEmpty() ? hidden : nested.getLast();
        if (hidden != due || !nested.isEmpty() && hidden != nested.getLast()) {
            throw weights.error(tensor, "the width of config.json, " + (hidden != due ? due : nested.getLast()),
                    hidden + " neurons", "correct width_per_layer or nested_widths");
        }
        Value inner = node(first + ".activation", backbone.activation(), linear(first, x, hidden));
        return linear(second, inner, width(x));
    }

    /** Over the last axis; tensors {@code name.weight} and {@code name.bias}, for Unified Normalization {@code running_var} too. */
    Value norm(String name, Value x) {
        int size = width(x);
        Value bias = weights.constant(name + ".bias", size);
        return switch (backbone.norm()) {
            case LAYER -> node(name, new LayerNormalization(-1, backbone.epsilon()), x,
                    weights.constant(name + ".weight", size), bias);
            case UNIFIED -> add(name, node(name + ".scaled", new Binary(Binary.Function.MUL), x,
                    Value.constant(name + ".scale", unifiedScale(name, size))), bias);
        };
    }

    /** What Unified Normalization (arXiv 2208.01313) multiplies each channel with: {@code weight / sqrt(running_var + epsilon)}. */
    private Tensor unifiedScale(String name, int size) {
        float[] scale = weights.elements(name + ".weight", size);
        float[] variance = weights.elements(name + ".running_var", size);
        for (String statistic : List.of("ema_gz", "iters", "buffer_x2", "buffer_gz", "skip_counter")) {
            weights.ignore(name + "." + statistic);
        }
        for (int i = 0; i < size; i++) {
            if (!(variance[i] >= 0)) {
                throw weights.error(name + ".running_var", "second moments of 0 or more", Float.toString(variance[i]),
                        "check the weights");
            }
            scale[i] /= (float) Math.sqrt(variance[i] + backbone.epsilon());
        }
        return Tensor.of(scale, size);
    }

    /** Rows or columns {@code index} of axis {@code axis}, which is gone then. */
    Value at(String name, Value x, int axis, int index) {
        return node(name, new Gather(axis), x, Value.constant(name + ".index", Tensor.scalar((long) index)));
    }

    static Value reshape(String name, Value x, long... shape) {
        return node(name, new Reshape(false), x, Value.constant(name + ".shape", Tensor.of(shape, shape.length)));
    }

    static Value add(String name, Value a, Value b) {
        return node(name, new Binary(Binary.Function.ADD), a, b);
    }

    static Value node(String name, Operator operator, Value... inputs) {
        return Node.of(name, operator, inputs).output();
    }

    /** The last dimension, a number. */
    private static int width(Value x) {
        Dim[] shape = x.fact().shape();
        return (int) shape[shape.length - 1].value();
    }
}
