package dev.lanewise.quant.calibration;

/** A symmetric positive definite matrix as {@code L Lᵀ}. */
public final class Cholesky {
    private final double[][] lower;

    private Cholesky(double[][] lower) {
        this.lower = lower;
    }

    /** Works in the matrix, of which it reads the lower half. */
    public static Cholesky of(double[][] a) {
        int n = a.length;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = a[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= a[i][k] * a[j][k];
                }
                a[i][j] = i == j ? Math.sqrt(sum) : sum / a[j][j];
            }
            if (!(a[i][i] > 0)) {
                throw new IllegalArgumentException("not positive definite at row " + i);
            }
        }
        return new Cholesky(a);
    }

    /** Element (row, column) of L, column up to row. */
    public double get(int row, int column) {
        return lower[row][column];
    }

    /** Solves for all columns of b, {@code [n, columns]}, in place. */
    public void solve(double[][] b) {
        int n = lower.length;
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < i; k++) {
                subtract(b[i], lower[i][k], b[k]);
            }
            divide(b[i], lower[i][i]);
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) {
                subtract(b[i], lower[k][i], b[k]);
            }
            divide(b[i], lower[i][i]);
        }
    }

    private static void subtract(double[] from, double factor, double[] x) {
        for (int c = 0; c < from.length; c++) {
            from[c] -= factor * x[c];
        }
    }

    private static void divide(double[] x, double by) {
        for (int c = 0; c < x.length; c++) {
            x[c] /= by;
        }
    }
}
