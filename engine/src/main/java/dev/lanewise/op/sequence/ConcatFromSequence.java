package dev.lanewise.op.sequence;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Unsqueeze;
import java.util.List;

/**
 * ONNX ConcatFromSequence-11: the elements of a sequence, one or more, behind each other along {@code axis}.
 *
 * @param axis may be negative
 * @param newAxis whether the axis is one that the elements do not have
 */
public record ConcatFromSequence(int axis, boolean newAxis) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        Fact element = in.elementOf(0, DataType.SEQUENCE);
        if (!element.type().isElement()) {
            throw in.error("a sequence of tensors", in.any(0).toString(), "take the sequences apart");
        }
        return List.of(element.withoutShape());
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        List<Tensor> elements = inputs[0].elements();
        if (elements.isEmpty()) {
            throw new InvalidInputException(null, "a sequence of one element or more", "an empty one",
                    "give elements");
        }
        Tensor at = Tensor.of(new long[] {axis}, 1);
        Tensor[] parts = newAxis
                ? elements.stream().map(t -> new Unsqueeze().evaluate(new Tensor[] {t, at})[0]).toArray(Tensor[]::new)
                : elements.toArray(Tensor[]::new);
        return new Concat(axis).evaluate(parts);
    }
}
