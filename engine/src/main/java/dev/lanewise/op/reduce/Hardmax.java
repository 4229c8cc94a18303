package dev.lanewise.op.reduce;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/** 1 for the first largest element along one axis, 0 for all others. ONNX Hardmax-13. */
public record Hardmax(int axis) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        return LineFunction.infer(in, axis);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {LineFunction.HARDMAX.map(inputs[0], Lines.along(axis, inputs[0].shape()))};
    }
}
