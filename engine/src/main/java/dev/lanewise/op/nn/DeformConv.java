package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import dev.lanewise.op.shape.Layout;
import java.util.List;

/**
 * ONNX DeformConv-22: convolution over two axes whose window elements are moved by offsets, and read between the points of the
 * image (bilinear, zero outside). Inputs: x {@code [n, c, h, w]}, weights {@code [m, c / group, kh, kw]}, offsets
 * {@code [n, offsetGroups * kh * kw * 2, oh, ow]} (down, then right), optional bias {@code [m]}, optional factors
 * {@code [n, offsetGroups * kh * kw, oh, ow]}. Output {@code [n, m, oh, ow]}.
 *
 * @param offsetGroups parts of the channels with offsets of their own
 */
public record DeformConv(int group, int offsetGroups, Window window) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, Elements.floats());
        for (int i = 1; i < 5; i++) {
            if (in.has(i)) {
                in.sameType(0, i);
            }
        }
        Dim[] out = ConvShape.infer(in, 0, 1, group, window);
        if (out == null || in.shape(2) == null) {
            return List.of(Fact.unknown(type));
        }
        Dim[] w = in.shape(1);
        Dim[] offsets = in.shape(2);
        if (out.length != 4 || offsets.length != 4 || offsetGroups < 1
                || window.padding() != Window.Padding.EXPLICIT) {
            throw in.error("two spatial axes, explicit padding and offsets of rank 4", in.input(0) + " and "
                    + in.input(2), "reshape them");
        }
        Dim points = w[2].times(w[3]).times(offsetGroups);
        checkPoints(in, offsets, points.times(2), out);
        if (in.has(3)) {
            ConvShape.checkBias(in, 3, out);
        }
        if (in.has(4) && in.shape(4) != null) {
            checkPoints(in, in.shape(4), points, out);
        }
        return List.of(Fact.of(type, out));
    }

    private static void checkPoints(Inference in, Dim[] shape, Dim channels, Dim[] out) {
        if (shape.length != 4) {
            throw in.error("offsets and factors of rank 4", "rank " + shape.length, "reshape them");
        }
        in.assumeEqual(shape[0], out[0]);
        in.assumeEqual(shape[1], channels);
        in.assumeEqual(shape[2], out[2]);
        in.assumeEqual(shape[3], out[3]);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor y = Tensor.zeros(inputs[0].type(), Layout.shapes(this, inputs)[0]);
        int[] index = new int[4];
        int[] shape = y.shape();
        for (int i = 0; i < y.size(); i++) {
            Elements.set(y, i, element(inputs, shape, index));
            Layout.next(index, shape);
        }
        return new Tensor[] {y};
    }

    private double element(Tensor[] in, int[] shape, int[] at) {
        Tensor bias = Layout.optional(in, 3);
        Tensor factors = Layout.optional(in, 4);
        Tensor w = in[1];
        int each = w.dim(1);
        int points = w.dim(2) * w.dim(3);
        int perOffset = in[0].dim(1) / offsetGroups;
        double sum = bias == null ? 0 : Elements.doubleAt(bias, at[1]);
        for (int c = 0; c < each; c++) {
            int channel = at[1] / (shape[1] / group) * each + c;
            int offsetGroup = channel / perOffset;
            for (int p = 0; p < points; p++) {
                int point = offsetGroup * points + p;
                double down = Elements.doubleAt(in[2], place(in[2], at, 2 * point));
                double right = Elements.doubleAt(in[2], place(in[2], at, 2 * point + 1));
                double row = start(0, at[2], p / w.dim(3)) + down;
                double column = start(1, at[3], p % w.dim(3)) + right;
                double value = between(in[0], at[0] * in[0].dim(1) + channel, row, column);
                double factor = factors == null ? 1 : Elements.doubleAt(factors, place(factors, at, point));
                sum += Elements.doubleAt(w, (at[1] * each + c) * points + p) * value * factor;
            }
        }
        return sum;
    }

    private static int place(Tensor t, int[] at, int channel) {
        return ((at[0] * t.dim(1) + channel) * t.dim(2) + at[2]) * t.dim(3) + at[3];
    }

    private int start(int axis, int out, int element) {
        int stride = window.strides().isEmpty() ? 1 : window.strides().get(axis);
        int dilation = window.dilations().isEmpty() ? 1 : window.dilations().get(axis);
        int pad = window.pads().isEmpty() ? 0 : window.pads().get(axis);
        return out * stride - pad + element * dilation;
    }

    /** The image of one channel at a place that need not be a point of it. */
    private static double between(Tensor x, int plane, double row, double column) {
        int top = (int) Math.floor(row);
        int left = (int) Math.floor(column);
        double down = row - top;
        double right = column - left;
        return (1 - down) * ((1 - right) * point(x, plane, top, left) + right * point(x, plane, top, left + 1))
                + down * ((1 - right) * point(x, plane, top + 1, left) + right * point(x, plane, top + 1, left + 1));
    }

    private static double point(Tensor x, int plane, int row, int column) {
        boolean inside = row >= 0 && row < x.dim(2) && column >= 0 && column < x.dim(3);
        return inside ? Elements.doubleAt(x, (plane * x.dim(2) + row) * x.dim(3) + column) : 0;
    }
}
