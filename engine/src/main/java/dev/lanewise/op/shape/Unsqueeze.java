package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/** ONNX Unsqueeze-21: adds axes of 1 at the places in the output that input 1 (INT64 [n]) names. */
public record Unsqueeze() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        in.type(1, DataType.INT64);
        Dim[] shape = in.shape(0);
        long[] axes = Layout.numbers(in.input(1));
        if (shape == null || axes == null) {
            return List.of(Fact.unknown(in.type(0)));
        }
        Dim[] out = new Dim[shape.length + axes.length];
        for (int a : Layout.axes(in, axes, out.length)) {
            out[a] = Dim.ONE;
        }
        int next = 0;
        for (int a = 0; a < out.length; a++) {
            out[a] = out[a] == null ? shape[next++] : out[a];
        }
        return List.of(Fact.of(in.type(0), out).withContent(in.input(0).content()));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {inputs[0].reshape(Layout.shapes(this, inputs)[0])};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        return at.view(0);
    }
}
