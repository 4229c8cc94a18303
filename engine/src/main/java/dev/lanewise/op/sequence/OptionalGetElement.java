package dev.lanewise.op.sequence;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/** ONNX OptionalGetElement-18: what an optional holds; a tensor or sequence is handed on. */
public record OptionalGetElement() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        Fact x = in.any(0);
        return List.of(x.type() == DataType.OPTIONAL ? x.element() : new Fact(x.type(), x.shape(), null, x.content(),
                x.element()));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        if (inputs[0].type() == DataType.OPTIONAL && inputs[0].size() == 0) {
            throw new InvalidInputException(null, "an optional that holds something", "an empty one",
                    "ask OptionalHasElement first");
        }
        return new Tensor[] {inputs[0].type() == DataType.OPTIONAL ? inputs[0].elements().getFirst() : inputs[0]};
    }
}
