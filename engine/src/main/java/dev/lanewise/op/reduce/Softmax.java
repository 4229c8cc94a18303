package dev.lanewise.op.reduce;

import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/** {@code exp(x - max) / sum} along one axis. ONNX Softmax-13. */
public record Softmax(int axis) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        return LineFunction.infer(in, axis);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {LineFunction.SOFTMAX.map(inputs[0], Lines.along(axis, inputs[0].shape()))};
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        return SoftmaxStep.lower(at, axis, 1);
    }
}
