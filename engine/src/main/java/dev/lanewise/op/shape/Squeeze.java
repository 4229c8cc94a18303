package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * ONNX Squeeze-21: removes the axes that the optional input 1 (INT64 [n]) names, each of dimension 1; without it all axes
 * of 1. Without it the result of a symbolic dimension is not known ahead.
 */
public record Squeeze() implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        Dim[] shape = in.shape(0);
        long[] axes = in.has(1) ? Layout.numbers(in.input(1)) : null;
        if (shape == null || in.has(1) && axes == null) {
            return List.of(Fact.unknown(in.type(0)));
        }
        boolean[] gone = new boolean[shape.length];
        if (in.has(1)) {
            in.type(1, DataType.INT64);
            for (int a : Layout.axes(in, axes, shape.length)) {
                if (shape[a].isConstant() && !shape[a].is(1)) {
                    throw in.error("axis " + a + " of dimension 1", shape[a].toString(), "correct the axes");
                }
                in.assumeEqual(shape[a], Dim.ONE);
                gone[a] = true;
            }
        } else {
            for (int a = 0; a < shape.length; a++) {
                gone[a] = shape[a].is(1);
                if (!shape[a].isConstant() && !shape[a].isAtLeast(2)) {
                    return List.of(Fact.unknown(in.type(0)));
                }
            }
        }
        List<Dim> out = new ArrayList<>();
        for (int a = 0; a < shape.length; a++) {
            if (!gone[a]) {
                out.add(shape[a]);
            }
        }
        return List.of(Fact.of(in.type(0), out.toArray(Dim[]::new)).withContent(in.input(0).content()));
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
