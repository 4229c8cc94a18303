package dev.lanewise.op.reduce;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.op.Elements;

/** Reductions by definition: FLOAT and 16-bit types as the kernels do it, DOUBLE in order, integers exactly in 64 bits. */
final class ReferenceReduce {
    private static final Kernels SCALAR = new ScalarKernels();

    private ReferenceReduce() {
    }

    static Tensor fold(Reduce.Function f, Tensor x, FoldedAxes over, int[] shape) {
        return switch (x.type()) {
            case FLOAT, FLOAT16, BFLOAT16 -> floats(f, x, over, shape);
            case DOUBLE -> doubles(f, x, over, shape);
            default -> integers(f, x, over, shape);
        };
    }

    private static Tensor floats(Reduce.Function f, Tensor x, FoldedAxes over, int[] shape) {
        float[] in = Elements.floats(x);
        float[] line = new float[over.length()];
        float[] y = new float[over.results()];
        for (int r = 0; r < y.length; r++) {
            for (int i = 0; i < line.length; i++) {
                line[i] = in[over.start(r) + over.step(i)];
            }
            y[r] = FloatFold.apply(f, SCALAR, line, 0, line.length);
        }
        return Elements.ofFloats(x.type(), y, shape);
    }

    private static Tensor doubles(Reduce.Function f, Tensor x, FoldedAxes over, int[] shape) {
        double[] in = x.doubles();
        double[] y = new double[over.results()];
        for (int r = 0; r < y.length; r++) {
            double max = Double.NEGATIVE_INFINITY;
            double folded = start(f);
            for (int i = 0; i < over.length(); i++) {
                double v = in[over.start(r) + over.step(i)];
                max = Math.max(max, v);
                folded = join(f, folded, v);
            }
            y[r] = f == Reduce.Function.LOG_SUM_EXP ? logSumExp(in, over, r, max) : finish(f, folded, over.length());
        }
        return Tensor.of(y, shape);
    }

    private static double start(Reduce.Function f) {
        return f.kernel().neutral();
    }

    private static double join(Reduce.Function f, double folded, double v) {
        return switch (f) {
            case SUM, MEAN, LOG_SUM, LOG_SUM_EXP -> folded + v;
            case MAX -> Math.max(folded, v);
            case MIN -> Math.min(folded, v);
            case PROD -> folded * v;
            case L1 -> folded + Math.abs(v);
            case L2, SUM_SQUARE -> Math.fma(v, v, folded);
        };
    }

    private static double finish(Reduce.Function f, double folded, int n) {
        return switch (f) {
            case MEAN -> folded / n;
            case L2 -> Math.sqrt(folded);
            case LOG_SUM -> StrictMath.log(folded);
            default -> folded;
        };
    }

    private static double logSumExp(double[] x, FoldedAxes over, int r, double max) {
        if (Double.isInfinite(max)) {
            return max;
        }
        double sum = 0;
        for (int i = 0; i < over.length(); i++) {
            sum += StrictMath.exp(x[over.start(r) + over.step(i)] - max);
        }
        return max + StrictMath.log(sum);
    }

    private static Tensor integers(Reduce.Function f, Tensor x, FoldedAxes over, int[] shape) {
        Tensor y = Tensor.zeros(x.type(), shape);
        boolean unsigned = x.type() == DataType.UINT64;
        boolean logs = f == Reduce.Function.LOG_SUM_EXP;
        double[] values = new double[over.length()];
        for (int r = 0; r < over.results(); r++) {
            long folded = start(f, x.type());
            double max = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < over.length(); i++) {
                int at = over.start(r) + over.step(i);
                values[i] = logs ? Elements.doubleAt(x, at) : 0;
                max = Math.max(max, values[i]);
                folded = join(f, folded, x.longAt(at), unsigned);
            }
            Elements.set(y, r, logs ? logSumExp(values, max) : finish(f, folded, over.length(), unsigned));
        }
        return y;
    }

    /** The result for no elements. */
    private static long start(Reduce.Function f, DataType type) {
        int bits = type == DataType.BOOL ? 1 : type.bits();
        boolean unsigned = type.isUnsigned() || type == DataType.BOOL;
        return switch (f) {
            case MAX -> unsigned ? 0 : Long.MIN_VALUE >> 64 - bits;
            case MIN -> unsigned ? -1L >>> 64 - bits : Long.MAX_VALUE >> 64 - bits;
            case PROD -> 1;
            default -> 0;
        };
    }

    private static long join(Reduce.Function f, long folded, long v, boolean unsigned) {
        boolean less = unsigned ? Long.compareUnsigned(folded, v) < 0 : folded < v;
        return switch (f) {
            case SUM, MEAN, LOG_SUM, LOG_SUM_EXP -> folded + v;
            case MAX -> less ? v : folded;
            case MIN -> less ? folded : v;
            case PROD -> folded * v;
            case L1 -> folded + (unsigned ? v : Math.abs(v));
            case L2, SUM_SQUARE -> folded + v * v;
        };
    }

    private static long finish(Reduce.Function f, long folded, int n, boolean unsigned) {
        return switch (f) {
            case MEAN -> n == 0 ? 0 : unsigned ? Long.divideUnsigned(folded, n) : folded / n;
            case L2 -> (long) Math.sqrt(folded);
            case LOG_SUM -> (long) StrictMath.log(folded);
            default -> folded;
        };
    }

    private static long logSumExp(double[] x, double max) {
        double sum = 0;
        for (double v : x) {
            sum += StrictMath.exp(v - max);
        }
        return (long) (max + StrictMath.log(sum));
    }
}
