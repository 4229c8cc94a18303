package dev.lanewise.op.sequence;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/** ONNX SequenceConstruct-11: one or more tensors of one type, of any shapes, as a sequence. */
public record SequenceConstruct() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        for (int i = 0; i < Math.max(1, in.count()); i++) {
            in.sameType(0, i);
        }
        return List.of(Fact.sequence(in.input(0)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {Tensor.sequence(List.of(inputs))};
    }
}
