package dev.lanewise.quant.calibration;

import dev.lanewise.KernelMode;
import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.Gemm;
import dev.lanewise.kernel.KernelProvider;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;

/**
 * Means, and products of two values' elements, over rows that come together: second moments where the values are one. A row may count
 * more or less than another. Rows are multiplied some hundred at a time in FLOAT and added in double.
 */
public final class Moments {
    private static final int BLOCK = 256;

    private final Kernels kernels;
    private final int width;
    private final double[] sums;
    private final double[] absolutes;
    /** {@code products[i][j]} of element i of the one value and j of the other. */
    private final double[][] products;
    /** Rows that wait, of the one value on their side. */
    private final float[] waitingX;
    private final float[] waitingY;
    private final float[] block;
    private int waits;
    /** The sum of the rows' weights. */
    private double total;

    public Moments(int width, KernelMode mode) {
        this.kernels = KernelProvider.select(mode);
        this.width = width;
        this.sums = new double[width];
        this.absolutes = new double[width];
        this.products = new double[width][width];
        this.waitingX = new float[width * BLOCK];
        this.waitingY = new float[BLOCK * width];
        this.block = new float[width * width];
    }

    /** @param x {@code [rows, width]} */
    public void add(float[] x) {
        add(x, x);
    }

    /** @param x,y {@code [rows, width]} */
    public void add(float[] x, float[] y) {
        for (int from = 0; from < x.length; from += width) {
            addRow(x, y, from, 1);
        }
    }

    /**
     * @param x {@code [rows, width]}
     * @param weights how much each row counts
     */
    public void addWeighted(float[] x, float[] weights) {
        for (int r = 0; r < weights.length; r++) {
            addRow(x, x, r * width, weights[r]);
        }
    }

    private void addRow(float[] x, float[] y, int from, float weight) {
        for (int i = 0; i < width; i++) {
            float weighted = weight * x[from + i];
            waitingX[i * BLOCK + waits] = weighted;
            sums[i] += weighted;
            absolutes[i] += Math.abs(weighted);
        }
        System.arraycopy(y, from, waitingY, waits * width, width);
        total += weight;
        if (++waits == BLOCK) {
            flush();
        }
    }

    private void flush() {
        PackedMatrix w = PackedMatrix.pack(waitingY, 0, waits, width, false);
        Gemm.run(kernels, width, waitingX, 0, BLOCK, w, false, 0, w.panels(), block, 0, width, Epilogue.NONE, null, 0,
                null, 0, 0, null, 0);
        for (int i = 0; i < width; i++) {
            for (int j = 0; j < width; j++) {
                products[i][j] += block[i * width + j];
            }
        }
        waits = 0;
    }

    public double mean(int i) {
        return sums[i] / total;
    }

    /** The mean of element i without its sign. */
    public double absolute(int i) {
        return absolutes[i] / total;
    }

    /** The mean of the products of elements i and j. */
    public double product(int i, int j) {
        if (waits > 0) {
            flush();
        }
        return products[i][j] / total;
    }

    /** Of elements i and j of one value; the plain mean of their products where not centred. */
    public double covariance(int i, int j, boolean centred) {
        return centred ? product(i, j) - mean(i) * mean(j) : product(i, j);
    }
}
