package dev.lanewise.op.reduce;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/** {@code x - max - log(sum of exp(x - max))} along one axis. ONNX LogSoftmax-13. */
public record LogSoftmax(int axis) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        return LineFunction.infer(in, axis);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {LineFunction.LOG_SOFTMAX.map(inputs[0], Lines.along(axis, inputs[0].shape()))};
    }
}
