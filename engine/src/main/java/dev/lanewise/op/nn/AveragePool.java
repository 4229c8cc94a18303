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
 * The mean of each window, summed in the order of its elements. Input {@code [n, c, ...]}. ONNX AveragePool-22.
 *
 * @param countPadding whether elements in the padding count, as zeros; what lies beyond it never does
 */
public record AveragePool(Window window, boolean countPadding) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = PoolShape.floatType(in);
        Dim[] out = PoolShape.infer(in, window);
        return List.of(out == null ? Fact.unknown(type) : Fact.of(type, out));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return HalfPrecision.inFloat(inputs, in -> new Tensor[] {pooled(in[0])});
    }

    private Tensor pooled(Tensor x) {
        int[] shape = PoolShape.of(x.shape(), window);
        int[] spatial = Taps.spatial(x.shape());
        int[] out = Taps.spatial(shape);
        Taps taps = Taps.of(window, window.kernel(null), spatial, out);
        int[] counts = counts(taps, spatial, out);
        int inner = Taps.product(spatial);
        Tensor y = Tensor.zeros(x.type(), shape);
        for (int row = 0; row < shape[0] * shape[1]; row++) {
            if (x.type() == DataType.FLOAT) {
                mean(x.floats(), row * inner, y.floats(), row * taps.positions, taps, counts);
            } else {
                mean(x.doubles(), row * inner, y.doubles(), row * taps.positions, taps, counts);
            }
        }
        return y;
    }

    private static void mean(float[] x, int from, float[] y, int to, Taps taps, int[] counts) {
        Arrays.fill(y, to, to + taps.positions, 0);
        for (int q = 0; q < taps.size; q++) {
            for (int p = 0; p < taps.positions; p++) {
                int t = taps.index[q * taps.positions + p];
                if (t >= 0) {
                    y[to + p] += x[from + t];
                }
            }
        }
        for (int p = 0; p < taps.positions; p++) {
            y[to + p] /= counts[p];
        }
    }

    private static void mean(double[] x, int from, double[] y, int to, Taps taps, int[] counts) {
        for (int p = 0; p < taps.positions; p++) {
            double sum = 0;
            for (int q = 0; q < taps.size; q++) {
                int t = taps.index[q * taps.positions + p];
                sum += t >= 0 ? x[from + t] : 0;
            }
            y[to + p] = sum / counts[p];
        }
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        if (at.in(0).type() != DataType.FLOAT) {
            return null;
        }
        int x = at.input(0);
        int y = at.output(0);
        return () -> new PoolStep(window, x, y, AveragePool::mean, this::counts);
    }

    /** Elements that count at each position. */
    private int[] counts(Taps taps, int[] spatial, int[] out) {
        int[] counts = new int[taps.positions];
        int[] kernel = window.kernel(null);
        int[] before = window.before(spatial, out, kernel);
        int[] p = new int[out.length];
        for (int i = 0; i < counts.length; i++) {
            if (countPadding) {
                counts[i] = 1;
                for (int d = 0; d < p.length; d++) {
                    counts[i] *= window.counted(d, p[d], before[d], spatial[d], kernel[d]);
                }
            } else {
                for (int q = 0; q < taps.size; q++) {
                    counts[i] += taps.index[q * taps.positions + i] >= 0 ? 1 : 0;
                }
            }
            Taps.next(p, out);
        }
        return counts;
    }
}
