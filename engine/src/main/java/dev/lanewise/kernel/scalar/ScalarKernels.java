package dev.lanewise.kernel.scalar;

import dev.lanewise.kernel.BinaryFunction;
import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedGroups;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.ReduceFunction;
import dev.lanewise.kernel.UnaryFunction;

/** The kernels in plain Java: their specification, and what runs where there is no vector module. */
public final class ScalarKernels implements Kernels {
    private static final int COLUMNS = 8;

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public int vectorBits() {
        return 0;
    }

    @Override
    public void gemmPanel(int rows, int cols, int k, float[] a, int aOffset, int aStride, float[] panel,
            int panelOffset, float[] c, int cOffset, int cStride, boolean accumulate) {
        for (int r = 0; r < rows; r++) {
            int from = aOffset + r * aStride;
            int to = cOffset + r * cStride;
            int j = 0;
            for (; j <= cols - COLUMNS; j += COLUMNS) {
                dots(k, a, from, panel, panelOffset + j, c, to + j, accumulate);
            }
            for (; j < cols; j++) {
                float sum = accumulate ? c[to + j] : 0;
                for (int i = 0; i < k; i++) {
                    sum = Math.fma(a[from + i], panel[panelOffset + i * PackedMatrix.PANEL + j], sum);
                }
                c[to + j] = sum;
            }
        }
    }

    @Override
    public void gemmListed(int[] list, int first, int rows, int cols, int k, float[] a, int aOffset, int aStride,
            float[] panel, int panelOffset, float[] added, int addedOffset, float[] c, int cOffset, int cStride,
            boolean accumulate) {
        for (int r = first; r < first + rows; r++) {
            gemmPanel(1, cols, k, a, aOffset + list[r] * aStride, aStride, panel, panelOffset, c,
                    cOffset + list[r] * cStride, cStride, accumulate);
            for (int j = 0; added != null && j < cols; j++) {
                c[cOffset + list[r] * cStride + j] += added[addedOffset + j];
            }
        }
    }

    /** Dot products with 8 columns side by side: as many chains keep the processor busy, which matters while code is cold. */
    private static void dots(int k, float[] a, int from, float[] panel, int at, float[] c, int to, boolean accumulate) {
        float c0 = accumulate ? c[to] : 0;
        float c1 = accumulate ? c[to + 1] : 0;
        float c2 = accumulate ? c[to + 2] : 0;
        float c3 = accumulate ? c[to + 3] : 0;
        float c4 = accumulate ? c[to + 4] : 0;
        float c5 = accumulate ? c[to + 5] : 0;
        float c6 = accumulate ? c[to + 6] : 0;
        float c7 = accumulate ? c[to + 7] : 0;
        for (int i = 0, p = at; i < k; i++, p += PackedMatrix.PANEL) {
            float x = a[from + i];
            c0 = Math.fma(x, panel[p], c0);
            c1 = Math.fma(x, panel[p + 1], c1);
            c2 = Math.fma(x, panel[p + 2], c2);
            c3 = Math.fma(x, panel[p + 3], c3);
            c4 = Math.fma(x, panel[p + 4], c4);
            c5 = Math.fma(x, panel[p + 5], c5);
            c6 = Math.fma(x, panel[p + 6], c6);
            c7 = Math.fma(x, panel[p + 7], c7);
        }
        c[to] = c0;
        c[to + 1] = c1;
        c[to + 2] = c2;
        c[to + 3] = c3;
        c[to + 4] = c4;
        c[to + 5] = c5;
        c[to + 6] = c6;
        c[to + 7] = c7;
    }

    @Override
    public void convolve(PackedMatrix w, float[] bias, int firstPanel, int lastPanel, int rows, float[] x, int xOffset,
            int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] residual,
            int residualOffset, int residualStride, float floor, float[] edge) {
        ScalarConv.run(w, bias, firstPanel, lastPanel, rows, x, xOffset, starts, first, segments, y, yOffset, yStride,
                residual, residualOffset, residualStride, floor, edge);
    }

    @Override
    public void convolveChannels(int channels, float[] w, int wOffset, int wStride, float[] bias, int biasOffset,
            int rows,
            float[] x, int xOffset, int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride,
            float[] residual, int residualOffset, int residualStride, float floor) {
        ScalarConv.channels(channels, w, wOffset, wStride, bias, biasOffset, rows, x, xOffset, starts, first, segments,
                y, yOffset, yStride, residual, residualOffset, residualStride, floor);
    }

    @Override
    public void maxPool(int positions, int step, int channels, float[] x, int xOffset, int lines, int line, int pixels,
            int pixel, float[] y, int yOffset, int yStep) {
        ScalarWindows.max(positions, step, channels, x, xOffset, lines, line, pixels, pixel, y, yOffset, yStep);
    }

    @Override
    public void meanPool(int positions, int step, int channels, float[] x, int xOffset, int lines, int line, int pixels,
            int pixel, float count, float[] y, int yOffset, int yStep) {
        ScalarWindows.mean(positions, step, channels, x, xOffset, lines, line, pixels, pixel, count, y, yOffset, yStep);
    }

    @Override
    public void unary(UnaryFunction f, float[] x, int xOffset, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = ScalarMath.apply(f, x[xOffset + i]);
        }
    }

    @Override
    public void binary(BinaryFunction f, float[] a, int aOffset, int aStep, float[] b, int bOffset, int bStep,
            float[] y, int yOffset,
            int n) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = apply(f, a[aOffset + i * aStep], b[bOffset + i * bStep]);
        }
    }

    private static float apply(BinaryFunction f, float a, float b) {
        return switch (f) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MIN -> Math.min(a, b);
            case MAX -> Math.max(a, b);
        };
    }

    @Override
    public void softmaxRows(int rows, int cols, float[] x, int xOffset, int xStride, float[] y, int yOffset,
            int yStride) {
        ScalarRows.softmax(rows, cols, x, xOffset, xStride, y, yOffset, yStride);
    }

    @Override
    public void layerNormRows(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float[] beta,
            float epsilon,
            float[] y, int yOffset, int yStride) {
        ScalarRows.layerNorm(rows, cols, x, xOffset, xStride, gamma, beta, epsilon, y, yOffset, yStride);
    }

    @Override
    public void rmsNormRows(int rows, int cols, float[] x, int xOffset, int xStride, float[] gamma, float epsilon,
            float[] y,
            int yOffset, int yStride) {
        ScalarRows.rmsNorm(rows, cols, x, xOffset, xStride, gamma, epsilon, y, yOffset, yStride);
    }

    @Override
    public float reduce(ReduceFunction f, float[] x, int offset, int n) {
        return ScalarRows.reduce(f, x, offset, n);
    }

    @Override
    public void gemmTransposed(int rows, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset,
            int bStride, float[] c, int cOffset, int cStride, boolean accumulate) {
        for (int r = 0; r < rows; r++) {
            int to = cOffset + r * cStride;
            for (int j = 0; j < PackedMatrix.PANEL && !accumulate; j++) {
                c[to + j] = 0;
            }
            for (int i = 0; i < k; i++) {
                float x = a[aOffset + i * aStride + r];
                int from = bOffset + i * bStride;
                for (int j = 0; j < PackedMatrix.PANEL; j++) {
                    c[to + j] = Math.fma(x, b[from + j], c[to + j]);
                }
            }
        }
    }

    @Override
    public void transposePanel(int rows, int cols, float[] x, int xOffset, int xStride, float factor, float[] panel,
            int panelOffset) {
        for (int i = 0; i < cols; i++) {
            int to = panelOffset + i * PackedMatrix.PANEL;
            for (int r = 0; r < rows; r++) {
                panel[to + r] = factor * x[xOffset + r * xStride + i];
            }
            for (int r = rows; r < PackedMatrix.PANEL; r++) {
                panel[to + r] = 0;
            }
        }
    }

    @Override
    public void softmaxColumns(int keys, float[] s, int sOffset, float[] mask, int maskOffset, boolean maskOfQueries,
            float[] state, int stateOffset) {
        ScalarRows.softmaxColumns(keys, s, sOffset, mask, maskOffset, maskOfQueries, state, stateOffset);
    }

    @Override
    public void epilogue(int rows, int cols, float[] c, int cOffset, int cStride, Epilogue epilogue, int first,
            float[] rowScales, int rowScalesOffset, float[] residual, int residualOffset, int residualStride) {
        float[] scale = epilogue.scale();
        float[] bias = epilogue.bias();
        float[] residualScale = epilogue.residualScale();
        for (int r = 0; r < rows; r++) {
            float rowScale = rowScales == null ? 1 : rowScales[rowScalesOffset + r];
            for (int j = 0; j < cols; j++) {
                float v = c[cOffset + r * cStride + j];
                v = scale == null ? v : v * (rowScale * scale[first + j]);
                v = bias == null ? v : v + bias[first + j];
                v = epilogue.activation() == null ? v : ScalarMath.apply(epilogue.activation(), v);
                float added = residual == null ? 0 : residual[residualOffset + r * residualStride + j];
                c[cOffset + r * cStride + j] = residual == null ? v
                        : residualScale == null ? v + added : Math.fma(added, residualScale[first + j], v);
            }
        }
    }

    @Override
    public void gemmInt8(int rows, int cols, int k, float[] a, int aOffset, int aStride, byte[] panels,
            int panelsOffset, int panelStride, float[] c, int cOffset, int cStride) {
        for (int r = 0; r < rows; r++) {
            for (int column = 0; column < cols; column += PackedMatrix.PANEL) {
                int width = Math.min(PackedMatrix.PANEL, cols - column);
                int from = panelsOffset + column / PackedMatrix.PANEL * panelStride;
                int to = cOffset + r * cStride + column;
                for (int j = 0; j < width; j++) {
                    c[to + j] = 0;
                }
                for (int i = 0; i < k; i++) {
                    float x = a[aOffset + r * aStride + i];
                    for (int j = 0; j < width; j++) {
                        c[to + j] = Math.fma(x, panels[from + i * PackedMatrix.PANEL + j], c[to + j]);
                    }
                }
            }
        }
    }

    @Override
    public void gemmInt8Widening(int k, float[] a, int aOffset, int aStride, byte[] panel, int panelOffset, float[] c,
            int cOffset, int cStride, float[] widened, int widenedOffset) {
        int8ToFloat(panel, panelOffset, widened, widenedOffset, k * PackedMatrix.PANEL);
        gemmPanel(8, PackedMatrix.PANEL, k, a, aOffset, aStride, widened, widenedOffset, c, cOffset, cStride, false);
    }

    @Override
    public void gemvGroups(PackedGroups w, int first, int last, float[] a, int aOffset, float[] c, int cOffset) {
        for (int j = 0; j < (last - first) * PackedMatrix.PANEL; j++) {
            float sum = 0;
            for (int i = 0; i < w.k(); i++) {
                float weight = w.element(i, first + j / PackedMatrix.PANEL, j % PackedMatrix.PANEL);
                sum = Math.fma(a[aOffset + i], weight, sum);
            }
            c[cOffset + j] = sum;
        }
    }

    @Override
    public void groupsToFloat(PackedGroups w, int panel, int first, int rows, float[] y, int yOffset) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < PackedMatrix.PANEL; j++) {
                y[yOffset + i * PackedMatrix.PANEL + j] = w.element(first + i, panel, j);
            }
        }
    }

    @Override
    public void int8ToFloat(byte[] x, int xOffset, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = x[xOffset + i];
        }
    }

    @Override
    public void addIntegers(int rows, int cols, int blocks, float[] x, int xOffset, int blockStride, float[] y,
            int yOffset, int yStride) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < cols; j++) {
                int sum = 0;
                for (int b = 0; b < blocks; b++) {
                    sum += (int) x[xOffset + b * blockStride + r * PackedMatrix.PANEL + j];
                }
                y[yOffset + r * yStride + j] = sum;
            }
        }
    }

    @Override
    public void minMax(float[] x, int offset, int n, float[] minMax) {
        for (int i = 0; i < n; i++) {
            minMax[0] = Math.min(minMax[0], x[offset + i]);
            minMax[1] = Math.max(minMax[1], x[offset + i]);
        }
        minMax[0] += 0f; // one zero, whatever its sign was
        minMax[1] += 0f;
    }

    @Override
    public void quantizeCentred(float[] x, int xOffset, float scale, int zeroPoint, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            float q = (float) Math.rint(x[xOffset + i] / scale);
            q = Math.min(Math.max(q, -zeroPoint), 255 - zeroPoint);
            y[yOffset + i] = Float.isNaN(q) ? 0 : q + 0f; // one zero, whatever its sign was
        }
    }

    @Override
    public void quantizeLinear8(float[] x, int xOffset, float scale, int zeroPoint, int qmin, int qmax, byte[] y,
            int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            float q = (float) Math.rint(x[xOffset + i] / scale) + zeroPoint;
            q = Math.min(Math.max(q, qmin), qmax);
            y[yOffset + i] = (byte) (Float.isNaN(q) ? zeroPoint : (int) q);
        }
    }

    @Override
    public void dequantizeLinear8(byte[] x, boolean signed, int xOffset, float scale, int zeroPoint, float[] y,
            int yOffset, int n) {
        int mask = signed ? -1 : 0xFF;
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = ((x[xOffset + i] & mask) - zeroPoint) * scale;
        }
    }

    @Override
    public void addFloatToInt(float[] x, int xOffset, int[] y, int yOffset, int n, boolean accumulate) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = (accumulate ? y[yOffset + i] : 0) + (int) x[xOffset + i];
        }
    }

    @Override
    public void intToFloat(int[] x, int xOffset, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = x[xOffset + i];
        }
    }
}
