package dev.lanewise.kernel.vector;

import dev.lanewise.kernel.BinaryFunction;
import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedGroups;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.ReduceFunction;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.kernel.scalar.ScalarKernels;

/** The kernels on the Vector API. Ranges' ends go to the scalar kernels, which give the same bits. */
public final class VectorKernels implements Kernels {
    private final ScalarKernels scalar = new ScalarKernels();

    @Override
    public String name() {
        return "vector";
    }

    @Override
    public int vectorBits() {
        return Width.S.vectorBitSize();
    }

    @Override
    public void gemmPanel(int rows, int cols, int k, float[] a, int aOffset, int aStride, float[] panel,
            int panelOffset, float[] c,
            int cOffset, int cStride, boolean accumulate) {
        VectorGemm.panel(rows, cols, k, a, aOffset, aStride, panel, panelOffset, c, cOffset, cStride, accumulate);
    }

    @Override
    public void gemmListed(int[] list, int first, int rows, int cols, int k, float[] a, int aOffset, int aStride,
            float[] panel, int panelOffset, float[] added, int addedOffset, float[] c, int cOffset, int cStride,
            boolean accumulate) {
        GemmListed.panel(list, first, rows, cols, k, a, aOffset, aStride, panel, panelOffset, added, addedOffset, c,
                cOffset, cStride, accumulate);
    }

    @Override
    public void convolve(PackedMatrix w, float[] bias, int firstPanel, int lastPanel, int rows, float[] x, int xOffset,
            int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] residual,
            int residualOffset, int residualStride, float floor, float[] edge) {
        VectorConv.run(w, bias, firstPanel, lastPanel, rows, x, xOffset, starts, first, segments, y, yOffset, yStride,
                residual, residualOffset, residualStride, floor, edge);
    }

    @Override
    public void convolveChannels(int channels, float[] w, int wOffset, int wStride, float[] bias, int biasOffset,
            int rows,
            float[] x, int xOffset, int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride,
            float[] residual, int residualOffset, int residualStride, float floor) {
        int c = VectorConvChannels.run(channels, w, wOffset, wStride, bias, biasOffset, rows, x, xOffset, starts, first,
                segments,
                y, yOffset, yStride, residual, residualOffset, residualStride, floor);
        if (c < channels) {
            scalar.convolveChannels(channels - c, w, wOffset + c, wStride, bias, biasOffset + c, rows, x, xOffset + c,
                    starts, first, segments, y, yOffset + c, yStride, residual, residualOffset + c, residualStride,
                    floor);
        }
    }

    @Override
    public void maxPool(int positions, int step, int channels, float[] x, int xOffset, int lines, int line, int pixels,
            int pixel, float[] y, int yOffset, int yStep) {
        int c = VectorWindows.max(positions, step, channels, x, xOffset, lines, line, pixels, pixel, y, yOffset,
                yStep);
        if (c < channels) {
            scalar.maxPool(positions, step, channels - c, x, xOffset + c, lines, line, pixels, pixel, y,
                    yOffset + c, yStep);
        }
    }

    @Override
    public void meanPool(int positions, int step, int channels, float[] x, int xOffset, int lines, int line, int pixels,
            int pixel, float count, float[] y, int yOffset, int yStep) {
        int c = VectorWindows.mean(positions, step, channels, x, xOffset, lines, line, pixels, pixel, count, y, yOffset,
                yStep);
        if (c < channels) {
            scalar.meanPool(positions, step, channels - c, x, xOffset + c, lines, line, pixels, pixel, count, y,
                    yOffset + c, yStep);
        }
    }

    @Override
    public void unary(UnaryFunction f, float[] x, int xOffset, float[] y, int yOffset, int n) {
        VectorMath.unary(f, x, xOffset, y, yOffset, n);
    }

    @Override
    public void binary(BinaryFunction f, float[] a, int aOffset, int aStep, float[] b, int bOffset, int bStep,
            float[] y, int yOffset,
            int n) {
        int i = VectorBinary.apply(f, a, aOffset, aStep, b, bOffset, bStep, y, yOffset, n);
        if (i < n) {
            scalar.binary(f, a, aOffset + i * aStep, aStep, b, bOffset + i * bStep, bStep, y, yOffset + i, n - i);
        }
    }

    @Override
    public void softmaxRows(int rows, int cols, float[] x, int xOffset, int xStride, float[] y, int yOffset,
            int yStride) {
        VectorRows.softmax(rows, cols, x, xOffset, xStride, y, yOffset, yStride);
    }

    @Override
    public void layerNormRows(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float[] beta,
            float epsilon,
            float[] y, int yOffset, int yStride) {
        VectorRows.layerNorm(rows, cols, x, xOffset, xStride, gamma, beta, epsilon, y, yOffset, yStride);
    }

    @Override
    public void rmsNormRows(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float epsilon,
            float[] y,
            int yOffset, int yStride) {
        VectorRows.rmsNorm(rows, cols, x, xOffset, xStride, gamma, epsilon, y, yOffset, yStride);
    }

    @Override
    public float reduce(ReduceFunction f, float[] x, int offset, int n) {
        return VectorReduce.reduce(f, x, offset, n);
    }

    @Override
    public void gemmTransposed(int rows, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset,
            int bStride, float[] c, int cOffset, int cStride, boolean accumulate) {
        GemmTransposed.panel(rows, k, a, aOffset, aStride, b, bOffset, bStride, c, cOffset, cStride, accumulate);
    }

    @Override
    public void transposePanel(int rows, int cols, float[] x, int xOffset, int xStride, float factor, float[] panel,
            int panelOffset) {
        scalar.transposePanel(rows, cols, x, xOffset, xStride, factor, panel, panelOffset);
    }

    @Override
    public void softmaxColumns(int keys, float[] s, int sOffset, float[] mask, int maskOffset, boolean maskOfQueries,
            float[] state, int stateOffset) {
        VectorSoftmax.columns(keys, s, sOffset, mask, maskOffset, maskOfQueries, state, stateOffset);
    }

    @Override
    public void epilogue(int rows, int cols, float[] c, int cOffset, int cStride, Epilogue epilogue, int first,
            float[] rowScales, int rowScalesOffset, float[] residual, int residualOffset, int residualStride) {
        VectorEpilogue.apply(rows, cols, c, cOffset, cStride, epilogue, first, rowScales, rowScalesOffset, residual,
                residualOffset, residualStride);
    }

    @Override
    public void gemmInt8(int rows, int cols, int k, float[] a, int aOffset, int aStride, byte[] panels,
            int panelsOffset, int panelStride, float[] c, int cOffset, int cStride) {
        int j = GemmInt8.panels(rows, cols, k, a, aOffset, aStride, panels, panelsOffset, panelStride, c, cOffset,
                cStride);
        if (j < cols) {
            scalar.gemmInt8(rows, cols - j, k, a, aOffset, aStride, panels,
                    panelsOffset + j / PackedMatrix.PANEL * panelStride, panelStride, c, cOffset + j, cStride);
        }
    }

    @Override
    public void gemmInt8Widening(int k, float[] a, int aOffset, int aStride, byte[] panel, int panelOffset, float[] c,
            int cOffset, int cStride, float[] widened, int widenedOffset) {
        if (Width.MANY_REGISTERS && Width.L >= 8) {
            GemmInt8.widening(k, a, aOffset, aStride, panel, panelOffset, c, cOffset, cStride, widened, widenedOffset);
        } else {
            int8ToFloat(panel, panelOffset, widened, widenedOffset, k * PackedMatrix.PANEL);
            gemmPanel(8, PackedMatrix.PANEL, k, a, aOffset, aStride, widened, widenedOffset, c, cOffset, cStride,
                    false);
        }
    }

    @Override
    public void gemvGroups(PackedGroups w, int first, int last, float[] a, int aOffset, float[] c, int cOffset) {
        if (Width.L >= 8) {
            VectorGroups.gemv(w, first, last, a, aOffset, c, cOffset);
        } else {
            scalar.gemvGroups(w, first, last, a, aOffset, c, cOffset);
        }
    }

    @Override
    public void groupsToFloat(PackedGroups w, int panel, int first, int rows, float[] y, int yOffset) {
        if (Width.L >= 8) {
            VectorGroups.toFloat(w, panel, first, rows, y, yOffset);
        } else {
            scalar.groupsToFloat(w, panel, first, rows, y, yOffset);
        }
    }

    @Override
    public void int8ToFloat(byte[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = VectorQuantized.toFloat(x, xOffset, y, yOffset, n);
        scalar.int8ToFloat(x, xOffset + i, y, yOffset + i, n - i);
    }

    @Override
    public void addIntegers(int rows, int cols, int blocks, float[] x, int xOffset, int blockStride, float[] y,
            int yOffset, int yStride) {
        for (int r = 0; r < rows; r++) {
            int from = xOffset + r * PackedMatrix.PANEL;
            int to = yOffset + r * yStride;
            int j = VectorQuantized.addIntegers(cols, blocks, x, from, blockStride, y, to);
            if (j < cols) {
                scalar.addIntegers(1, cols - j, blocks, x, from + j, blockStride, y, to + j, yStride);
            }
        }
    }

    @Override
    public void minMax(float[] x, int offset, int n, float[] minMax) {
        int i = VectorReduce.minMax(x, offset, n, minMax);
        scalar.minMax(x, offset + i, n - i, minMax);
    }

    @Override
    public void quantizeCentred(float[] x, int xOffset, float scale, int zeroPoint, float[] y, int yOffset, int n) {
        int i = VectorQuantized.quantizeCentred(x, xOffset, scale, zeroPoint, y, yOffset, n);
        scalar.quantizeCentred(x, xOffset + i, scale, zeroPoint, y, yOffset + i, n - i);
    }

    @Override
    public void quantizeLinear8(float[] x, int xOffset, float scale, int zeroPoint, int qmin, int qmax, byte[] y,
            int yOffset, int n) {
        int i = VectorQuantized.quantize(x, xOffset, scale, zeroPoint, qmin, qmax, y, yOffset, n);
        scalar.quantizeLinear8(x, xOffset + i, scale, zeroPoint, qmin, qmax, y, yOffset + i, n - i);
    }

    @Override
    public void dequantizeLinear8(byte[] x, boolean signed, int xOffset, float scale, int zeroPoint, float[] y,
            int yOffset, int n) {
        int i = VectorQuantized.dequantize(x, signed, xOffset, scale, zeroPoint, y, yOffset, n);
        scalar.dequantizeLinear8(x, signed, xOffset + i, scale, zeroPoint, y, yOffset + i, n - i);
    }

    @Override
    public void addFloatToInt(float[] x, int xOffset, int[] y, int yOffset, int n, boolean accumulate) {
        int i = VectorQuantized.addToInt(x, xOffset, y, yOffset, n, accumulate);
        scalar.addFloatToInt(x, xOffset + i, y, yOffset + i, n - i, accumulate);
    }

    @Override
    public void intToFloat(int[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = VectorQuantized.toFloat(x, xOffset, y, yOffset, n);
        scalar.intToFloat(x, xOffset + i, y, yOffset + i, n - i);
    }
}
