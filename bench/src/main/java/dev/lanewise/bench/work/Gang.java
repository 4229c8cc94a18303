package dev.lanewise.bench.work;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Threads that do something at the same time. */
final class Gang {
    private static final long SETTLE_NANOS = 20_000_000;

    private final int threads;

    Gang(int threads) {
        this.threads = threads;
    }

    /** What one of the threads does. */
    interface Part {
        void run(int thread);
    }

    /**
     * Has each thread do its part {@code times} times in a row, all starting together, and returns the seconds of each time from
     * the first start to the last end. Threads wait by spinning, so that each has a core before anything is timed.
     */
    double[] seconds(int times, Part part) throws InterruptedException {
        AtomicInteger arrived = new AtomicInteger();
        long[][] starts = new long[threads][times];
        long[][] ends = new long[threads][times];
        Thread[] workers = IntStream.range(0, threads).mapToObj(t -> Thread.ofPlatform().start(() -> {
            settle();
            for (int i = 0; i < times; i++) {
                arrived.incrementAndGet();
                while (arrived.get() < (i + 1) * threads) {
                    Thread.onSpinWait();
                }
                starts[t][i] = System.nanoTime();
                part.run(t);
                ends[t][i] = System.nanoTime();
            }
        })).toArray(Thread[]::new);
        for (Thread w : workers) {
            w.join();
        }
        return IntStream.range(0, times).mapToDouble(i -> {
            long first = IntStream.range(0, threads).mapToLong(t -> starts[t][i]).min().orElseThrow();
            long last = IntStream.range(0, threads).mapToLong(t -> ends[t][i]).max().orElseThrow();
            return (last - first) / 1e9;
        }).toArray();
    }

    /** New threads may share a core until the scheduler has seen them busy. */
    private static void settle() {
        long end = System.nanoTime() + SETTLE_NANOS;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
