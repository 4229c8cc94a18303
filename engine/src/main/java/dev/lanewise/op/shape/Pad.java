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
 * ONNX Pad-25: adds elements before and behind each axis; a negative count removes them. Inputs: data, pads (INT64
 * [2·axes]: all the counts before, then all behind), optional value (one element), optional axes (all by default).
 */
public record Pad(Mode mode) implements Operator {
    /** Where the new elements come from. */
    public enum Mode {
        /** The value at input 2, or 0. */
        CONSTANT,
        /** Mirrored at the first and last element, which are not repeated. */
        REFLECT,
        /** The first and last element. */
        EDGE,
        /** The other end. */
        WRAP
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        in.type(1, DataType.INT64);
        if (in.has(2)) {
            in.sameType(0, 2);
        }
        Dim[] shape = in.shape(0);
        Dim[] pads = Layout.content(in.input(1));
        long[] axes = in.has(3) ? Layout.numbers(in.input(3)) : null;
        if (shape == null || pads == null || in.has(3) && axes == null) {
            return List.of(Fact.unknown(type));
        }
        int[] padded = axes == null ? allAxes(shape.length) : Layout.axes(in, axes, shape.length);
        if (pads.length != 2 * padded.length) {
            throw in.error(2 * padded.length + " pads", Integer.toString(pads.length), "give two for each axis");
        }
        Dim[] out = shape.clone();
        for (int i = 0; i < padded.length; i++) {
            int a = padded[i];
            out[a] = out[a].plus(pads[i]).plus(pads[i + padded.length]);
            if (out[a].isConstant() && out[a].value() < 0) {
                throw in.error("a result of 0 or more elements along axis " + a, out[a].toString(), "remove fewer");
            }
            if (mode != Mode.CONSTANT && shape[a].is(0) && !out[a].is(0)) {
                throw in.error("elements to repeat along axis " + a, "none", "pad with a constant");
            }
        }
        return List.of(Fact.of(type, out));
    }

    private static int[] allAxes(int rank) {
        int[] axes = new int[rank];
        Arrays.setAll(axes, a -> a);
        return axes;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        int[] shape = Layout.shapes(this, inputs)[0];
        long[] pads = inputs[1].asLongs();
        Tensor named = Layout.optional(inputs, 3);
        int[] before = new int[shape.length];
        for (int i = 0; i < pads.length / 2; i++) {
            before[named == null ? i : Layout.axis((int) named.longAt(i), shape.length)] = (int) pads[i];
        }
        int[] strides = Layout.strides(x.shape());
        int[] index = new int[shape.length];
        int[] source = new int[Tensor.sizeOf(shape)];
        for (int i = 0; i < source.length; i++) {
            for (int a = 0; a < shape.length && source[i] >= 0; a++) {
                int from = from(index[a] - before[a], x.dim(a));
                source[i] = from < 0 ? -1 : source[i] + from * strides[a];
            }
            Layout.next(index, shape);
        }
        return new Tensor[] {Picks.of(x, source, Layout.optional(inputs, 2), shape)};
    }

    /** The element along an axis of {@code size} that stands at {@code i}; -1 for the constant. */
    private int from(int i, int size) {
        if (i >= 0 && i < size) {
            return i;
        }
        return switch (mode) {
            case CONSTANT -> -1;
            case EDGE -> Math.clamp(i, 0, size - 1);
            case WRAP -> Math.floorMod(i, size);
            case REFLECT -> {
                int period = Math.max(1, 2 * (size - 1));
                int at = Math.floorMod(i, period);
                yield at < size ? at : period - at;
            }
        };
    }
}
