package dev.lanewise.op.shape;

import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * ONNX Flatten-13: a matrix whose rows run over the axes before {@code axis}, columns over the others.
 *
 * @param axis in [-rank, rank]
 */
public record Flatten(int axis) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        Dim[] shape = in.shape(0);
        if (shape == null) {
            return List.of(Fact.unknown(in.type(0)));
        }
        int cut = axis == shape.length ? axis : shape.length == 0 && axis == 0 ? 0 : in.axis(axis, shape.length);
        return List.of(Fact.of(in.type(0), Dim.product(Arrays.copyOf(shape, cut)),
                Dim.product(Arrays.copyOfRange(shape, cut, shape.length))));
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
