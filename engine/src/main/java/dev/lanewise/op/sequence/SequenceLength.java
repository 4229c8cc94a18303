package dev.lanewise.op.sequence;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/** ONNX SequenceLength-11: the number of elements, INT64 []. */
public record SequenceLength() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        in.elementOf(0, DataType.SEQUENCE);
        return List.of(Fact.of(DataType.INT64));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {Tensor.scalar((long) inputs[0].size())};
    }
}
