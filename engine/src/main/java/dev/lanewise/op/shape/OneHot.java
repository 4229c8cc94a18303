package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX OneHot-11: a new axis of {@code depth} positions, one of them "on". Inputs: indices (any numeric type; negative
 * counts from the end, out of range is nowhere), depth (one element), values [off, on].
 *
 * @param axis place of the new axis in the output; may be negative
 */
public record OneHot(int axis) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(2);
        Dim[] indices = in.shape(0);
        Dim depth = depth(in.input(1));
        if (in.shape(2) != null && (in.shape(2).length != 1 || !in.shape(2)[0].is(2) && in.shape(2)[0].isConstant())) {
            throw in.error("values [off, on]", in.input(2).toString(), "correct the values");
        }
        if (indices == null || depth == null) {
            return List.of(Fact.unknown(type));
        }
        if (depth.isConstant() && depth.value() < 0) {
            throw in.error("a depth of 0 or more", depth.toString(), "correct the depth");
        }
        Dim[] out = Arrays.copyOf(indices, indices.length + 1);
        int at = in.axis(axis, out.length);
        System.arraycopy(indices, at, out, at + 1, indices.length - at);
        out[at] = depth;
        return List.of(Fact.of(type, out));
    }

    private static Dim depth(Fact f) {
        if (f.content() != null && f.content().length == 1) {
            return f.content()[0];
        }
        return f.constant() == null ? null : Dim.constant((long) Elements.doubleAt(f.constant(), 0));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = Layout.shapes(this, inputs)[0];
        int at = Layout.axis(axis, shape.length);
        int inner = Layout.product(shape, at + 1, shape.length);
        int[] source = new int[Tensor.sizeOf(shape)];
        for (int i = 0; i < inputs[0].size(); i++) {
            double index = Elements.doubleAt(inputs[0], i);
            long position = (long) (index < 0 ? index + shape[at] : index);
            if (position >= 0 && position < shape[at]) {
                source[(i / inner * shape[at] + (int) position) * inner + i % inner] = 1;
            }
        }
        return new Tensor[] {Picks.of(inputs[2], source, shape)};
    }
}
