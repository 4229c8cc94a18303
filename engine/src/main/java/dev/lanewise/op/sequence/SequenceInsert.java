package dev.lanewise.op.sequence;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.ArrayList;
import java.util.List;

/** ONNX SequenceInsert-11: a sequence with a tensor of its type put before a position, at its end where none is given. */
public record SequenceInsert() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        Fact element = in.elementOf(0, DataType.SEQUENCE);
        if (!element.isOfType(in.any(1))) {
            throw in.error("a tensor of the sequence's type " + element, in.any(1).toString(), "cast it");
        }
        if (in.has(2)) {
            Positions.check(in, 2);
        }
        return List.of(in.any(0));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        List<Tensor> elements = new ArrayList<>(inputs[0].elements());
        int length = elements.size();
        boolean atEnd = inputs.length < 3 || inputs[2] == null;
        elements.add(atEnd ? length : Positions.of(inputs[2], length, length + 1), inputs[1]);
        return new Tensor[] {Tensor.sequence(elements)};
    }
}
