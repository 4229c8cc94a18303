package dev.lanewise.op.sequence;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/** ONNX SequenceAt-11: the element of a sequence at a position. */
public record SequenceAt() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        Positions.check(in, 1);
        return List.of(in.elementOf(0, DataType.SEQUENCE));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        List<Tensor> elements = inputs[0].elements();
        return new Tensor[] {elements.get(Positions.of(inputs[1], elements.size(), elements.size()))};
    }
}
