package dev.lanewise.op.nn;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.HalfPrecision;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * The largest element of each window; the padding does not count, a NaN wins. Input {@code [n, c, ...]}; outputs:
 * the values, and their INT64 positions in the flattened input. ONNX MaxPool-22.
 *
 * @param columnMajor whether positions count the first spatial axis fastest
 */
public record MaxPool(Window window, boolean columnMajor) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16, DataType.INT8,
                DataType.UINT8);
        Dim[] out = PoolShape.infer(in, window);
        return out == null ? List.of(Fact.unknown(type), Fact.unknown(DataType.INT64))
                : List.of(Fact.of(type, out), Fact.of(DataType.INT64, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return HalfPrecision.inFloat(inputs, in -> pooled(in[0]));
    }

    private Tensor[] pooled(Tensor x) {
        int[] shape = PoolShape.of(x.shape(), window);
        int[] spatial = Taps.spatial(x.shape());
        Taps taps = Taps.of(window, window.kernel(null), spatial, Taps.spatial(shape));
        int inner = Taps.product(spatial);
        Tensor y = Tensor.zeros(x.type(), shape);
        Tensor indices = Tensor.zeros(DataType.INT64, shape);
        int[] best = new int[taps.positions];
        for (int row = 0; row < shape[0] * shape[1]; row++) {
            Arrays.fill(best, -1);
            switch (x.array()) {
                case float[] a -> largest(a, row * inner, taps, best);
                case double[] a -> largest(a, row * inner, taps, best);
                case byte[] a -> largest(a, x.type() == DataType.INT8 ? -1 : 0xFF, row * inner, taps, best);
                default -> throw new IllegalStateException(x.toString());
            }
            for (int p = 0; p < taps.positions; p++) {
                int to = row * taps.positions + p;
                if (best[p] < 0) {
                    lowest(y, to);
                    indices.longs()[to] = -1;
                } else {
                    System.arraycopy(x.array(), row * inner + best[p], y.array(), to, 1);
                    indices.longs()[to] =
                            (long) row * inner + (columnMajor ? transposed(best[p], spatial) : best[p]);
                }
            }
        }
        return new Tensor[] {y, indices};
    }

    private static void largest(float[] x, int channel, Taps taps, int[] best) {
        for (int q = 0; q < taps.size; q++) {
            for (int p = 0; p < taps.positions; p++) {
                int t = taps.index[q * taps.positions + p];
                if (t >= 0 && (best[p] < 0 || x[channel + t] > x[channel + best[p]]
                        || Float.isNaN(x[channel + t]) && !Float.isNaN(x[channel + best[p]]))) {
                    best[p] = t;
                }
            }
        }
    }

    private static void largest(double[] x, int channel, Taps taps, int[] best) {
        for (int q = 0; q < taps.size; q++) {
            for (int p = 0; p < taps.positions; p++) {
                int t = taps.index[q * taps.positions + p];
                if (t >= 0 && (best[p] < 0 || x[channel + t] > x[channel + best[p]]
                        || Double.isNaN(x[channel + t]) && !Double.isNaN(x[channel + best[p]]))) {
                    best[p] = t;
                }
            }
        }
    }

    /** {@code mask} widens a byte with or without its sign. */
    private static void largest(byte[] x, int mask, int channel, Taps taps, int[] best) {
        for (int q = 0; q < taps.size; q++) {
            for (int p = 0; p < taps.positions; p++) {
                int t = taps.index[q * taps.positions + p];
                if (t >= 0 && (best[p] < 0 || (x[channel + t] & mask) > (x[channel + best[p]] & mask))) {
                    best[p] = t;
                }
            }
        }
    }

    /** The value of a window that lies in the padding; its position is -1. */
    private static void lowest(Tensor y, int at) {
        switch (y.type()) {
            case FLOAT -> y.floats()[at] = Float.NEGATIVE_INFINITY;
            case DOUBLE -> y.doubles()[at] = Double.NEGATIVE_INFINITY;
            case INT8 -> y.bytes()[at] = Byte.MIN_VALUE;
            default -> y.bytes()[at] = 0;
        }
    }

    private static long transposed(int index, int[] spatial) {
        long position = 0;
        int rest = index;
        long[] coordinates = new long[spatial.length];
        for (int d = spatial.length - 1; d >= 0; d--) {
            coordinates[d] = rest % spatial[d];
            rest /= spatial[d];
        }
        for (int d = spatial.length - 1; d >= 0; d--) {
            position = position * spatial[d] + coordinates[d];
        }
        return position;
    }

    /** The positions are of use to unpooling alone; nodes that give them run the reference. */
    @Override
    public Supplier<Step> lower(Lowering at) {
        if (at.in(0).type() != DataType.FLOAT || at.isRead(1)) {
            return null;
        }
        int x = at.input(0);
        int y = at.output(0);
        return () -> new PoolStep(window, x, y, MaxPool::largest, null);
    }

    private static void largest(float[] x, int from, float[] y, int to, Taps taps, int[] counts) {
        Arrays.fill(y, to, to + taps.positions, Float.NEGATIVE_INFINITY);
        for (int q = 0; q < taps.size; q++) {
            for (int p = 0; p < taps.positions; p++) {
                int t = taps.index[q * taps.positions + p];
                if (t >= 0 && (x[from + t] > y[to + p] || Float.isNaN(x[from + t]))) {
                    y[to + p] = x[from + t];
                }
            }
        }
    }
}
