package dev.lanewise.op.reduce;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.ReduceFunction;
import dev.lanewise.kernel.UnaryFunction;

/** A reduction of floats that lie side by side, in terms of kernels: the reference and the step share it. */
final class FloatFold {
    private FloatFold() {
    }

    static float apply(Reduce.Function f, Kernels kernels, float[] x, int offset, int n) {
        if (f == Reduce.Function.LOG_SUM_EXP) {
            return logSumExp(kernels, x, offset, n);
        }
        float folded = kernels.reduce(f.kernel(), x, offset, n);
        return switch (f) {
            case MEAN -> folded / n;
            case L2 -> (float) Math.sqrt(folded);
            case LOG_SUM -> (float) StrictMath.log(folded);
            default -> folded;
        };
    }

    /** Whether the elements are lost: such a reduction works on a copy. */
    static boolean overwrites(Reduce.Function f) {
        return f == Reduce.Function.LOG_SUM_EXP;
    }

    /** Takes the largest element out of the sum, so that nothing overflows. */
    private static float logSumExp(Kernels kernels, float[] x, int offset, int n) {
        float max = kernels.reduce(ReduceFunction.MAX, x, offset, n);
        if (Float.isInfinite(max)) {
            return max;
        }
        for (int i = 0; i < n; i++) {
            x[offset + i] -= max;
        }
        kernels.unary(UnaryFunction.EXP, x, offset, x, offset, n);
        return max + (float) StrictMath.log(kernels.reduce(ReduceFunction.SUM, x, offset, n));
    }
}
