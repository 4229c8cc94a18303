package dev.lanewise.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Brings kernels to full speed before they are needed: calls each with tiny buffers, with every branch that it has, until C2
 * has compiled it, which shows in its time. Short calls only, since code that is compiled in the middle of a loop keeps its
 * vectors on the heap.
 */
public final class Warmup {
    private static final int BATCH = 32;
    /** A compiled call takes a tenth of this, one that is not yet compiled ten times as much. */
    private static final long FAST_NANOS = 3_000;
    /** Batches that a kernel must be fast before it counts as warm: a branch may still send it back. */
    private static final int FAST_BATCHES = 8;
    private static final long LONGEST_NANOS = 5_000_000_000L;

    /** Lengths with and without a rest beyond whole vectors. */
    private static final int[] LENGTHS = {71, 64, 3};
    private static final int STRIDE = 80;
    private static final int DEPTH = 16;
    private static final ConcurrentHashMap<Kernels, Boolean> DONE = new ConcurrentHashMap<>();

    private final Kernels kernels;
    private final float[] a = new float[32 * STRIDE];
    private final float[] b = new float[64 * STRIDE];
    private final float[] c = new float[32 * STRIDE];
    private final byte[] bytes = new byte[STRIDE];
    private final float[] widened = new float[DEPTH * PackedMatrix.PANEL];
    private final byte[] panels = new byte[DEPTH * PackedMatrix.PANEL];
    private final int[] ints = new int[STRIDE];
    private final float[] state = new float[3 * PackedMatrix.PANEL];
    private final float[] edge = new float[Kernels.EDGE];
    private final int[] starts = new int[32];
    private final int[] segments = {0, STRIDE};

    private Warmup(Kernels kernels) {
        this.kernels = kernels;
        for (int i = 0; i < a.length; i++) {
            a[i] = (i % 17 - 8) * 0.25f;
        }
    }

    /** Warms these kernels once per process; scalar kernels need none. Takes some tenths of a second on an idle machine. */
    public static void warm(Kernels kernels) {
        if (kernels.vectorBits() > 0) {
            DONE.computeIfAbsent(kernels, k -> {
                new Warmup(k).run();
                return true;
            });
        }
    }

    private static final class Task {
        final Runnable calls;
        /** Kernel calls that one run makes. */
        final int count;
        int fast;

        Task(int count, Runnable calls) {
            this.calls = calls;
            this.count = count;
        }

        boolean isWarmAfterABatch() {
            long start = System.nanoTime();
            for (int i = 0; i < BATCH; i++) {
                calls.run();
            }
            boolean isFast = System.nanoTime() - start < BATCH * FAST_NANOS * count;
            fast = isFast ? fast + 1 : 0;
            return fast == FAST_BATCHES;
        }
    }

    /** All that are not warm take turns, so that the compiler has work while they wait for it. */
    private void run() {
        List<Task> cold = tasks();
        long start = System.nanoTime();
        while (!cold.isEmpty() && System.nanoTime() - start < LONGEST_NANOS) {
            for (Iterator<Task> i = cold.iterator(); i.hasNext();) {
                if (i.next().isWarmAfterABatch()) {
                    i.remove();
                }
            }
        }
    }

    private List<Task> tasks() {
        List<Task> tasks = new ArrayList<>();
        tasks.add(new Task(26, this::gemm));
        tasks.add(new Task(12, this::epilogue));
        tasks.add(new Task(11, this::int8));
        tasks.add(new Task(16, this::attention));
        tasks.add(new Task(16, this::convolution));
        tasks.add(new Task(4, this::pooling));
        for (int n : LENGTHS) {
            tasks.add(new Task(2, () -> kernels.softmaxRows(2, n, a, 0, STRIDE, c, 0, STRIDE)));
            tasks.add(new Task(4, () -> {
                kernels.layerNormRows(2, n, a, 0, STRIDE, a, b, 1e-5f, c, 0, STRIDE);
                kernels.layerNormRows(2, n, a, 0, STRIDE, a, null, 1e-5f, c, 0, STRIDE);
            }));
            tasks.add(new Task(2, () -> kernels.rmsNormRows(2, n, a, 0, STRIDE, a, 1e-5f, c, 0, STRIDE)));
            for (ReduceFunction f : ReduceFunction.values()) {
                tasks.add(new Task(1, () -> kernels.reduce(f, a, 0, n)));
            }
            for (UnaryFunction f : UnaryFunction.values()) {
                tasks.add(new Task(1, () -> kernels.unary(f, a, 1, c, 0, n)));
            }
            for (BinaryFunction f : BinaryFunction.values()) {
                tasks.add(new Task(3, () -> {
                    kernels.binary(f, a, 0, 1, a, 1, 1, c, 0, n);
                    kernels.binary(f, a, 0, 1, a, 1, 0, c, 0, n);
                    kernels.binary(f, a, 0, 0, a, 1, 1, c, 0, n);
                }));
            }
            tasks.add(new Task(7, () -> quantised(n)));
        }
        return tasks;
    }

    /** Every height of a tile, alone and after the tallest, with and without what is there already. */
    private void gemm() {
        for (int rows = 1; rows <= 13; rows++) {
            kernels.gemmPanel(rows, PackedMatrix.PANEL, DEPTH, a, 0, STRIDE, b, 0, c, 0, STRIDE, false);
            kernels.gemmPanel(rows, PackedMatrix.PANEL, DEPTH, a, 0, STRIDE, b, 0, c, 0, STRIDE, true);
        }
        kernels.gemmPanel(2, 7, DEPTH, a, 0, STRIDE, b, 0, c, 0, STRIDE, false);
        kernels.gemmPanel(2, 25, DEPTH, a, 0, STRIDE, b, 0, c, 0, STRIDE, true);
    }

    /** Every height of a tile and every piece of an epilogue, an odd and an even number of elements, full and partial panels. */
    private void convolution() {
        for (int rows : new int[] {19, 13, 9, 7}) {
            for (int depth = 31; depth <= 32; depth++) {
                PackedMatrix w = new PackedMatrix(2 * depth, 32 + 16 + 7, b);
                kernels.convolve(w, a, 0, 2, rows, a, 0, starts, 0, segments, c, 0, STRIDE, a, 0, 0, 0f, edge);
                kernels.convolve(w, a, 0, 2, rows, a, 0, starts, 0, segments, c, 0, STRIDE, a, 0, STRIDE, 0f, edge);
            }
        }
    }

    /** Many positions a call: few are fast enough even in code that makes objects of vectors. */
    private void pooling() {
        for (int channels : new int[] {64, 21}) {
            kernels.maxPool(16, STRIDE, channels, a, 0, 3, STRIDE, 3, STRIDE, c, 0, STRIDE);
            kernels.meanPool(16, STRIDE, channels, a, 0, 3, STRIDE, 3, STRIDE, 9f, c, 0, STRIDE);
        }
    }

    private void epilogue() {
        Epilogue all = new Epilogue(a, b, UnaryFunction.GELU);
        for (int n : LENGTHS) {
            kernels.epilogue(2, n, c, 0, STRIDE, all, 0, b, 0, a, 0, STRIDE);
            kernels.epilogue(2, n, c, 0, STRIDE, new Epilogue(null, b, null), 0, null, 0, null, 0, 0);
            kernels.epilogue(2, n, c, 0, STRIDE, new Epilogue(null, b, null), 0, null, 0, a, 0, STRIDE);
            kernels.epilogue(2, n, c, 0, STRIDE, new Epilogue(a, null, null), 0, null, 0, null, 0, 0);
        }
    }

    private void int8() {
        for (int rows = 1; rows <= 13; rows += 2) {
            kernels.gemmInt8(rows, 4 * PackedMatrix.PANEL, DEPTH, a, 0, STRIDE, panels, 0, 0, c, 0, 2 * STRIDE);
        }
        kernels.gemmInt8(2, 4 * PackedMatrix.PANEL, DEPTH, a, 0, STRIDE, panels, 0, 0, c, 0, 2 * STRIDE);
        kernels.int8ToFloat(panels, 0, c, 0, 71);
        kernels.gemmInt8Widening(DEPTH, a, 0, STRIDE, panels, 0, c, 0, STRIDE, widened, 0);
        kernels.addIntegers(3, PackedMatrix.PANEL, 2, b, 0, PackedMatrix.PANEL, c, 0, STRIDE);
    }

    private void attention() {
        for (int rows = 1; rows <= 13; rows += 3) {
            kernels.gemmTransposed(rows, DEPTH, a, 0, STRIDE, b, 0, PackedMatrix.PANEL, c, 0, STRIDE, rows == 1);
        }
        for (int keys = 2; keys <= 3; keys++) {
            Arrays.fill(state, 0, PackedMatrix.PANEL, Float.NEGATIVE_INFINITY);
            kernels.transposePanel(7, keys, a, 0, STRIDE, 0.5f, c, 0);
            kernels.softmaxColumns(keys, c, 0, null, 0, false, state, 0);
            kernels.softmaxColumns(keys, c, 0, a, 0, false, state, 0);
            kernels.softmaxColumns(keys, c, 0, a, 0, true, state, 0);
        }
    }

    private void quantised(int n) {
        kernels.minMax(a, 0, n, state);
        kernels.quantizeCentred(a, 0, 0.1f, 3, c, 0, n);
        kernels.quantizeLinear8(a, 0, 0.1f, 3, 0, 255, bytes, 0, n);
        kernels.dequantizeLinear8(bytes, false, 0, 0.1f, 3, c, 0, n);
        kernels.dequantizeLinear8(bytes, true, 0, 0.1f, 3, c, 0, n);
        kernels.addFloatToInt(b, 0, ints, 0, n, true);
        kernels.addFloatToInt(b, 0, ints, 0, n, false);
        kernels.intToFloat(ints, 0, c, 0, n);
    }
}
