package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/** ONNX Size-13: the number of elements of any tensor as an INT64 scalar. */
public record Size() implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        Fact out = Fact.of(DataType.INT64);
        return List.of(in.shape(0) == null ? out : out.withContent(new Dim[] {in.input(0).size()}));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {Tensor.scalar((long) inputs[0].size())};
    }
}
