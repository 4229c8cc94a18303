package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.op.Elements;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX AffineGrid-20: where each point of an image {@code size} (INT64: n, c, then 2 or 3 spatial sizes) comes from under affine
 * maps theta {@code [n, d, d + 1]}: {@code [n, spatial..., d]}, coordinates in [-1, 1], the last axis of the image first.
 *
 * @param alignCorners whether -1 and 1 are the middles of the outermost points rather than their outer edges
 */
public record AffineGrid(boolean alignCorners) implements Operator {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, Elements.floats());
        in.type(1, DataType.INT64);
        Dim[] size = Layout.content(in.input(1));
        if (size == null) {
            return List.of(Fact.unknown(type));
        }
        if (size.length != 4 && size.length != 5) {
            throw in.error("4 or 5 sizes", Integer.toString(size.length), "give n, c and the spatial sizes");
        }
        int spatial = size.length - 2;
        Dim[] theta = in.shape(0);
        if (theta != null && (theta.length != 3 || isOther(theta[1], spatial) || isOther(theta[2], spatial + 1))) {
            throw in.error("theta [n, " + spatial + ", " + (spatial + 1) + "]", in.input(0).toString(), "reshape it");
        }
        Dim[] out = new Dim[size.length];
        out[0] = theta == null ? size[0] : in.assumeEqual(size[0], theta[0]);
        System.arraycopy(size, 2, out, 1, spatial);
        out[size.length - 1] = Dim.constant(spatial);
        return List.of(Fact.of(type, out));
    }

    private static boolean isOther(Dim d, long value) {
        return d.isConstant() && !d.is(value);
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor theta = inputs[0];
        int[] shape = Layout.shapes(this, inputs)[0];
        Tensor grid = Tensor.zeros(theta.type(), shape);
        int d = shape.length - 2;
        int[] index = new int[d + 1];
        int[] points = Arrays.copyOf(shape, d + 1);
        for (int p = 0; p * d < grid.size(); p++) {
            for (int row = 0; row < d; row++) {
                int at = (index[0] * d + row) * (d + 1);
                double sum = Elements.doubleAt(theta, at + d);
                for (int c = 0; c < d; c++) {
                    sum += Elements.doubleAt(theta, at + c) * coordinate(index[d - c], shape[d - c]);
                }
                Elements.set(grid, p * d + row, sum);
            }
            Layout.next(index, points);
        }
        return new Tensor[] {grid};
    }

    private double coordinate(int i, int n) {
        if (alignCorners) {
            return n == 1 ? 0 : -1 + 2.0 * i / (n - 1);
        }
        return (2.0 * i + 1) / n - 1;
    }
}
