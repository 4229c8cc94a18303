package dev.lanewise.bench.similarity;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How alike two models see texts.
 *
 * @param spearman rank correlation of the similarities of all pairs of texts
 * @param topOne share of the texts whose most similar other text is the same
 */
public record Likeness(double spearman, double topOne) {
    /** @param full,other vectors of length 1 of the same texts */
    public static Likeness of(float[][] full, float[][] other) {
        int n = full.length;
        float[] a = new float[n * (n - 1) / 2];
        float[] b = new float[a.length];
        int same = 0;
        for (int i = 0, at = 0; i < n; i++) {
            int nearestA = -1;
            int nearestB = -1;
            float mostA = Float.NEGATIVE_INFINITY;
            float mostB = Float.NEGATIVE_INFINITY;
            for (int j = 0; j < n; j++) {
                if (j == i) {
                    continue;
                }
                float sa = dot(full[i], full[j]);
                float sb = dot(other[i], other[j]);
                if (sa > mostA) {
                    mostA = sa;
                    nearestA = j;
                }
                if (sb > mostB) {
                    mostB = sb;
                    nearestB = j;
                }
                if (j < i) {
                    a[at] = sa;
                    b[at++] = sb;
                }
            }
            same += nearestA == nearestB ? 1 : 0;
        }
        return new Likeness(correlation(ranks(a), ranks(b)), (double) same / n);
    }

    private static float dot(float[] a, float[] b) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** Ranks from 0; equal values share the mean of theirs. */
    static double[] ranks(float[] values) {
        long[] keyed = new long[values.length];
        for (int i = 0; i < keyed.length; i++) {
            int bits = Float.floatToIntBits(values[i] + 0f);
            keyed[i] = (long) (bits >= 0 ? bits : bits ^ Integer.MAX_VALUE) << 32 | i;
        }
        Arrays.sort(keyed);
        double[] ranks = new double[values.length];
        for (int from = 0; from < keyed.length;) {
            int to = from + 1;
            while (to < keyed.length && keyed[to] >> 32 == keyed[from] >> 32) {
                to++;
            }
            for (int k = from; k < to; k++) {
                ranks[(int) keyed[k]] = (from + to - 1) / 2.0;
            }
            from = to;
        }
        return ranks;
    }

    static double correlation(double[] a, double[] b) {
        double meanA = Arrays.stream(a).average().orElse(0);
        double meanB = Arrays.stream(b).average().orElse(0);
        double both = IntStream.range(0, a.length).mapToDouble(i -> (a[i] - meanA) * (b[i] - meanB)).sum();
        double squaresA = Arrays.stream(a).map(x -> (x - meanA) * (x - meanA)).sum();
        double squaresB = Arrays.stream(b).map(x -> (x - meanB) * (x - meanB)).sum();
        return both / Math.sqrt(squaresA * squaresB);
    }
}
