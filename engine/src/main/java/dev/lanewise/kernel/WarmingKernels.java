package dev.lanewise.kernel;

import dev.lanewise.kernel.scalar.ScalarKernels;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Vector kernels, each from the time on when the JVM has compiled it; until then the scalar kernel, which the JVM compiles
 * in a fraction of the time and whose bits are the same. The first call of a kernel asks for it to be warmed.
 */
public final class WarmingKernels implements Kernels {
    private static final ConcurrentHashMap<Kernels, Warmup> WARMUPS = new ConcurrentHashMap<>();

    private final Kernels vector;
    private final ScalarKernels scalar = new ScalarKernels();
    private final Warmup warmup;
    /** Whether the vector kernels run from their first call on, compiled or not. */
    private boolean asTheyAre;

    private WarmingKernels(Kernels vector) {
        this.vector = vector;
        this.warmup = WARMUPS.computeIfAbsent(vector, Warmup::new);
    }

    /** These kernels, with a warm-up where they need one; what is warm is so for the whole process. */
    public static Kernels of(Kernels kernels) {
        return kernels.vectorBits() == 0 ? kernels : new WarmingKernels(kernels);
    }

    /** Waits until all vector kernels are warm: about a second on an idle machine, once per process. */
    public void await() {
        warmup.awaitAll();
    }

    /** Ends the use of scalar kernels: all run as they are. */
    public void useAsTheyAre() {
        asTheyAre = true;
    }

    /** A run is over: what it asked for is warmed now. */
    public void runEnded() {
        warmup.begin();
    }

    private boolean isWarm(int kernel) {
        if (warmup.isWarm(kernel) || asTheyAre) {
            return true;
        }
        warmup.want(kernel);
        return false;
    }

    @Override
    public String name() {
        return vector.name();
    }

    @Override
    public int vectorBits() {
        return vector.vectorBits();
    }

    @Override
    public void gemmPanel(int rows, int cols, int k, float[] a, int aOffset, int aStride, float[] panel,
            int panelOffset, float[] c, int cOffset, int cStride, boolean accumulate) {
        if (isWarm(Warmup.GEMM)) {
            vector.gemmPanel(rows, cols, k, a, aOffset, aStride, panel, panelOffset, c, cOffset, cStride, accumulate);
        } else {
            scalar.gemmPanel(rows, cols, k, a, aOffset, aStride, panel, panelOffset, c, cOffset, cStride, accumulate);
        }
    }

    @Override
    public void gemmListed(int[] list, int first, int rows, int cols, int k, float[] a, int aOffset, int aStride,
            float[] panel, int panelOffset, float[] added, int addedOffset, float[] c, int cOffset, int cStride,
            boolean accumulate) {
        if (isWarm(Warmup.GEMM_LISTED)) {
            vector.gemmListed(list, first, rows, cols, k, a, aOffset, aStride, panel, panelOffset, added, addedOffset,
                    c,
                    cOffset, cStride, accumulate);
        } else {
            scalar.gemmListed(list, first, rows, cols, k, a, aOffset, aStride, panel, panelOffset, added, addedOffset,
                    c,
                    cOffset, cStride, accumulate);
        }
    }

    @Override
    public void convolve(PackedMatrix w, float[] bias, int firstPanel, int lastPanel, int rows, float[] x, int xOffset,
            int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] residual,
            int residualOffset, int residualStride, float floor, float[] edge) {
        if (isWarm(Warmup.CONVOLVE)) {
            vector.convolve(w, bias, firstPanel, lastPanel, rows, x, xOffset, starts, first, segments, y, yOffset,
                    yStride, residual, residualOffset, residualStride, floor, edge);
        } else {
            scalar.convolve(w, bias, firstPanel, lastPanel, rows, x, xOffset, starts, first, segments, y, yOffset,
                    yStride, residual, residualOffset, residualStride, floor, edge);
        }
    }

    @Override
    public void convolveChannels(int channels, float[] w, int wOffset, int wStride, float[] bias, int biasOffset,
            int rows,
            float[] x, int xOffset, int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride,
            float[] residual, int residualOffset, int residualStride, float floor) {
        if (isWarm(Warmup.CONVOLVE_CHANNELS)) {
            vector.convolveChannels(channels, w, wOffset, wStride, bias, biasOffset, rows, x, xOffset, starts, first,
                    segments,
                    y, yOffset, yStride, residual, residualOffset, residualStride, floor);
        } else {
            scalar.convolveChannels(channels, w, wOffset, wStride, bias, biasOffset, rows, x, xOffset, starts, first,
                    segments,
                    y, yOffset, yStride, residual, residualOffset, residualStride, floor);
        }
    }

    @Override
    public void maxPool(int positions, int step, int channels, float[] x, int xOffset, int lines, int line, int pixels,
            int pixel, float[] y, int yOffset, int yStep) {
        if (isWarm(Warmup.MAX_POOL)) {
            vector.maxPool(positions, step, channels, x, xOffset, lines, line, pixels, pixel, y, yOffset, yStep);
        } else {
            scalar.maxPool(positions, step, channels, x, xOffset, lines, line, pixels, pixel, y, yOffset, yStep);
        }
    }

    @Override
    public void meanPool(int positions, int step, int channels, float[] x, int xOffset, int lines, int line, int pixels,
            int pixel, float count, float[] y, int yOffset, int yStep) {
        if (isWarm(Warmup.MEAN_POOL)) {
            vector.meanPool(positions, step, channels, x, xOffset, lines, line, pixels, pixel, count, y, yOffset,
                    yStep);
        } else {
            scalar.meanPool(positions, step, channels, x, xOffset, lines, line, pixels, pixel, count, y, yOffset,
                    yStep);
        }
    }

    @Override
    public void unary(UnaryFunction f, float[] x, int xOffset, float[] y, int yOffset, int n) {
        if (isWarm(Warmup.UNARY + f.ordinal())) {
            vector.unary(f, x, xOffset, y, yOffset, n);
        } else {
            scalar.unary(f, x, xOffset, y, yOffset, n);
        }
    }

    @Override
    public void binary(BinaryFunction f, float[] a, int aOffset, int aStep, float[] b, int bOffset, int bStep,
            float[] y, int yOffset, int n) {
        if (isWarm(Warmup.BINARY + f.ordinal())) {
            vector.binary(f, a, aOffset, aStep, b, bOffset, bStep, y, yOffset, n);
        } else {
            scalar.binary(f, a, aOffset, aStep, b, bOffset, bStep, y, yOffset, n);
        }
    }

    @Override
    public void softmaxRows(int rows, int cols, float[] x, int xOffset, int xStride, float[] y, int yOffset,
            int yStride) {
        if (isWarm(Warmup.SOFTMAX_ROWS)) {
            vector.softmaxRows(rows, cols, x, xOffset, xStride, y, yOffset, yStride);
        } else {
            scalar.softmaxRows(rows, cols, x, xOffset, xStride, y, yOffset, yStride);
        }
    }

    @Override
    public void layerNormRows(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float[] beta,
            float epsilon, float[] y, int yOffset, int yStride) {
        if (isWarm(Warmup.LAYER_NORM)) {
            vector.layerNormRows(rows, cols, x, xOffset, xStride, gamma, beta, epsilon, y, yOffset, yStride);
        } else {
            scalar.layerNormRows(rows, cols, x, xOffset, xStride, gamma, beta, epsilon, y, yOffset, yStride);
        }
    }

    @Override
    public void rmsNormRows(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float epsilon,
            float[] y, int yOffset, int yStride) {
        if (isWarm(Warmup.RMS_NORM)) {
            vector.rmsNormRows(rows, cols, x, xOffset, xStride, gamma, epsilon, y, yOffset, yStride);
        } else {
            scalar.rmsNormRows(rows, cols, x, xOffset, xStride, gamma, epsilon, y, yOffset, yStride);
        }
    }

    @Override
    public float reduce(ReduceFunction f, float[] x, int offset, int n) {
        if (isWarm(Warmup.REDUCE + f.ordinal())) {
            return vector.reduce(f, x, offset, n);
        } else {
            return scalar.reduce(f, x, offset, n);
        }
    }

    @Override
    public void gemmTransposed(int rows, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset,
            int bStride, float[] c, int cOffset, int cStride, boolean accumulate) {
        if (isWarm(Warmup.GEMM_TRANSPOSED)) {
            vector.gemmTransposed(rows, k, a, aOffset, aStride, b, bOffset, bStride, c, cOffset, cStride, accumulate);
        } else {
            scalar.gemmTransposed(rows, k, a, aOffset, aStride, b, bOffset, bStride, c, cOffset, cStride, accumulate);
        }
    }

    @Override
    public void transposePanel(int rows, int cols, float[] x, int xOffset, int xStride, float factor, float[] panel,
            int panelOffset) {
        if (isWarm(Warmup.TRANSPOSE_PANEL)) {
            vector.transposePanel(rows, cols, x, xOffset, xStride, factor, panel, panelOffset);
        } else {
            scalar.transposePanel(rows, cols, x, xOffset, xStride, factor, panel, panelOffset);
        }
    }

    @Override
    public void softmaxColumns(int keys, float[] s, int sOffset, float[] mask, int maskOffset, boolean maskOfQueries,
            float[] state, int stateOffset) {
        if (isWarm(Warmup.SOFTMAX_COLUMNS)) {
            vector.softmaxColumns(keys, s, sOffset, mask, maskOffset, maskOfQueries, state, stateOffset);
        } else {
            scalar.softmaxColumns(keys, s, sOffset, mask, maskOffset, maskOfQueries, state, stateOffset);
        }
    }

    @Override
    public void epilogue(int rows, int cols, float[] c, int cOffset, int cStride, Epilogue epilogue, int first,
            float[] rowScales, int rowScalesOffset, float[] residual, int residualOffset, int residualStride) {
        if (isWarm(Warmup.EPILOGUE)
                && (epilogue.activation() == null || isWarm(Warmup.UNARY + epilogue.activation().ordinal()))) {
            vector.epilogue(rows, cols, c, cOffset, cStride, epilogue, first, rowScales, rowScalesOffset, residual,
                    residualOffset, residualStride);
        } else {
            scalar.epilogue(rows, cols, c, cOffset, cStride, epilogue, first, rowScales, rowScalesOffset, residual,
                    residualOffset, residualStride);
        }
    }

    @Override
    public void gemmInt8(int rows, int cols, int k, float[] a, int aOffset, int aStride, byte[] panels,
            int panelsOffset, int panelStride, float[] c, int cOffset, int cStride) {
        if (isWarm(Warmup.GEMM_INT8)) {
            vector.gemmInt8(rows, cols, k, a, aOffset, aStride, panels, panelsOffset, panelStride, c, cOffset, cStride);
        } else {
            scalar.gemmInt8(rows, cols, k, a, aOffset, aStride, panels, panelsOffset, panelStride, c, cOffset, cStride);
        }
    }

    @Override
    public void gemmInt8Widening(int k, float[] a, int aOffset, int aStride, byte[] panel, int panelOffset, float[] c,
            int cOffset, int cStride, float[] widened, int widenedOffset) {
        if (isWarm(Warmup.GEMM_INT8_WIDENING)) {
            vector.gemmInt8Widening(k, a, aOffset, aStride, panel, panelOffset, c, cOffset, cStride, widened,
                    widenedOffset);
        } else {
            scalar.gemmInt8Widening(k, a, aOffset, aStride, panel, panelOffset, c, cOffset, cStride, widened,
                    widenedOffset);
        }
    }

    @Override
    public void gemvGroups(PackedGroups w, int first, int last, float[] a, int aOffset, float[] c, int cOffset) {
        (isWarm(Warmup.GEMV_GROUPS) ? vector : scalar).gemvGroups(w, first, last, a, aOffset, c, cOffset);
    }

    @Override
    public void groupsToFloat(PackedGroups w, int panel, int first, int rows, float[] y, int yOffset) {
        (isWarm(Warmup.GROUPS_TO_FLOAT) ? vector : scalar).groupsToFloat(w, panel, first, rows, y, yOffset);
    }

    @Override
    public void int8ToFloat(byte[] x, int xOffset, float[] y, int yOffset, int n) {
        if (isWarm(Warmup.INT8_TO_FLOAT)) {
            vector.int8ToFloat(x, xOffset, y, yOffset, n);
        } else {
            scalar.int8ToFloat(x, xOffset, y, yOffset, n);
        }
    }

    @Override
    public void addIntegers(int rows, int cols, int blocks, float[] x, int xOffset, int blockStride, float[] y,
            int yOffset, int yStride) {
        if (isWarm(Warmup.ADD_INTEGERS)) {
            vector.addIntegers(rows, cols, blocks, x, xOffset, blockStride, y, yOffset, yStride);
        } else {
            scalar.addIntegers(rows, cols, blocks, x, xOffset, blockStride, y, yOffset, yStride);
        }
    }

    @Override
    public void minMax(float[] x, int offset, int n, float[] minMax) {
        if (isWarm(Warmup.MIN_MAX)) {
            vector.minMax(x, offset, n, minMax);
        } else {
            scalar.minMax(x, offset, n, minMax);
        }
    }

    @Override
    public void quantizeLinear8(float[] x, int xOffset, float scale, int zeroPoint, int qmin, int qmax, byte[] y,
            int yOffset, int n) {
        if (isWarm(Warmup.QUANTIZE)) {
            vector.quantizeLinear8(x, xOffset, scale, zeroPoint, qmin, qmax, y, yOffset, n);
        } else {
            scalar.quantizeLinear8(x, xOffset, scale, zeroPoint, qmin, qmax, y, yOffset, n);
        }
    }

    @Override
    public void quantizeCentred(float[] x, int xOffset, float scale, int zeroPoint, float[] y, int yOffset, int n) {
        if (isWarm(Warmup.QUANTIZE_CENTRED)) {
            vector.quantizeCentred(x, xOffset, scale, zeroPoint, y, yOffset, n);
        } else {
            scalar.quantizeCentred(x, xOffset, scale, zeroPoint, y, yOffset, n);
        }
    }

    @Override
    public void dequantizeLinear8(byte[] x, boolean signed, int xOffset, float scale, int zeroPoint, float[] y,
            int yOffset, int n) {
        if (isWarm(Warmup.DEQUANTIZE)) {
            vector.dequantizeLinear8(x, signed, xOffset, scale, zeroPoint, y, yOffset, n);
        } else {
            scalar.dequantizeLinear8(x, signed, xOffset, scale, zeroPoint, y, yOffset, n);
        }
    }

    @Override
    public void addFloatToInt(float[] x, int xOffset, int[] y, int yOffset, int n, boolean accumulate) {
        if (isWarm(Warmup.ADD_TO_INT)) {
            vector.addFloatToInt(x, xOffset, y, yOffset, n, accumulate);
        } else {
            scalar.addFloatToInt(x, xOffset, y, yOffset, n, accumulate);
        }
    }

    @Override
    public void intToFloat(int[] x, int xOffset, float[] y, int yOffset, int n) {
        if (isWarm(Warmup.INT_TO_FLOAT)) {
            vector.intToFloat(x, xOffset, y, yOffset, n);
        } else {
            scalar.intToFloat(x, xOffset, y, yOffset, n);
        }
    }
}
