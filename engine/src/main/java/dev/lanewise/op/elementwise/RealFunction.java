package dev.lanewise.op.elementwise;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.kernel.scalar.ScalarMath;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Lowering;
import java.util.function.Supplier;

/** A function of one real number, applied to each element of a tensor. */
interface RealFunction {
    /** The kernel that defines it for FLOAT, or null: then {@link #apply(double)} rounded to float is its definition. */
    UnaryFunction kernel();

    double apply(double x);

    default float apply(float x) {
        return kernel() != null ? ScalarMath.apply(kernel(), x) : (float) apply((double) x);
    }

    /** Each element of a floating-point tensor; 16-bit types are computed as FLOAT. */
    default Tensor map(Tensor x) {
        if (x.type() == DataType.DOUBLE) {
            double[] from = x.doubles();
            double[] to = new double[from.length];
            for (int i = 0; i < to.length; i++) {
                to[i] = apply(from[i]);
            }
            return Tensor.of(to, x.shape());
        }
        float[] from = Elements.floats(x);
        float[] to = new float[from.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = apply(from[i]);
        }
        return Elements.ofFloats(x.type(), to, x.shape());
    }

    /** A step for FLOAT. */
    default Supplier<Step> lower(Lowering at) {
        if (at.in(0).type() != DataType.FLOAT) {
            return null;
        }
        int x = at.input(0);
        int y = at.output(0);
        int rank = at.out(0).rank();
        Kernels kernels = at.kernels();
        UnaryFunction kernel = kernel();
        return () -> new BroadcastStep(y, rank, x) {
            @Override
            protected void run(Frame f, int to, int from, int b, int c, int n) {
                float[] in = f.floats(x);
                float[] out = f.floats(y);
                if (kernel != null) {
                    kernels.unary(kernel, in, from, out, to, n);
                    return;
                }
                for (int i = 0; i < n; i++) {
                    out[to + i] = RealFunction.this.apply(in[from + i]);
                }
            }
        };
    }
}
