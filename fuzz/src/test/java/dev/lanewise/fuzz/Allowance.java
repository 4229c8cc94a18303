package dev.lanewise.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/**
 * What reading a file may cost: memory above the file's size, and time of the processor. Fuzzed code is instrumented, hence more time
 * than the second that is promised; and what is loaded for the first time pays for that, hence further tries.
 */
final class Allowance {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long MEMORY = 64L << 20;
    private static final long NANOS = 10_000_000_000L;
    private static final int TRIES = 3;

    private Allowance() {
    }

    /** What the reader gives, which has kept to the allowance at least once. */
    static <T> T keep(long fileBytes, Supplier<T> reader) {
        long allocated = 0;
        long nanos = 0;
        for (int i = 0; i < TRIES; i++) {
            long startBytes = THREADS.getCurrentThreadAllocatedBytes();
            long startNanos = THREADS.getCurrentThreadCpuTime();
            T result = reader.get();
            allocated = THREADS.getCurrentThreadAllocatedBytes() - startBytes;
            nanos = THREADS.getCurrentThreadCpuTime() - startNanos;
            if (allocated <= MEMORY + fileBytes && nanos <= NANOS) {
                return result;
            }
        }
        throw new AssertionError(allocated + " bytes allocated, " + nanos / 1_000_000 + " ms");
    }
}
