package dev.lanewise.kernel;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Brings kernels to full speed before they are needed: calls each with tiny buffers often enough for C2 to compile it. Short
 * calls only, since code that is compiled in the middle of a loop keeps its vectors on the heap.
 */
public final class Warmup {
    private static final int ROUNDS = 40;
    private static final int CALLS = 400;
    private static final int ROWS = 25;
    private static final int COLS = 71;
    private static final ConcurrentHashMap<Kernels, Boolean> DONE = new ConcurrentHashMap<>();

    private final Kernels kernels;
    private final float[] a = new float[ROWS * COLS];
    private final float[] b = new float[COLS * PackedMatrix.PANEL];
    private final float[] c = new float[ROWS * COLS];
    private final byte[] bytes = new byte[COLS];
    private final int[] ints = new int[COLS];
    private final float[] state = new float[3];

    private Warmup(Kernels kernels) {
        this.kernels = kernels;
        for (int i = 0; i < a.length; i++) {
            a[i] = (i % 17 - 8) * 0.25f;
        }
    }

    /** Warms these kernels once per process; scalar kernels need none. Takes some tenths of a second. */
    public static void warm(Kernels kernels) {
        if (kernels.vectorBits() > 0) {
            DONE.computeIfAbsent(kernels, k -> {
                new Warmup(k).run();
                return true;
            });
        }
    }

    private void run() {
        for (int round = 0; round < ROUNDS; round++) {
            for (int call = 0; call < CALLS / 10; call++) {
                gemm();
                rows();
            }
            for (int call = 0; call < CALLS; call++) {
                elementwise();
            }
        }
    }

    private void gemm() {
        for (int rows = 1; rows <= 14; rows++) {
            kernels.gemmPanel(rows, PackedMatrix.PANEL, 16, a, 0, COLS, b, 0, c, 0, COLS, (rows & 1) == 0);
        }
        kernels.gemmPanel(2, 7, 16, a, 0, COLS, b, 0, c, 0, COLS, false);
        kernels.epilogue(4, PackedMatrix.PANEL, c, 0, COLS, b, 0, UnaryFunction.GELU, a, 0, COLS);
        kernels.epilogue(4, PackedMatrix.PANEL, c, 0, COLS, b, 0, null, null, 0, 0);
    }

    private void rows() {
        kernels.softmaxRows(4, COLS, a, 0, COLS, c, 0, COLS);
        kernels.layerNormRows(4, COLS, a, 0, COLS, a, b, 1e-5f, c, 0, COLS);
        kernels.rmsNormRows(4, COLS, a, 0, COLS, a, 1e-5f, c, 0, COLS);
        for (ReduceFunction f : ReduceFunction.values()) {
            kernels.reduce(f, a, 0, COLS);
        }
        for (int block = 0; block < 4; block++) {
            state[0] = block == 0 ? Float.NEGATIVE_INFINITY : state[0];
            System.arraycopy(a, 0, c, 0, COLS);
            kernels.softmaxBlock(c, 0, COLS, (block & 1) == 0 ? null : a, 0, state, 0);
        }
    }

    private void elementwise() {
        for (UnaryFunction f : UnaryFunction.values()) {
            kernels.unary(f, a, 1, c, 0, COLS);
        }
        for (BinaryFunction f : BinaryFunction.values()) {
            kernels.binary(f, a, 0, 1, a, 1, 1, c, 0, COLS);
            kernels.binary(f, a, 0, 1, a, 1, 0, c, 0, COLS);
            kernels.binary(f, a, 0, 0, a, 1, 1, c, 0, COLS);
        }
        state[0] = 0;
        state[1] = 0;
        kernels.minMax(a, 0, COLS, state);
        kernels.quantizeLinear8(a, 0, 0.1f, 3, 0, 255, bytes, 0, COLS);
        kernels.dequantizeLinear8(bytes, false, 0, 0.1f, 3, c, 0, COLS);
        kernels.addFloatToInt(b, 0, ints, 0, COLS, true);
        kernels.addFloatToInt(b, 0, ints, 0, COLS, false);
        kernels.intToFloat(ints, 0, c, 0, COLS);
    }
}
