package dev.lanewise.op.sequence;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/** ONNX SequenceEmpty-11: a sequence without elements, of {@code type}. */
public record SequenceEmpty(DataType type) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        return List.of(Fact.sequence(Fact.unknown(type)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {Tensor.sequence(List.of())};
    }
}
