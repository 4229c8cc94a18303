package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.HalfPrecision;
import java.util.Arrays;
import java.util.List;

/**
 * Transposed convolution: each element of x adds the weights, scaled by it, to the window of the output at its
 * position. Inputs: x {@code [n, c, ...]}, weights {@code [c, m/group, ...]}, optional bias {@code [m]}. Output
 * {@code [n, m, ...]}; each result is one chain of fused multiply-adds over channels and then window elements, the
 * bias added last. ONNX ConvTranspose-22.
 *
 * @param outputPadding elements added to the end of each spatial axis; none for 0
 * @param outputShape spatial shape of the output, from which the padding follows; none if the padding is given
 */
public record ConvTranspose(int group, Window window, List<Integer> outputPadding, List<Integer> outputShape)
        implements Operator {
    public ConvTranspose {
        outputPadding = List.copyOf(outputPadding);
        outputShape = List.copyOf(outputShape);
    }

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);
        in.sameType(0, 1);
        if (in.has(2)) {
            in.sameType(0, 2);
        }
        Dim[] x = in.shape(0);
        Dim[] w = in.shape(1);
        if (x == null || w == null || !Arrays.stream(w).skip(2).allMatch(Dim::isConstant)) {
            return List.of(Fact.unknown(type));
        }
        if (x.length < 3 || x.length != w.length) {
            throw in.error("x and weights of one rank, 3 or more", in.input(0) + " and " + in.input(1), "reshape them");
        }
        int axes = x.length - 2;
        window.check(in, axes);
        checkAttributes(in, axes);
        if (x[1].isConstant() && w[0].isConstant() && !x[1].equals(w[0])
                || w[0].isConstant() && w[0].value() % group != 0) {
            throw in.error("x with " + w[0] + " channels in " + group + " groups", in.input(0).toString(),
                    "check the weights' shape and group");
        }
        in.assumeEqual(x[1], w[0]);
        Dim[] out = x.clone();
        out[1] = w[1].times(group);
        for (int d = 0; d < axes; d++) {
            int size = Math.toIntExact(w[2 + d].value());
            out[2 + d] = !outputShape.isEmpty() ? Dim.constant(outputShape.get(d)) : length(x[2 + d], d, size);
            if (out[2 + d].isConstant() && out[2 + d].value() < 1 && !x[2 + d].is(0)) {
                throw in.error("padding smaller than the output", window.toString(), "correct the pads");
            }
        }
        if (in.has(2)) {
            ConvShape.checkBias(in, 2, out);
        }
        return List.of(Fact.of(type, out));
    }

    private void checkAttributes(Inference in, int axes) {
        if (group < 1 || !outputPadding.isEmpty() && outputPadding.size() != axes
                || !outputShape.isEmpty() && outputShape.size() != axes
                || outputPadding.stream().anyMatch(p -> p < 0) || outputShape.stream().anyMatch(s -> s < 1)) {
            throw in.error("a group of 1 or more, output_padding and output_shape with one entry an axis", toString(),
                    "correct the attributes");
        }
    }

    /** Whether the windows of weights of this shape lie side by side and make up the whole output, and there is one group. */
    public boolean tiles(int[] weights) {
        boolean tiles = group == 1 && outputShape.isEmpty() && window.padding() != Window.Padding.SAME_LOWER
                && window.padding() != Window.Padding.SAME_UPPER;
        for (int d = 0; d < weights.length - 2; d++) {
            tiles &= weights[2 + d] == window.stride(d) && window.dilation(d) == 1 && extra(d) == 0
                    && window.padBefore(d) == 0 && window.padAfter(d) == 0;
        }
        return tiles;
    }

    private int extra(int axis) {
        return outputPadding.isEmpty() ? 0 : outputPadding.get(axis);
    }

    /** Length of an axis without any padding taken away. */
    private Dim full(Dim size, int axis, int kernel) {
        return size.plus(-1).times(window.stride(axis)).plus(window.extent(axis, kernel) + extra(axis));
    }

    private Dim length(Dim size, int axis, int kernel) {
        return switch (window.padding()) {
            case EXPLICIT, VALID -> full(size, axis, kernel)
                    .plus(-window.padBefore(axis) - window.padAfter(axis));
            case SAME_UPPER, SAME_LOWER -> size.times(window.stride(axis));
        };
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return HalfPrecision.inFloat(inputs,
                in -> new Tensor[] {transposed(in[0], in[1], in.length > 2 ? in[2] : null)});
    }

    private Tensor transposed(Tensor x, Tensor w, Tensor bias) {
        if (x.rank() != w.rank() || x.rank() < 3 || x.dim(1) != w.dim(0) || x.dim(1) % group != 0) {
            throw new InvalidInputException(null, "x [n, c, ...] and weights [c, m/" + group + ", ...]",
                    x + " and " + w, "check the shapes");
        }
        int[] kernel = Taps.spatial(w.shape());
        int[] spatial = Taps.spatial(x.shape());
        int[] out = new int[kernel.length];
        int[] pads = new int[2 * kernel.length];
        for (int d = 0; d < out.length; d++) {
            out[d] = !outputShape.isEmpty() ? outputShape.get(d)
                    : Math.toIntExact(length(Dim.constant(spatial[d]), d, kernel[d]).value());
            if (out[d] < 1 && spatial[d] > 0) {
                throw new InvalidInputException(null, "padding smaller than the output", window + " for " + x,
                        "correct the pads");
            }
            pads[d] = before(d, spatial[d], kernel[d], out[d]);
        }
        Window placed = new Window(window.kernel(), window.strides(), window.dilations(),
                Arrays.stream(pads).boxed().toList(), Window.Padding.EXPLICIT, false);
        Taps taps = Taps.of(placed, kernel, out, spatial);
        int[] shape = x.shape();
        shape[1] = w.dim(1) * group;
        System.arraycopy(out, 0, shape, 2, out.length);
        Tensor y = Tensor.zeros(x.type(), shape);
        int inner = Taps.product(out);
        int groupOut = w.dim(1);
        int groupIn = x.dim(1) / group;
        for (int row = 0; row < shape[0] * shape[1]; row++) {
            int m = row % shape[1];
            int firstIn = m / groupOut * groupIn;
            for (int c = firstIn; c < firstIn + groupIn; c++) {
                int from = (row / shape[1] * x.dim(1) + c) * taps.positions;
                int weights = (c * groupOut + m % groupOut) * taps.size;
                if (x.type() == DataType.FLOAT) {
                    scatter(x.floats(), from, w.floats(), weights, taps, y.floats(), row * inner);
                } else {
                    scatter(x.doubles(), from, w.doubles(), weights, taps, y.doubles(), row * inner);
                }
            }
            for (int i = row * inner; i < (row + 1) * inner && bias != null; i++) {
                if (x.type() == DataType.FLOAT) {
                    y.floats()[i] += bias.floats()[m];
                } else {
                    y.doubles()[i] += bias.doubles()[m];
                }
            }
        }
        return y;
    }

    /** Elements cut from the start of an axis. */
    private int before(int axis, int size, int kernel, int out) {
        if (outputShape.isEmpty() && window.padding() == Window.Padding.EXPLICIT) {
            return window.padBefore(axis);
        }
        if (outputShape.isEmpty() && window.padding() == Window.Padding.VALID) {
            return 0;
        }
        int total = Math.max(0, Math.toIntExact(full(Dim.constant(size), axis, kernel).value()) - out);
        return window.padding() == Window.Padding.SAME_UPPER ? total / 2 : total - total / 2;
    }

    private static void scatter(float[] x, int from, float[] w, int weights, Taps taps, float[] y, int to) {
        for (int q = 0; q < taps.size; q++) {
            for (int p = 0; p < taps.positions; p++) {
                int t = taps.index[q * taps.positions + p];
                if (t >= 0) {
                    y[to + t] = Math.fma(w[weights + q], x[from + p], y[to + t]);
                }
            }
        }
    }

    private static void scatter(double[] x, int from, double[] w, int weights, Taps taps, double[] y, int to) {
        for (int q = 0; q < taps.size; q++) {
            for (int p = 0; p < taps.positions; p++) {
                int t = taps.index[q * taps.positions + p];
                if (t >= 0) {
                    y[to + t] = Math.fma(w[weights + q], x[from + p], y[to + t]);
                }
            }
        }
    }
}
