package dev.lanewise.bench.work;

import dev.lanewise.bench.Statistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The two limits of this machine for a number of threads: fused multiply-adds a second, and bytes a second out of memory. Bursts of
 * some milliseconds between other measurements, so that both meet the same clock; the median of all of them counts.
 */
final class Roofs {
    /** Larger than any cache that a benchmark is run on. */
    static final int STREAM_BYTES = 256 << 20;
    /** The first element on a cache line: an array's elements begin 16 bytes into it. */
    private static final int FIRST = 12;
    private static final int[] STREAMS = {1, 4, 8, 12};

    private final Gang gang;
    private final int threads;
    private final float[] data = new float[STREAM_BYTES / Float.BYTES + FIRST];
    private final List<Double> flops = new ArrayList<>();
    private final Map<Integer, List<Double>> bytes = new TreeMap<>();
    private float sum;

    Roofs(int threads) throws InterruptedException {
        this.threads = threads;
        gang = new Gang(threads);
        Arrays.fill(data, 1e-6f);
        for (int i = 0; i < 3; i++) {
            measure();
        }
        flops.clear();
        bytes.clear();
    }

    /** Takes a few bursts of each. */
    void measure() throws InterruptedException {
        float[][] out = new float[threads][64];
        for (double s : gang.seconds(6, t -> FmaPeak.burst(out[t]))) {
            flops.add(threads * FmaPeak.flops() / s);
        }
        int part = (data.length - FIRST) / threads;
        for (int streams : STREAMS) {
            float[] sums = new float[threads];
            List<List<Double>> rates =
                    IntStream.range(0, threads).<List<Double>>mapToObj(t -> new ArrayList<>()).toList();
            gang.seconds(3, t -> sums[t] += StreamingRead.read(data, FIRST + t * part, part, streams, rates.get(t)));
            bytes.computeIfAbsent(streams, n -> new ArrayList<>())
                    .add(rates.stream().mapToDouble(Roofs::median).sum());
            sum += sums[0];
        }
    }

    /** Operations a second; a fused multiply-add is two. */
    double flopsPerSecond() {
        return median(flops);
    }

    /** Bytes a second with as many streams as are best. */
    double bytesPerSecond() {
        return bytes.values().stream().mapToDouble(Roofs::median).max().orElseThrow();
    }

    /** Emits both under a key. */
    void emit(String key) {
        Emit.value(key + "/peak", flopsPerSecond());
        bytes.forEach((streams, b) -> Emit.value(key + "/streams-" + streams, median(b)));
        Emit.value(key + "/bandwidth", bytesPerSecond());
        if (Float.isNaN(sum)) {
            throw new IllegalStateException("what was read is not what was written");
        }
    }

    private static double median(List<Double> values) {
        return Statistics.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
