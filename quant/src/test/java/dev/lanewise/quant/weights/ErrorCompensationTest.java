package dev.lanewise.quant.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.KernelMode;
import dev.lanewise.quant.calibration.Moments;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ErrorCompensationTest {
    private static final int K = 12;
    private static final int N = 5;
    private static final int ROWS = 300;
    private static final double STEP = 0.5;

    private final SplittableRandom random = new SplittableRandom(5);

    /** Inputs that go along with one another, so that there is something to make up for. */
    private float[] inputs() {
        float[] x = new float[ROWS * K];
        for (int r = 0; r < ROWS; r++) {
            double shared = random.nextDouble(-1, 1);
            for (int i = 0; i < K; i++) {
                x[r * K + i] = (float) (shared * (1 + i % 3) + 0.3 * random.nextDouble(-1, 1));
            }
        }
        return x;
    }

    private double[][] weights() {
        double[][] w = new double[K][N];
        for (double[] row : w) {
            Arrays.setAll(row, j -> random.nextDouble(-2, 2));
        }
        return w;
    }

    private static Moments moments(float[] x) {
        Moments m = new Moments(K, KernelMode.SCALAR);
        m.add(x);
        return m;
    }

    private static double[][] rounded(Moments m, int k, double[][] w, int... ends) {
        double[][] q = new double[k][N];
        new ErrorCompensation(m, k).run(Arrays.copyOf(w, k), ends, (i, j, target) -> q[i][j] =
                Math.rint(target / STEP) * STEP);
        return q;
    }

    private static double error(float[] x, double[][] w, double[][] q) {
        double sum = 0;
        for (int r = 0; r < ROWS; r++) {
            for (int j = 0; j < N; j++) {
                double y = 0;
                for (int i = 0; i < K; i++) {
                    y += x[r * K + i] * (q[i][j] - w[i][j]);
                }
                sum += y * y;
            }
        }
        return sum;
    }

    /** The published form: after each input, the ones that are left move by the inverse of their moments. */
    private static double[][] published(Moments m, double[][] w) {
        double[][] left = new double[K][];
        Arrays.setAll(left, i -> w[i].clone());
        double damping = 0;
        for (int i = 0; i < K; i++) {
            damping += 0.01 * m.covariance(i, i, false) / K;
        }
        double[][] q = new double[K][N];
        for (int i = 0; i < K; i++) {
            double[][] inverse = inverse(m, damping, i);
            for (int j = 0; j < N; j++) {
                q[i][j] = Math.rint(left[i][j] / STEP) * STEP;
                double off = (left[i][j] - q[i][j]) / inverse[0][0];
                for (int l = i + 1; l < K; l++) {
                    left[l][j] -= off * inverse[l - i][0];
                }
            }
        }
        return q;
    }

    /** Of the moments of inputs {@code from} on, by elimination. */
    private static double[][] inverse(Moments m, double damping, int from) {
        int n = K - from;
        double[][] a = new double[n][2 * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                a[i][j] = m.covariance(from + i, from + j, false) + (i == j ? damping : 0);
            }
            a[i][n + i] = 1;
        }
        for (int p = 0; p < n; p++) {
            double pivot = a[p][p];
            for (int j = 0; j < 2 * n; j++) {
                a[p][j] /= pivot;
            }
            for (int i = 0; i < n; i++) {
                double factor = a[i][p];
                for (int j = 0; i != p && j < 2 * n; j++) {
                    a[i][j] -= factor * a[p][j];
                }
            }
        }
        double[][] inverse = new double[n][];
        Arrays.setAll(inverse, i -> Arrays.copyOfRange(a[i], n, 2 * n));
        return inverse;
    }

    @Test
    void roundsAsThePublishedForm() {
        Moments m = moments(inputs());
        double[][] w = weights();
        assertArrayEquals(published(m, w), rounded(m, K, w, K));
    }

    @Test
    void outputsChangeLessThanByNearestRounding() {
        float[] x = inputs();
        double[][] w = weights();
        double[][] nearest = new double[K][];
        Arrays.setAll(nearest, i -> Arrays.stream(w[i]).map(v -> Math.rint(v / STEP) * STEP).toArray());
        double off = error(x, w, rounded(moments(x), K, w, K));
        assertTrue(off < 0.3 * error(x, w, nearest), off + " of " + error(x, w, nearest));
    }

    /** A prefix is rounded as if there were nothing after it; what follows still makes up for its errors. */
    @Test
    void codesOfAPrefixDoNotDependOnWhatItDrops() {
        float[] x = inputs();
        Moments m = moments(x);
        double[][] w = weights();
        double[][] nested = rounded(m, K, w, 4, 8, K);
        double[][] alone = rounded(m, 8, w, 4, 8);
        for (int i = 0; i < 8; i++) {
            assertArrayEquals(alone[i], nested[i], "input " + i);
        }
        double[][] narrow = rounded(m, K, w, 4, K);
        for (int i = 0; i < 4; i++) {
            assertArrayEquals(narrow[i], nested[i], "input " + i);
        }
        double[][] separate = new double[K][];
        Arrays.setAll(separate, i -> Arrays.stream(w[i]).map(v -> Math.rint(v / STEP) * STEP).toArray());
        System.arraycopy(nested, 0, separate, 0, 8);
        assertTrue(error(x, w, nested) < error(x, w, separate), "what is added makes up for nothing");
    }
}
