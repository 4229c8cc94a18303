package dev.lanewise.quant.gradient;

import dev.lanewise.Tensor;
import dev.lanewise.op.norm.LayerNormalization;
import dev.lanewise.op.norm.RMSNormalization;

/** Functions of a line of elements whose outputs depend on all of it. */
final class NormGradients {
    private NormGradients() {
    }

    private static int width(Tensor x, int axis) {
        int width = 1;
        for (int d = axis < 0 ? axis + x.rank() : axis; d < x.rank(); d++) {
            width *= x.dim(d);
        }
        return width;
    }

    /**
     * With {@code x̂ = (x - mean) / deviation} and {@code h = g scale}: {@code dx = (h - mean(h) - x̂ mean(h x̂)) / deviation}.
     */
    static Tensor[] layer(LayerNormalization op, Site s) {
        return normalised(s, width(s.in(0), op.axis()), op.epsilon(), true);
    }

    /** The same without the mean: {@code dx = (h - x̂ mean(h x̂)) / root}. */
    static Tensor[] rms(RMSNormalization op, Site s) {
        int width = width(s.in(0), op.axis());
        if (s.in(1).size() != width) {
            throw s.missing("a scale of " + s.in(1) + " for lines of " + width);
        }
        return normalised(s, width, op.epsilon(), false);
    }

    private static Tensor[] normalised(Site s, int width, double epsilon, boolean centred) {
        s.needsFloats();
        for (int o = 1; o < s.gradients().length; o++) {
            if (s.gradients()[o] != null) {
                throw s.missing("a reader of the statistics");
            }
        }
        float[] x = s.in(0).floats();
        float[] scale = s.in(1).floats();
        float[] g = s.gradient();
        float[] dx = new float[x.length];
        float[] dScale = new float[width];
        float[] dBias = new float[width];
        double[] standard = new double[width];
        for (int row = 0; row < x.length; row += width) {
            double deviation = standardise(x, row, epsilon, centred, standard);
            double mean = 0;
            double along = 0;
            for (int i = 0; i < width; i++) {
                double h = (double) g[row + i] * scale[i];
                mean += h;
                along += h * standard[i];
                dScale[i] += (float) (g[row + i] * standard[i]);
                dBias[i] += g[row + i];
            }
            mean = centred ? mean / width : 0;
            along /= width;
            for (int i = 0; i < width; i++) {
                dx[row + i] = (float) (((double) g[row + i] * scale[i] - mean - standard[i] * along) / deviation);
            }
        }
        Tensor[] all = s.first(Tensor.of(dx, s.in(0).shape()));
        all[1] = Tensor.of(dScale, s.in(1).shape());
        if (all.length > 2 && s.in(2) != null) {
            all[2] = Tensor.of(dBias, s.in(2).shape());
        }
        return all;
    }

    /** Fills {@code standard} with a line at deviation 1; returns the deviation. */
    private static double standardise(float[] x, int from, double epsilon, boolean centred, double[] standard) {
        int width = standard.length;
        double mean = 0;
        for (int i = 0; i < width && centred; i++) {
            mean += x[from + i];
        }
        mean /= width;
        double squares = 0;
        for (int i = 0; i < width; i++) {
            standard[i] = x[from + i] - mean;
            squares += standard[i] * standard[i];
        }
        double deviation = Math.sqrt(squares / width + epsilon);
        for (int i = 0; i < width; i++) {
            standard[i] /= deviation;
        }
        return deviation;
    }

    /** {@code dx = y (g - sum(g y))}, of the logarithm {@code dx = g - exp(y) sum(g)}, along an axis. */
    static Tensor[] softmax(int axis, boolean logarithm, Site s) {
        s.needsFloats();
        Tensor y = s.out()[0];
        int at = axis < 0 ? axis + y.rank() : axis;
        int length = y.dim(at);
        int stride = 1;
        for (int d = at + 1; d < y.rank(); d++) {
            stride *= y.dim(d);
        }
        float[] v = y.floats();
        float[] g = s.gradient();
        float[] dx = new float[v.length];
        for (int line = 0; line < v.length / Math.max(1, length); line++) {
            int from = line / stride * stride * length + line % stride;
            double sum = 0;
            for (int i = 0; i < length; i++) {
                int p = from + i * stride;
                sum += logarithm ? g[p] : (double) g[p] * v[p];
            }
            for (int i = 0; i < length; i++) {
                int p = from + i * stride;
                dx[p] = (float) (logarithm ? g[p] - Math.exp(v[p]) * sum : v[p] * (g[p] - sum));
            }
        }
        return s.first(Tensor.of(dx, y.shape()));
    }
}
