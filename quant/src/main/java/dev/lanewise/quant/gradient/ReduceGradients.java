package dev.lanewise.quant.gradient;

import dev.lanewise.Tensor;
import dev.lanewise.op.elementwise.Broadcast;
import dev.lanewise.op.reduce.Reduce;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;

/** Reductions: the result's gradient spreads over what was folded into it. */
final class ReduceGradients {
    private ReduceGradients() {
    }

    static Tensor[] reduce(Reduce op, Site s) {
        s.needsFloats();
        Tensor x = s.in(0);
        int[] kept = kept(op, x, s.in(1));
        float[] from = x.floats();
        float[] y = s.out()[0].floats();
        float[] g = s.gradient();
        double count = y.length == 0 ? 1 : (double) from.length / y.length;
        DoubleBinaryOperator derivative = derivative(op.function(), count, s);
        float[] d = new float[from.length];
        Broadcast loops = Broadcast.of(x.shape(), x.shape(), kept);
        loops.all((to, i, j, c, n) -> {
            for (int k = 0; k < n; k++) {
                int r = j + k * loops.step(1);
                d[to + k] = (float) (g[r] * derivative.applyAsDouble(from[to + k], y[r]));
            }
        });
        return s.first(Tensor.of(d, x.shape()));
    }

    /** Of one element of what was folded, and of the result; of several extremes each gets all. */
    private static DoubleBinaryOperator derivative(Reduce.Function f, double count, Site s) {
        return switch (f) {
            case SUM -> (x, y) -> 1;
            case MEAN -> (x, y) -> 1 / count;
            case MAX, MIN -> (x, y) -> x == y ? 1 : 0;
            case L1 -> (x, y) -> Math.signum(x);
            case L2 -> (x, y) -> y == 0 ? 0 : x / y;
            case SUM_SQUARE -> (x, y) -> 2 * x;
            case LOG_SUM -> (x, y) -> Math.exp(-y);
            case LOG_SUM_EXP -> (x, y) -> Math.exp(x - y);
            case PROD -> throw s.missing(f.onnxName());
        };
    }

    /** The result's shape with the folded axes as 1. */
    private static int[] kept(Reduce op, Tensor x, Tensor axes) {
        int[] shape = x.shape();
        if (axes == null || axes.size() == 0) {
            if (!op.noopWithEmptyAxes()) {
                Arrays.fill(shape, 1);
            }
            return shape;
        }
        for (long axis : axes.longs()) {
            shape[(int) (axis < 0 ? axis + shape.length : axis)] = 1;
        }
        return shape;
    }
}
