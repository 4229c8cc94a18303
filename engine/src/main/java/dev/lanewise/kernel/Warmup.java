package dev.lanewise.kernel;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;

/**
 * Brings vector kernels to full speed, those that are asked for, on a thread that ends when none is left: calls each with
 * tiny buffers, with every branch that it has, until C2 has compiled it, which shows in its time. Short calls only, since
 * code that is compiled in the middle of a loop keeps its vectors on the heap; and few, since until then each makes garbage.
 */
final class Warmup {
    /** Kernels without a function; after them one place for each function of {@link #UNARY}, {@link #BINARY}, {@link #REDUCE}. */
    static final int GEMM = 0;
    static final int GEMM_TRANSPOSED = 1;
    static final int TRANSPOSE_PANEL = 2;
    static final int SOFTMAX_COLUMNS = 3;
    static final int SOFTMAX_ROWS = 4;
    static final int LAYER_NORM = 5;
    static final int RMS_NORM = 6;
    static final int EPILOGUE = 7;
    static final int MIN_MAX = 8;
    static final int QUANTIZE = 9;
    static final int DEQUANTIZE = 10;
    static final int ADD_TO_INT = 11;
    static final int INT_TO_FLOAT = 12;
    static final int GEMM_INT8 = 13;
    static final int ADD_INTEGERS = 14;
    static final int QUANTIZE_CENTRED = 15;
    static final int GEMM_INT8_WIDENING = 16;
    static final int INT8_TO_FLOAT = 17;
    static final int CONVOLVE = 18;
    static final int MAX_POOL = 19;
    static final int MEAN_POOL = 20;
    static final int GEMV_GROUPS = 21;
    static final int GROUPS_TO_FLOAT = 22;
    static final int CONVOLVE_CHANNELS = 23;
    static final int GEMM_LISTED = 24;
    static final int UNARY = 25;
    static final int BINARY = UNARY + UnaryFunction.values().length;
    static final int REDUCE = BINARY + BinaryFunction.values().length;
    static final int KERNELS = REDUCE + ReduceFunction.values().length;

    private static final long LONGEST_NANOS = 5_000_000_000L;
    private static final long PAUSE_NANOS = 1_000_000;
    /** The first run has the processor and its compilers to itself for this long, unless it is over before. */
    private static final long GRACE_MILLIS = 200;

    private final WarmupCalls calls;
    /** Read by {@link WarmingKernels} without a barrier: a thread that sees a change late runs the scalar kernel once more. */
    private final boolean[] warm = new boolean[KERNELS];
    private final boolean[] wanted = new boolean[KERNELS];
    private final Queue<Integer> news = new ArrayDeque<>();
    private Thread thread;
    private volatile boolean begun;

    Warmup(Kernels kernels) {
        this.calls = new WarmupCalls(kernels);
    }

    boolean isWarm(int kernel) {
        return warm[kernel];
    }

    /** Asks for a kernel; costs a look at a field when that was done before. */
    void want(int kernel) {
        if (!wanted[kernel]) {
            ask(kernel);
        }
    }

    private synchronized void ask(int kernel) {
        if (!wanted[kernel]) {
            wanted[kernel] = true;
            news.add(kernel);
            if (thread == null) {
                thread = Thread.ofPlatform().daemon().name("lanewise-warm-up").start(this::run);
            }
        }
    }

    /** Lets the warm-up begin without further ado. */
    void begin() {
        if (!begun) {
            synchronized (this) {
                begun = true;
                notifyAll();
            }
        }
    }

    /** Asks for all kernels and waits until they are warm. */
    synchronized void awaitAll() {
        for (int kernel = 0; kernel < KERNELS; kernel++) {
            ask(kernel);
        }
        begin();
        boolean interrupted = false;
        while (thread != null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** All that are not warm take turns, so that the compiler has work on one while another is called. */
    private void run() {
        awaitBegin();
        List<WarmupTask> cold = new ArrayList<>();
        long start = System.nanoTime();
        while (take(cold)) {
            boolean late = System.nanoTime() - start > LONGEST_NANOS;
            for (Iterator<WarmupTask> i = cold.iterator(); i.hasNext();) {
                WarmupTask task = i.next();
                task.round();
                if (task.isWarm() || late) {
                    warm[task.kernel()] = true;
                    log(task, start);
                    i.remove();
                }
            }
            if (cold.stream().allMatch(WarmupTask::waitsForCompiler)) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private synchronized void awaitBegin() {
        try {
            if (!begun) {
                wait(GRACE_MILLIS);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
        begun = true;
    }

    /** On this thread, since the first use of a logger takes its time. */
    private static void log(WarmupTask task, long start) {
        System.Logger log = System.getLogger("dev.lanewise");
        long millis = (System.nanoTime() - start) / 1_000_000;
        if (task.isWarm()) {
            log.log(Level.DEBUG, "vector kernel " + task.kernel() + " is compiled after " + millis + " ms");
        } else {
            log.log(Level.WARNING, "vector kernel " + task.kernel() + " is still slow after " + millis
                    + " ms: the JVM's compilers may be short of time");
        }
    }

    /** Moves what was asked for meanwhile to {@code cold}; false ends the thread. */
    private synchronized boolean take(List<WarmupTask> cold) {
        for (Integer kernel = news.poll(); kernel != null; kernel = news.poll()) {
            cold.add(calls.task(kernel));
        }
        if (cold.isEmpty()) {
            thread = null;
            notifyAll();
            return false;
        }
        return true;
    }
}
