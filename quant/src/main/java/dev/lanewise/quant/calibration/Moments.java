package dev.lanewise.quant.calibration;

/** Means and second moments of the neurons of a block over tokens, in double. */
public final class Moments {
    /** Rows that are added together, so that a row of the products stays in the cache meanwhile. */
    private static final int BLOCK = 64;

    private final int width;
    private final double[] sums;
    /** {@code products[i][j]} for j up to i. */
    private final double[][] products;
    private final double[][] waiting;
    private int waits;
    private long rows;

    public Moments(int width) {
        this.width = width;
        this.sums = new double[width];
        this.products = new double[width][];
        for (int i = 0; i < width; i++) {
            products[i] = new double[i + 1];
        }
        this.waiting = new double[BLOCK][width];
    }

    /** @param a {@code [tokens, width]} */
    public void add(float[] a) {
        for (int from = 0; from < a.length; from += width) {
            for (int i = 0; i < width; i++) {
                waiting[waits][i] = a[from + i];
                sums[i] += a[from + i];
            }
            rows++;
            if (++waits == BLOCK) {
                flush();
            }
        }
    }

    private void flush() {
        for (int i = 0; i < width; i++) {
            double[] row = products[i];
            for (int r = 0; r < waits; r++) {
                double[] x = waiting[r];
                double factor = x[i];
                for (int j = 0; j < row.length; j++) {
                    row[j] += factor * x[j];
                }
            }
        }
        waits = 0;
    }

    public double mean(int i) {
        return sums[i] / rows;
    }

    /** Of neurons i and j; the plain mean of their products where not centred. */
    public double covariance(int i, int j, boolean centred) {
        if (waits > 0) {
            flush();
        }
        double product = products[Math.max(i, j)][Math.min(i, j)] / rows;
        return centred ? product - mean(i) * mean(j) : product;
    }
}
