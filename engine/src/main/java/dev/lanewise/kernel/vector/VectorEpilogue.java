package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.Epilogue;
import jdk.incubator.vector.FloatVector;

/** What follows a matrix product, on a block of its result that is still in the L2 cache: {@code activation(c * scale + bias) + residual}. */
final class VectorEpilogue {
    private VectorEpilogue() {
    }

    static void apply(int rows, int cols, float[] c, int cOffset, int cStride, Epilogue epilogue, int first,
            float[] residual, int residualOffset, int residualStride) {
        for (int r = 0; r < rows; r++) {
            int at = cOffset + r * cStride;
            if (epilogue.scale() != null) {
                multiply(cols, c, at, epilogue.scale(), first);
            }
            if (epilogue.bias() != null) {
                add(cols, c, at, epilogue.bias(), first);
            }
            if (epilogue.activation() != null) {
                VectorMath.unary(epilogue.activation(), c, at, c, at, cols);
            }
            if (residual != null) {
                add(cols, c, at, residual, residualOffset + r * residualStride);
            }
        }
    }

    private static void multiply(int n, float[] c, int to, float[] x, int from) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, c, to + i).mul(FloatVector.fromArray(S, x, from + i)).intoArray(c, to + i);
        }
        for (; i < n; i++) {
            c[to + i] *= x[from + i];
        }
    }

    private static void add(int n, float[] c, int to, float[] x, int from) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, c, to + i).add(FloatVector.fromArray(S, x, from + i)).intoArray(c, to + i);
        }
        for (; i < n; i++) {
            c[to + i] += x[from + i];
        }
    }
}
