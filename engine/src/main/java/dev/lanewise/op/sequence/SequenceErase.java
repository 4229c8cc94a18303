package dev.lanewise.op.sequence;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.ArrayList;
import java.util.List;

/** ONNX SequenceErase-11: a sequence without the element at a position, without the last where none is given. */
public record SequenceErase() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        if (in.has(1)) {
            Positions.check(in, 1);
        }
        return List.of(Fact.sequence(in.elementOf(0, DataType.SEQUENCE)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        List<Tensor> elements = new ArrayList<>(inputs[0].elements());
        Tensor position = inputs.length < 2 || inputs[1] == null ? Tensor.scalar(-1L) : inputs[1];
        elements.remove(Positions.of(position, elements.size(), elements.size()));
        return new Tensor[] {Tensor.sequence(elements)};
    }
}
