package dev.lanewise.models.checkpoint;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.norm.LayerNormalization;
import dev.lanewise.op.norm.NormParameters;
import dev.lanewise.op.norm.UnifiedNormalization;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Reshape;
import java.util.List;
import java.util.function.UnaryOperator;

/** Layers of a transformer as nodes, each with the name of its tensors. */
record Layers(Backbone backbone, Weights weights) {
    /** {@code x W^T + b} for x {@code [..., in]}; tensors {@code name.weight [outputs, in]} and {@code name.bias [outputs]}. */
    Value linear(String name, Value x, int outputs) {
        return linear(name, width(x), outputs).apply(x);
    }

    /** The same to be applied to any number of values. */
    UnaryOperator<Value> linear(String name, int inputs, int outputs) {
        Value matrix = weights.transposed(name + ".weight", outputs, inputs);
        Value bias = weights.constant(name + ".bias", outputs);
        return x -> add(name, node(name + ".product", new MatMul(), x, matrix), bias);
    }

    /** The first layer's width is that of its tensor. */
    Value feedForward(int layer, String first, String second, Value x) {
        String tensor = first + ".weight";
        int hidden = weights.rows(tensor, width(x));
        List<Integer> nested = backbone.nested();
        int due = backbone.widths() != null ? backbone.widths().get(layer)
                : nested.isEmpty() ? hidden : nested.getLast();
        if (hidden != due) {
            throw weights.error(tensor, "the width of config.json, " + due, hidden + " neurons",
                    "correct width_per_layer or nested_widths");
        }
        Value inner = node(first + ".activation", backbone.activation(), linear(first, x, hidden));
        return linear(second, inner, width(x));
    }

    /** Over the last axis; tensors {@code name.weight} and {@code name.bias}, for Unified Normalization {@code running_var} too. */
    Value norm(String name, Value x) {
        int size = width(x);
        Value scale = weights.constant(name + ".weight", size);
        Value bias = weights.constant(name + ".bias", size);
        NormParameters due = backbone.norm();
        NormParameters found = NormParameters.of(weights.below(name));
        if (found != due) {
            throw weights.error(name, "parameters of the norm of config.json, " + due, found.toString(),
                    "check that config.json describes these weights");
        }
        if (due == NormParameters.LAYER) {
            return node(name, new LayerNormalization(-1, backbone.epsilon()), x, scale, bias);
        }
        for (String training : List.of("ema_gz", "iters", "buffer_x2", "buffer_gz", "skip_counter")) {
            weights.ignore(name + "." + training);
        }
        return node(name, new UnifiedNormalization(backbone.epsilon()), x, scale, bias,
                weights.constant(name + ".running_var", size));
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
