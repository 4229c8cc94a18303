package dev.lanewise.op.control;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.op.shape.Concat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Tensors of one shape, one of each iteration, brought together along a new axis. */
final class Stacking {
    private final int axis;
    private final boolean reversed;
    private final List<Tensor> parts = new ArrayList<>();

    /** @param axis of the result, may be negative */
    Stacking(int axis, boolean reversed) {
        this.axis = axis;
        this.reversed = reversed;
    }

    /** Takes the next one; answers with its bytes. */
    long add(Tensor part) {
        if (!parts.isEmpty() && !part.hasShape(parts.getFirst().shape())) {
            throw new InvalidInputException(null, "values of one shape " + parts.getFirst() + " in all iterations",
                    part.toString(), "collect them in a sequence");
        }
        parts.add(part);
        return States.bytes(part);
    }

    /** @param ifNone what is known of a part where there is none */
    Tensor stack(Supplier<Fact> ifNone) {
        if (parts.isEmpty()) {
            Fact f = ifNone.get();
            Dim[] shape = f.hasShape() ? stacked(Dim.ZERO, f.shape(), axis) : new Dim[] {Dim.ZERO};
            return Tensor.zeros(f.type(),
                    Arrays.stream(shape).mapToInt(d -> d.isConstant() ? (int) d.value() : 0).toArray());
        }
        List<Tensor> ordered = reversed ? parts.reversed() : parts;
        int[] one = parts.getFirst().shape();
        int at = axis < 0 ? axis + one.length + 1 : axis;
        int[] shape = new int[one.length + 1];
        for (int a = 0; a < shape.length; a++) {
            shape[a] = a == at ? 1 : one[a < at ? a : a - 1];
        }
        Tensor[] slices = ordered.stream().map(t -> t.reshape(shape)).toArray(Tensor[]::new);
        return new Concat(at).evaluate(slices)[0];
    }

    static Dim[] stacked(Dim count, Dim[] shape, int axis) {
        int at = axis < 0 ? axis + shape.length + 1 : axis;
        Dim[] stacked = new Dim[shape.length + 1];
        for (int a = 0; a < stacked.length; a++) {
            stacked[a] = a == at ? count : shape[a < at ? a : a - 1];
        }
        return stacked;
    }
}
