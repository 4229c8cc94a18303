package dev.lanewise.op.shape;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import java.util.Arrays;

/** Row-major index arithmetic and the reading of integer operands, shared by the operators that move data. */
public final class Layout {
    private Layout() {
    }

    /** Elements from one index to the next, for each axis. */
    public static int[] strides(int... shape) {
        int[] strides = new int[shape.length];
        strides(shape, strides);
        return strides;
    }

    /** The same into an array that is there already. */
    static void strides(int[] shape, int[] strides) {
        int stride = 1;
        for (int a = shape.length - 1; a >= 0; a--) {
            strides[a] = stride;
            stride *= shape[a];
        }
    }

    /** Product of dimensions {@code from} (inclusive) to {@code to} (exclusive). */
    public static int product(int[] shape, int from, int to) {
        int product = 1;
        for (int a = from; a < to; a++) {
            product *= shape[a];
        }
        return product;
    }

    /** Steps {@code index} to the next position of {@code shape} in row-major order. */
    public static void next(int[] index, int[] shape) {
        for (int a = shape.length - 1; a >= 0 && ++index[a] == shape[a]; a--) {
            index[a] = 0;
        }
    }

    /** Elements of an integer operand as expressions, or null where they are not known. */
    public static Dim[] content(Fact f) {
        return f.content() != null ? f.content() : f.constant() != null ? Dim.constants(f.constant().asLongs()) : null;
    }

    /** Elements of an integer operand where all are numbers, or null. */
    public static long[] numbers(Fact f) {
        Dim[] content = content(f);
        boolean known = content != null && Arrays.stream(content).allMatch(Dim::isConstant);
        return known ? Arrays.stream(content).mapToLong(Dim::value).toArray() : null;
    }

    /** Each axis counted from the start; an error where one is out of range or named twice. */
    static int[] axes(Inference in, long[] axes, int rank) {
        int[] from0 = new int[axes.length];
        boolean[] seen = new boolean[rank];
        for (int i = 0; i < axes.length; i++) {
            from0[i] = in.axis(axes[i], rank);
            if (seen[from0[i]]) {
                throw in.error("each axis once", Arrays.toString(axes), "correct the axes");
            }
            seen[from0[i]] = true;
        }
        return from0;
    }

    /** Input {@code i} of an evaluation, or null where it is missing. */
    public static Tensor optional(Tensor[] inputs, int i) {
        return i < inputs.length ? inputs[i] : null;
    }

    /** The shapes that inference gives for these very inputs, so that shape rules and checks are written once. */
    public static int[][] shapes(Operator operator, Tensor[] inputs) {
        Value[] values = Arrays.stream(inputs).map(t -> t == null ? null : Value.constant("", t)).toArray(Value[]::new);
        try {
            return Node.of("", operator, values).outputs().stream().map(v -> shape(v.fact().shape()))
                    .toArray(int[][]::new);
        } catch (ModelFormatException e) {
            throw new InvalidInputException(operator.name(), e.expected(), e.found(), "check the data of the node");
        }
    }

    private static int[] shape(Dim[] dims) {
        return Arrays.stream(dims).mapToInt(d -> Math.toIntExact(d.value())).toArray();
    }

    public static int axis(int axis, int rank) {
        return axis < 0 ? axis + rank : axis;
    }
}
