package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.Epilogue;
import jdk.incubator.vector.FloatVector;

/**
 * What follows a matrix product, on a block of its result that is still in the L2 cache:
 * {@code activation(c * scale + bias) + residualScale * residual}.
 */
final class VectorEpilogue {
    private VectorEpilogue() {
    }

    static void apply(int rows, int cols, float[] c, int cOffset, int cStride, Epilogue epilogue, int first,
            float[] rowScales, int rowScalesOffset, float[] residual, int residualOffset, int residualStride) {
        for (int r = 0; r < rows; r++) {
            int at = cOffset + r * cStride;
            float[] added = epilogue.activation() == null && epilogue.residualScale() == null ? residual : null;
            float rowScale = rowScales == null ? 1 : rowScales[rowScalesOffset + r];
            int from = residualOffset + r * residualStride;
            if (epilogue.scale() != null && epilogue.bias() != null) {
                scaleAndAdd(cols, c, at, rowScale, epilogue.scale(), epilogue.bias(), first);
            } else if (epilogue.scale() != null) {
                multiply(cols, c, at, rowScale, epilogue.scale(), first);
            } else if (epilogue.bias() != null && added != null) {
                addBoth(cols, c, at, epilogue.bias(), first, added, from);
                continue;
            } else if (epilogue.bias() != null) {
                add(cols, c, at, epilogue.bias(), first);
            }
            if (epilogue.activation() != null) {
                VectorMath.unary(epilogue.activation(), c, at, c, at, cols);
            }
            if (residual != null && epilogue.residualScale() != null) {
                addScaled(cols, c, at, residual, from, epilogue.residualScale(), first);
            } else if (residual != null) {
                add(cols, c, at, residual, from);
            }
        }
    }

    private static void multiply(int n, float[] c, int to, float rowScale, float[] x, int from) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, c, to + i).mul(FloatVector.fromArray(S, x, from + i).mul(rowScale)).intoArray(c,
                    to + i);
        }
        for (; i < n; i++) {
            c[to + i] *= rowScale * x[from + i];
        }
    }

    private static void scaleAndAdd(int n, float[] c, int to, float rowScale, float[] scale, float[] bias, int from) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, c, to + i).mul(FloatVector.fromArray(S, scale, from + i).mul(rowScale))
                    .add(FloatVector.fromArray(S, bias, from + i)).intoArray(c, to + i);
        }
        for (; i < n; i++) {
            float scaled = c[to + i] * (rowScale * scale[from + i]);
            c[to + i] = scaled + bias[from + i];
        }
    }

    private static void addBoth(int n, float[] c, int to, float[] x, int xFrom, float[] y, int yFrom) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, c, to + i).add(FloatVector.fromArray(S, x, xFrom + i))
                    .add(FloatVector.fromArray(S, y, yFrom + i)).intoArray(c, to + i);
        }
        for (; i < n; i++) {
            float sum = c[to + i] + x[xFrom + i];
            c[to + i] = sum + y[yFrom + i];
        }
    }

    private static void addScaled(int n, float[] c, int to, float[] x, int xFrom, float[] scale, int scaleFrom) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, x, xFrom + i).fma(FloatVector.fromArray(S, scale, scaleFrom + i),
                    FloatVector.fromArray(S, c, to + i)).intoArray(c, to + i);
        }
        for (; i < n; i++) {
            c[to + i] = Math.fma(x[xFrom + i], scale[scaleFrom + i], c[to + i]);
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
