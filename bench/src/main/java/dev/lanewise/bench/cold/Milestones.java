package dev.lanewise.bench.cold;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * When a process reached what, in milliseconds since its parent started it, and the memory it had by then. Printed as one
 * line of {@code name=value} pairs for {@link ColdStart} to read.
 */
final class Milestones {
    private static final int WINDOW = 5;
    private static final double NEAR = 1.1;

    private final Instant start;
    private final Map<String, Double> reached = new LinkedHashMap<>();

    /** @param epochNanos when the process was started */
    Milestones(long epochNanos) {
        this.start = Instant.EPOCH.plusNanos(epochNanos);
        mark("main");
    }

    private double now() {
        return java.time.Duration.between(start, Instant.now()).toNanos() / 1e6;
    }

    void mark(String name) {
        reached.put(name, now());
    }

    /** Peak and present resident memory in MiB, as Linux accounts for the whole process. */
    void memory(String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:") || line.startsWith("VmRSS:")) {
                String key = name + (line.startsWith("VmHWM:") ? ".peak" : ".rss");
                reached.put(key, Long.parseLong(line.replaceAll("\\D+", "")) / 1024.0);
            }
        }
    }

    /**
     * First embedding, then the same again until {@code untilMillis} after the start. Full speed is reached with the first
     * five runs in a row whose median is within a tenth of the median of the last third.
     */
    void run(Supplier<float[]> embed, double untilMillis) throws IOException {
        float[] first = embed.get();
        mark("first");
        memory("first");
        double[] ends = new double[1 << 20];
        double[] times = new double[1 << 20];
        int runs = 0;
        for (double begin = now(); begin < untilMillis || runs < 3 * WINDOW; runs++) {
            float[] vector = embed.get();
            ends[runs] = now();
            times[runs] = ends[runs] - begin;
            begin = ends[runs];
            if (!Arrays.equals(vector, first)) {
                throw new IllegalStateException("run " + runs + " differs from the first");
            }
        }
        double steady = median(times, runs - runs / 3, runs);
        int full = WINDOW;
        while (median(times, full - WINDOW, full) > steady * NEAR) {
            full++;
        }
        reached.put("full", ends[full - 1]);
        reached.put("steady", steady);
        memory("end");
        reached.put("check", (double) first[0]);
    }

    private static double median(double[] values, int from, int to) {
        double[] sorted = Arrays.copyOfRange(values, from, to);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("milestones");
        reached.forEach((name, value) -> out.append(' ').append(name).append('=').append(value));
        return out.toString();
    }
}
