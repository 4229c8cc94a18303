package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX Shape-15: the dimensions of any tensor as an INT64 tensor of rank 1. Its content is always known where the shape is.
 *
 * @param start first axis; negative counts from the end, clamped
 * @param end axis behind the last one, or null for all
 */
public record Shape(int start, Integer end) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        Dim[] shape = in.shape(0);
        if (shape == null) {
            return List.of(Fact.unknown(DataType.INT64));
        }
        Dim[] content = Arrays.copyOfRange(shape, from(shape.length), to(shape.length));
        return List.of(Fact.of(DataType.INT64, Dim.constant(content.length)).withContent(content));
    }

    private int from(int rank) {
        return Math.clamp(start < 0 ? start + rank : start, 0, rank);
    }

    private int to(int rank) {
        int last = end == null ? rank : Math.clamp(end < 0 ? (long) end + rank : end, 0, rank);
        return Math.max(last, from(rank));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int rank = inputs[0].rank();
        long[] dims = Arrays.stream(inputs[0].shape(), from(rank), to(rank)).asLongStream().toArray();
        return new Tensor[] {Tensor.of(dims, dims.length)};
    }
}
