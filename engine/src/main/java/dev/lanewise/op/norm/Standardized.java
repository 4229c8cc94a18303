package dev.lanewise.op.norm;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.ReduceFunction;
import dev.lanewise.kernel.scalar.ScalarKernels;
import java.util.Arrays;

/** Rows brought to mean 0 and deviation 1, and what normalisations do with them afterwards; FLOAT and DOUBLE. */
final class Standardized {
    static final ScalarKernels KERNELS = new ScalarKernels();

    private Standardized() {
    }

    /** {@code (x - mean) / sqrt(variance + epsilon)} of each contiguous row of {@code width} elements. */
    static Tensor rows(Tensor x, int width, float epsilon) {
        Tensor y = Tensor.zeros(x.type(), x.shape());
        int rows = width == 0 ? 0 : x.size() / width;
        if (x.type() == DataType.FLOAT) {
            float[] ones = new float[width];
            Arrays.fill(ones, 1);
            KERNELS.layerNormRows(rows, width, x.floats(), 0, width, ones, null, epsilon, y.floats(), 0, width);
            return y;
        }
        for (int r = 0; r < rows; r++) {
            double mean = mean(x.doubles(), r * width, width);
            double inverse = 1 / Math.sqrt(variance(x.doubles(), r * width, width, mean) + epsilon);
            for (int i = r * width; i < (r + 1) * width; i++) {
                y.doubles()[i] = (x.doubles()[i] - mean) * inverse;
            }
        }
        return y;
    }

    static double mean(double[] x, int offset, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[offset + i];
        }
        return sum / n;
    }

    static double variance(double[] x, int offset, int n, double mean) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double d = x[offset + i] - mean;
            sum = Math.fma(d, d, sum);
        }
        return sum / n;
    }

    static float mean(float[] x, int offset, int n) {
        return KERNELS.reduce(ReduceFunction.SUM, x, offset, n) / n;
    }

    /** Mean of the squared deviations; {@code deviations} is working memory for {@code n} elements. */
    static float variance(float[] x, int offset, int n, float mean, float[] deviations) {
        for (int i = 0; i < n; i++) {
            deviations[i] = x[offset + i] - mean;
        }
        return KERNELS.reduce(ReduceFunction.SUM_SQUARES, deviations, 0, n) / n;
    }

    /** {@code x[n, c, ...] * scale[c] + bias[c]}, fused. */
    static Tensor perChannel(Tensor x, Tensor scale, Tensor bias) {
        Tensor y = Tensor.zeros(x.type(), x.shape());
        int channels = scale.size();
        int inner = x.size() == 0 ? 0 : x.size() / (x.dim(0) * channels);
        for (int row = 0; row < x.size() / Math.max(inner, 1); row++) {
            int c = row % channels;
            for (int i = row * inner; i < (row + 1) * inner; i++) {
                if (x.type() == DataType.FLOAT) {
                    y.floats()[i] = Math.fma(x.floats()[i], scale.floats()[c], bias.floats()[c]);
                } else {
                    y.doubles()[i] = Math.fma(x.doubles()[i], scale.doubles()[c], bias.doubles()[c]);
                }
            }
        }
        return y;
    }
}
