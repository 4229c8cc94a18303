package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * ONNX Compress-11: the slices along {@code axis} whose condition (input 1, BOOL [n]) is true; n may be less than the axis.
 *
 * @param axis may be negative; null takes elements of the flattened input
 */
public record Compress(Integer axis) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        in.type(1, DataType.BOOL);
        if (axis != null && in.shape(0) != null) {
            in.axis(axis, in.shape(0).length);
        }
        return List.of(Fact.unknown(in.type(0)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = axis == null ? inputs[0].reshape(inputs[0].size()) : inputs[0];
        int at = axis == null ? 0 : Layout.axis(axis, x.rank());
        byte[] condition = inputs[1].bytes();
        if (condition.length > x.dim(at)) {
            throw new InvalidInputException(name(), "at most " + x.dim(at) + " conditions",
                    Integer.toString(condition.length), "shorten the condition");
        }
        long[] chosen = IntStream.range(0, condition.length).filter(i -> condition[i] != 0).asLongStream().toArray();
        return new Gather(at).evaluate(new Tensor[] {x, Tensor.of(chosen, chosen.length)});
    }
}
