package dev.lanewise.quant.prune;

import java.util.List;

/**
 * How evenly the vectors of a batch are spread: with unit vectors f and {@code p_ij = softmax_j(<f_i, f_j> / temperature)} the mean
 * over i of {@code -sum_j p_ij log p_ij}, in nats. From 0 (each vector knows itself alone) to log of the batch's size (all vectors are
 * the same). Criterion of Adaptive MLP Pruning (arXiv 2603.08100).
 *
 * @param gradients with respect to each vector before it is brought to length 1
 */
record BatchEntropy(double value, List<float[]> gradients) {
    static BatchEntropy of(List<float[]> vectors, double temperature) {
        int n = vectors.size();
        double[] lengths = new double[n];
        double[][] f = new double[n][];
        for (int i = 0; i < n; i++) {
            lengths[i] = length(vectors.get(i));
            f[i] = new double[vectors.get(i).length];
            for (int d = 0; d < f[i].length && lengths[i] > 0; d++) {
                f[i][d] = vectors.get(i)[d] / lengths[i];
            }
        }
        double total = 0;
        double[][] bySimilarity = new double[n][n];
        for (int i = 0; i < n; i++) {
            total += row(f, i, temperature, bySimilarity[i]);
        }
        double scale = 1 / (n * temperature);
        float[][] gradients = new float[n][];
        for (int i = 0; i < n; i++) {
            double[] g = new double[f[i].length];
            for (int j = 0; j < n; j++) {
                double both = (bySimilarity[i][j] + bySimilarity[j][i]) * scale;
                for (int d = 0; d < g.length; d++) {
                    g[d] += both * f[j][d];
                }
            }
            gradients[i] = beforeNormalisation(g, f[i], lengths[i]);
        }
        return new BatchEntropy(total / n, List.of(gradients));
    }

    private static double length(float[] v) {
        double squares = 0;
        for (float x : v) {
            squares += (double) x * x;
        }
        return Math.sqrt(squares);
    }

    /** Entropy of a row; its derivatives by the row's similarities times the temperature. */
    private static double row(double[][] f, int i, double temperature, double[] derivatives) {
        int n = f.length;
        double[] z = new double[n];
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < n; j++) {
            for (int d = 0; d < f[i].length; d++) {
                z[j] += f[i][d] * f[j][d];
            }
            z[j] /= temperature;
            max = Math.max(max, z[j]);
        }
        double sum = 0;
        for (double v : z) {
            sum += Math.exp(v - max);
        }
        double entropy = 0;
        for (int j = 0; j < n; j++) {
            // The logarithm comes from z, not from p, which may be 0.
            double log = z[j] - max - Math.log(sum);
            derivatives[j] = Math.exp(log) * log;
            entropy -= derivatives[j];
        }
        for (int j = 0; j < n; j++) {
            derivatives[j] = -derivatives[j] - entropy * Math.exp(z[j] - max) / sum;
        }
        return entropy;
    }

    /** What is along a vector is lost when it is brought to length 1. */
    private static float[] beforeNormalisation(double[] g, double[] f, double length) {
        double along = 0;
        for (int d = 0; d < g.length; d++) {
            along += g[d] * f[d];
        }
        float[] gradient = new float[g.length];
        for (int d = 0; d < g.length && length > 0; d++) {
            gradient[d] = (float) ((g[d] - along * f[d]) / length);
        }
        return gradient;
    }
}
