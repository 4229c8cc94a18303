package dev.lanewise.op.sequence;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/** ONNX OptionalHasElement-18: BOOL [], whether there is an input and, where it is an optional, it holds something. */
public record OptionalHasElement() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        Fact fact = Fact.of(DataType.BOOL);
        boolean known = !in.has(0) || in.any(0).type() != DataType.OPTIONAL;
        return List.of(known ? fact.withContent(new Dim[] {in.has(0) ? Dim.ONE : Dim.ZERO}) : fact);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        boolean has = inputs.length > 0 && inputs[0] != null
                && (inputs[0].type() != DataType.OPTIONAL || inputs[0].size() > 0);
        return new Tensor[] {Tensor.of(new boolean[] {has})};
    }
}
