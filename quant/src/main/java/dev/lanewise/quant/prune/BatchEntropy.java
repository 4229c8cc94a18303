package dev.lanewise.quant.prune;

import java.util.List;

/**
 * How evenly the vectors of a batch are spread: the mean over i of {@code -sum_j p_ij log p_ij} of their {@link Similarities}, in
 * nats. From 0 (each vector knows itself alone) to log of the batch's size (all vectors are the same). Criterion of Adaptive MLP
 * Pruning (arXiv 2603.08100).
 *
 * @param gradients with respect to each vector before it is brought to length 1
 */
record BatchEntropy(double value, List<float[]> gradients) {
    static BatchEntropy of(List<float[]> vectors, double temperature) {
        Similarities similarities = Similarities.of(vectors, temperature);
        double[][] f = similarities.units();
        int n = f.length;
        double[][] bySimilarity = new double[n][];
        for (int i = 0; i < n; i++) {
            bySimilarity[i] = derivatives(similarities.logs()[i]);
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
            gradients[i] = beforeNormalisation(g, f[i], similarities.lengths()[i]);
        }
        return new BatchEntropy(similarities.entropy(), List.of(gradients));
    }

    /** Those of a row's entropy by the row's similarities, times the temperature. */
    private static double[] derivatives(double[] logs) {
        double entropy = 0;
        for (double log : logs) {
            entropy -= Math.exp(log) * log;
        }
        double[] derivatives = new double[logs.length];
        for (int j = 0; j < logs.length; j++) {
            derivatives[j] = -Math.exp(logs[j]) * (logs[j] + entropy);
        }
        return derivatives;
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
