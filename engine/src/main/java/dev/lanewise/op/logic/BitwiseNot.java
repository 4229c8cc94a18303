package dev.lanewise.op.logic;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import java.util.List;

/** Turns each bit of integers over. ONNX BitwiseNot-18. */
public record BitwiseNot() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        return List.of(new Fact(in.type(0, Elements.integers()), in.shape(0), null, null));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor y = Tensor.zeros(inputs[0].type(), inputs[0].shape());
        for (int i = 0; i < y.size(); i++) {
            Elements.set(y, i, ~inputs[0].longAt(i));
        }
        return new Tensor[] {y};
    }
}
