package dev.lanewise.elastic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Measures submodels beside each other. What now and then makes a run slower (interrupts, other processes) is the machine's and not the
 * submodel's, so the high percentile is that of time over median, over the runs of all of them: so many that the percentile is one.
 */
final class Calibrator {
    /** Share of runs that do not take longer than {@link LatencyTable.Row#high}. */
    static final double HIGH = 0.995;

    private Calibrator() {
    }

    /**
     * @param run runs a submodel once
     * @param nanos a clock
     */
    static List<LatencyTable.Row> measure(Elastic elastic, InputSizes sizes, Calibration how, Consumer<Submodel> run,
            LongSupplier nanos) {
        List<Submodel> submodels = elastic.mixes();
        long began = nanos.getAsLong();
        do {
            submodels.forEach(run);
        } while (nanos.getAsLong() - began < how.warmUp().toNanos());
        long[][] times = new long[submodels.size()][how.rounds()];
        List<Integer> order = new ArrayList<>(IntStream.range(0, times.length).boxed().toList());
        Random random = new Random(1);
        for (int round = 0; round < how.rounds(); round++) {
            Collections.shuffle(order, random);
            for (int i : order) {
                long from = nanos.getAsLong();
                run.accept(submodels.get(i));
                times[i][round] = Math.max(1, nanos.getAsLong() - from);
            }
        }
        double excess = excess(times);
        List<LatencyTable.Row> rows = new ArrayList<>();
        for (int i = 0; i < times.length; i++) {
            long median = median(times[i]);
            rows.add(new LatencyTable.Row(sizes, submodels.get(i), Duration.ofNanos(median),
                    Duration.ofNanos((long) Math.ceil(median * excess))));
        }
        return rows;
    }

    /** The high percentile of time over median, at least 1. */
    private static double excess(long[][] times) {
        double[] all =
                Arrays.stream(times).flatMapToDouble(t -> Arrays.stream(t).mapToDouble(n -> (double) n / median(t)))
                        .sorted().toArray();
        return Math.max(1, all[(int) Math.ceil(HIGH * all.length) - 1]);
    }

    private static long median(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
