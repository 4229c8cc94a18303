package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.Arrays;
import java.util.List;

/** ONNX Tile-13: input 0 repeated along each axis as often as input 1 (INT64 [rank]) says. */
public record Tile() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        in.type(1, DataType.INT64);
        Dim[] shape = in.shape(0);
        Dim[] repeats = Layout.content(in.input(1));
        if (shape == null || repeats == null) {
            return List.of(Fact.unknown(type));
        }
        boolean negative = Arrays.stream(repeats).anyMatch(d -> d.isConstant() && d.value() < 0);
        if (repeats.length != shape.length || negative) {
            throw in.error(shape.length + " repeats of 0 or more", Arrays.toString(repeats), "correct the repeats");
        }
        Dim[] out = new Dim[shape.length];
        for (int a = 0; a < out.length; a++) {
            out[a] = shape[a].times(repeats[a]);
        }
        return List.of(Fact.of(type, out).withContent(content(in.input(0).content(), out)));
    }

    private static Dim[] content(Dim[] content, Dim[] out) {
        if (content == null || out.length == 0) {
            return content;
        }
        if (!out[0].isConstant() || out[0].value() > Fact.LONGEST_CONTENT) {
            return null;
        }
        Dim[] repeated = new Dim[(int) out[0].value()];
        Arrays.setAll(repeated, i -> content[i % content.length]);
        return repeated;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = Layout.shapes(this, inputs)[0];
        int[] in = inputs[0].shape();
        int[] strides = Layout.strides(in);
        int[] source = new int[Tensor.sizeOf(shape)];
        int[] index = new int[shape.length];
        for (int i = 0; i < source.length; i++) {
            for (int a = 0; a < shape.length; a++) {
                source[i] += index[a] % in[a] * strides[a];
            }
            Layout.next(index, shape);
        }
        return new Tensor[] {Picks.of(inputs[0], source, shape)};
    }
}
