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
 * ONNX GridSample-20: x {@code [n, c, d1 … dr]} read at the positions of the grid {@code [n, o1 … or, r]}, which run from -1
 * to 1 along each axis, the last axis first. Output {@code [n, c, o1 … or]}.
 *
 * @param alignCorners -1 and 1 are the centres of the outermost elements, otherwise their outer edges
 */
public record GridSample(Mode mode, Padding padding, boolean alignCorners) implements Operator {
    /** Interpolation between elements. */
    public enum Mode {
        LINEAR, NEAREST, CUBIC
    }

    /** What lies outside. */
    public enum Padding {
        ZEROS, BORDER, REFLECTION
    }

    private static final double CUBIC_A = -0.75;

    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0);
        in.type(1, DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);
        Dim[] x = in.shape(0);
        Dim[] grid = in.shape(1);
        if (x == null || grid == null) {
            return List.of(Fact.unknown(type));
        }
        if (x.length < 3 || grid.length != x.length || !type.isFloatingPoint()) {
            throw in.error("a float x [n, c, d1 … dr] and a grid [n, o1 … or, r]", in.input(0) + " and " + in.input(1),
                    "correct the inputs");
        }
        in.assumeEqual(x[0], grid[0]);
        in.assumeEqual(grid[grid.length - 1], Dim.constant(x.length - 2));
        Dim[] out = x.clone();
        System.arraycopy(grid, 1, out, 2, x.length - 2);
        return List.of(Fact.of(type, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        Tensor x = inputs[0];
        int[] out = Layout.shapes(this, inputs)[0];
        Tensor y = Tensor.zeros(x.type(), out);
        int[] size = Arrays.copyOfRange(x.shape(), 2, x.rank());
        int volume = Layout.product(size, 0, size.length);
        int points = Layout.product(out, 2, out.length);
        double[] position = new double[size.length];
        for (int i = 0; i < y.size(); i++) {
            int plane = i / points;
            int point = plane / out[1] * points + i % points;
            for (int a = 0; a < size.length; a++) {
                double g = Elements.doubleAt(inputs[1], (point + 1) * size.length - 1 - a);
                position[a] = inside(place(g, size[a]), size[a]);
            }
            Elements.set(y, i, sample(x, plane * volume, size, 0, position));
        }
        return new Tensor[] {y};
    }

    /** A grid coordinate as a position among {@code size} elements. */
    private double place(double g, int size) {
        return alignCorners ? (g + 1) / 2 * (size - 1) : ((g + 1) * size - 1) / 2;
    }

    /** Border and reflection act on the position before interpolation. */
    private double inside(double position, int size) {
        return switch (padding) {
            case ZEROS -> position;
            case BORDER -> mode == Mode.CUBIC ? position : Math.clamp(position, 0, size - 1);
            case REFLECTION -> mode == Mode.CUBIC ? position : reflect(position, size);
        };
    }

    private double reflect(double position, int size) {
        double low = alignCorners ? 0 : -0.5;
        double high = alignCorners ? size - 1 : size - 0.5;
        double range = high - low;
        if (range == 0) {
            return 0;
        }
        double distance = Math.abs(position - low) % (2 * range);
        return Math.clamp(low + (distance > range ? 2 * range - distance : distance), 0, size - 1);
    }

    /** Interpolates along {@code axis} and, for each element there, along the axes behind it. */
    private double sample(Tensor x, int offset, int[] size, int axis, double[] position) {
        if (axis == size.length) {
            return Elements.doubleAt(x, offset);
        }
        double p = position[axis];
        if (mode == Mode.NEAREST) {
            return element(x, offset, size, axis, position, (long) Math.rint(p));
        }
        long floor = (long) Math.floor(p);
        double t = p - floor;
        double sum = 0;
        if (mode == Mode.LINEAR) {
            sum += t == 1 ? 0 : (1 - t) * element(x, offset, size, axis, position, floor);
            return sum + (t == 0 ? 0 : t * element(x, offset, size, axis, position, floor + 1));
        }
        for (int k = -1; k <= 2; k++) {
            sum += cubic(Math.abs(k - t)) * element(x, offset, size, axis, position, floor + k);
        }
        return sum;
    }

    private double element(Tensor x, int offset, int[] size, int axis, double[] position, long index) {
        long at = index;
        if (at < 0 || at >= size[axis]) {
            if (padding == Padding.ZEROS) {
                return 0;
            }
            at = padding == Padding.BORDER ? Math.clamp(at, 0, size[axis] - 1) : (long) reflect(at, size[axis]);
        }
        int stride = Layout.product(size, axis + 1, size.length);
        return sample(x, offset + (int) at * stride, size, axis + 1, position);
    }

    private static double cubic(double d) {
        return d <= 1 ? ((CUBIC_A + 2) * d - (CUBIC_A + 3)) * d * d + 1
                : d < 2 ? ((CUBIC_A * d - 5 * CUBIC_A) * d + 8 * CUBIC_A) * d - 4 * CUBIC_A : 0;
    }
}
