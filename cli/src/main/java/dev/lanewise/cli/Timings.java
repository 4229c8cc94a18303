package dev.lanewise.cli;

import java.util.Arrays;

/** Times of many runs in milliseconds; {@code p90} is what nine of ten runs do not exceed. */
record Timings(double median, double p90, double min) {
    static Timings of(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0;
        return new Timings(median / 1e6, sorted[(int) Math.ceil(0.9 * n) - 1] / 1e6, sorted[0] / 1e6);
    }
}
