package dev.lanewise.op.sequence;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.shape.Layout;
import dev.lanewise.op.shape.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX SplitToSequence-24: a tensor in parts along {@code axis}: of the sizes that the second input lists, or of the one size
 * that it is (the last part may be smaller), or of size 1 where there is none.
 *
 * @param keepDims whether parts of size 1 for want of a second input keep the axis
 */
public record SplitToSequence(int axis, boolean keepDims) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        if (in.has(1)) {
            in.type(1, DataType.INT32, DataType.INT64);
        }
        if (in.shape(0) != null) {
            in.axis(axis, in.shape(0).length);
        }
        return List.of(Fact.sequence(in.input(0)));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        int at = Layout.axis(axis, x.rank());
        Tensor split = Layout.optional(inputs, 1);
        long[] sizes = sizes(split, x.dim(at));
        List<Tensor> parts = new ArrayList<>();
        if (sizes.length > 0) {
            parts.addAll(Arrays.asList(new Split(at, sizes.length).evaluate(
                    new Tensor[] {x, Tensor.of(sizes, sizes.length)})));
        }
        if (split == null && !keepDims) {
            int[] shape = x.shape();
            System.arraycopy(shape, at + 1, shape, at, shape.length - at - 1);
            parts.replaceAll(p -> p.reshape(Arrays.copyOf(shape, shape.length - 1)));
        }
        return new Tensor[] {Tensor.sequence(parts)};
    }

    private static long[] sizes(Tensor split, int length) {
        if (split != null && split.rank() > 0) {
            long[] sizes = split.asLongs();
            if (Arrays.stream(sizes).anyMatch(s -> s < 0 || s > length) || Arrays.stream(sizes).sum() != length) {
                throw new InvalidInputException(null, "sizes of 0 or more that add up to " + length,
                        Arrays.toString(sizes), "correct the sizes");
            }
            return sizes;
        }
        long size = split == null ? 1 : split.longAt(0);
        if (size <= 0) {
            throw new InvalidInputException(null, "parts of size 1 or more", Long.toString(size), "correct the size");
        }
        long[] sizes = new long[Math.toIntExact((length + size - 1) / size)];
        Arrays.fill(sizes, size);
        if (sizes.length > 0) {
            sizes[sizes.length - 1] = length - size * (sizes.length - 1);
        }
        return sizes;
    }
}
