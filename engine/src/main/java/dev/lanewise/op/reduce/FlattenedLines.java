package dev.lanewise.op.reduce;

import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * Softmax, LogSoftmax or Hardmax of a tensor seen as a matrix whose rows are all axes from {@code axis} on. The form of ONNX
 * operator sets 1 to 12.
 */
public record FlattenedLines(LineFunction function, int axis) implements Lowerable {
    @Override
    public String name() {
        return function.onnxName();
    }

    @Override
    public List<Fact> infer(Inference in) {
        return LineFunction.infer(in, axis);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] shape = inputs[0].shape();
        int from = axis < 0 ? axis + shape.length : axis;
        return new Tensor[] {function.map(inputs[0], Lines.of(shape, from, shape.length))};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int rank = at.in(0).rank();
        return function == LineFunction.SOFTMAX ? SoftmaxStep.lower(at, axis, axis < 0 ? -axis : rank - axis) : null;
    }
}
