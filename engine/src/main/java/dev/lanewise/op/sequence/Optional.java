package dev.lanewise.op.sequence;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;

/**
 * ONNX Optional-15: an optional that holds the input, or nothing where there is none.
 *
 * @param ifNone what it could hold; null with an input
 */
public record Optional(Fact ifNone) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        if (!in.has(0) && ifNone == null) {
            throw in.error("an input or the attribute type", "neither", "give one");
        }
        return List.of(Fact.optional(in.has(0) ? in.any(0) : ifNone));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return new Tensor[] {Tensor.optional(inputs.length == 0 ? null : inputs[0])};
    }
}
