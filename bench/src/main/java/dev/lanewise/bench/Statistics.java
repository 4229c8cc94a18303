package dev.lanewise.bench;

import java.util.Arrays;

/** What is said about many measured values. */
public final class Statistics {
    private Statistics() {
    }

    /** The middle value, or the mean of the two middle ones; NaN of none. */
    public static double median(double... values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    /** The smallest of the values that {@code share} of them do not exceed; NaN of none. */
    public static double percentile(double share, double... values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[Math.clamp((int) Math.ceil(share * sorted.length) - 1, 0, sorted.length - 1)];
    }

    /** How far apart the values are: largest minus smallest, as a share of the median; NaN of fewer than two. */
    public static double spread(double... values) {
        return values.length < 2 ? Double.NaN
                : (Arrays.stream(values).max().orElseThrow() - Arrays.stream(values).min().orElseThrow())
                        / median(values);
    }
}
