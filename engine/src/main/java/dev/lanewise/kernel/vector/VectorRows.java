package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import jdk.incubator.vector.FloatVector;

/** Softmax and normalisation of rows. */
final class VectorRows {
    private VectorRows() {
    }

    private static void divide(float[] y, int at, float by, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, y, at + i).div(by).intoArray(y, at + i);
        }
        for (; i < n; i++) {
            y[at + i] = y[at + i] / by;
        }
    }

    static void softmax(int rows, int cols, float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride) {
        for (int r = 0; r < rows; r++) {
            int from = xOffset + r * xStride;
            int to = yOffset + r * yStride;
            VectorMath.expShifted(x, from, VectorReduce.max(x, from, cols), y, to, cols);
            divide(y, to, VectorReduce.sum(y, to, cols), cols);
        }
    }

    static void layerNorm(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float[] beta,
            float epsilon,
            float[] y, int yOffset, int yStride) {
        for (int r = 0; r < rows; r++) {
            int from = xOffset + r * xStride;
            int to = yOffset + r * yStride;
            float mean = VectorReduce.sum(x, from, cols) / cols;
            float inverse =
                    1f / (float) Math.sqrt(VectorReduce.squaredDeviations(x, from, cols, mean) / cols + epsilon);
            normalise(x, from, mean, inverse, gamma, beta, y, to, cols);
        }
    }

    private static void normalise(float[] x, int from, float mean, float inverse, float[] gamma, float[] beta,
            float[] y, int to,
            int n) {
        int i = 0;
        if (beta != null) {
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, x, from + i).sub(mean).mul(inverse)
                        .fma(FloatVector.fromArray(S, gamma, i), FloatVector.fromArray(S, beta, i))
                        .intoArray(y, to + i);
            }
        } else {
            for (; i <= n - L; i += L) {
                FloatVector.fromArray(S, x, from + i).sub(mean).mul(inverse).mul(FloatVector.fromArray(S, gamma, i))
                        .intoArray(y, to + i);
            }
        }
        for (; i < n; i++) {
            float v = (x[from + i] - mean) * inverse;
            y[to + i] = beta == null ? v * gamma[i] : Math.fma(v, gamma[i], beta[i]);
        }
    }

    static void rmsNorm(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float epsilon,
            float[] y, int yOffset,
            int yStride) {
        for (int r = 0; r < rows; r++) {
            int from = xOffset + r * xStride;
            int to = yOffset + r * yStride;
            float inverse = 1f / (float) Math.sqrt(VectorReduce.sumSquares(x, from, cols) / cols + epsilon);
            int i = 0;
            for (; i <= cols - L; i += L) {
                FloatVector.fromArray(S, x, from + i).mul(inverse).mul(FloatVector.fromArray(S, gamma, i)).intoArray(y,
                        to + i);
            }
            for (; i < cols; i++) {
                y[to + i] = x[from + i] * inverse * gamma[i];
            }
        }
    }
}
