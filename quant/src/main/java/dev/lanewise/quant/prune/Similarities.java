package dev.lanewise.quant.prune;

import java.util.List;

/**
 * What the vectors of a batch are to each other: with unit vectors f the logarithms of
 * {@code p_ij = softmax_j(<f_i, f_j> / temperature)}, each vector's similarity to itself included.
 *
 * @param units the vectors brought to length 1; those of length 0 stay
 * @param lengths what they were divided by
 * @param logs {@code [i][j]}, in nats
 */
record Similarities(double[][] units, double[] lengths, double[][] logs) {
    static Similarities of(List<float[]> vectors, double temperature) {
        int n = vectors.size();
        double[] lengths = new double[n];
        double[][] f = new double[n][];
        for (int i = 0; i < n; i++) {
            float[] v = vectors.get(i);
            lengths[i] = length(v);
            f[i] = new double[v.length];
            for (int d = 0; d < v.length && lengths[i] > 0; d++) {
                f[i][d] = v[d] / lengths[i];
            }
        }
        double[][] logs = new double[n][n];
        for (int i = 0; i < n; i++) {
            row(f, i, temperature, logs[i]);
        }
        return new Similarities(f, lengths, logs);
    }

    private static double length(float[] v) {
        double squares = 0;
        for (float x : v) {
            squares += (double) x * x;
        }
        return Math.sqrt(squares);
    }

    private static void row(double[][] f, int i, double temperature, double[] z) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < z.length; j++) {
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
        for (int j = 0; j < z.length; j++) {
            z[j] -= max + Math.log(sum);
        }
    }

    /** Mean over i of {@code -sum_j p_ij log p_ij}, in nats: 0 to log of the batch's size. */
    double entropy() {
        double total = 0;
        for (double[] row : logs) {
            for (double log : row) {
                total -= Math.exp(log) * log;
            }
        }
        return total / logs.length;
    }

    /** Mean over i of {@code sum_j p_ij (log p_ij - log q_ij)} from these to other ones of the same samples, in nats. */
    double divergence(Similarities other) {
        double total = 0;
        for (int i = 0; i < logs.length; i++) {
            for (int j = 0; j < logs.length; j++) {
                total += Math.exp(logs[i][j]) * (logs[i][j] - other.logs[i][j]);
            }
        }
        return total / logs.length;
    }
}
