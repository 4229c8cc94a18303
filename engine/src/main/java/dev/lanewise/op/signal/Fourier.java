package dev.lanewise.op.signal;

/** Discrete Fourier transforms of complex numbers in double precision. */
final class Fourier {
    private Fourier() {
    }

    /**
     * Transforms in place: {@code X[k] = sum over n of x[n] exp(-2 pi i k n / length)}, or with the other sign and without a
     * factor for the inverse. Lengths that are powers of two take n log n steps, others n * n.
     */
    static void transform(double[] real, double[] imaginary, boolean inverse) {
        int n = real.length;
        if (n <= 1) {
            return;
        }
        double[] cos = new double[n];
        double[] sin = new double[n];
        for (int i = 0; i < n; i++) {
            double angle = 2 * Math.PI * i / n;
            cos[i] = StrictMath.cos(angle);
            sin[i] = inverse ? StrictMath.sin(angle) : -StrictMath.sin(angle);
        }
        if ((n & n - 1) == 0) {
            fast(real, imaginary, cos, sin);
        } else {
            direct(real, imaginary, cos, sin);
        }
    }

    private static void direct(double[] real, double[] imaginary, double[] cos, double[] sin) {
        int n = real.length;
        double[] x = real.clone();
        double[] y = imaginary.clone();
        for (int k = 0; k < n; k++) {
            double re = 0;
            double im = 0;
            for (int i = 0; i < n; i++) {
                int t = (int) ((long) k * i % n);
                re += x[i] * cos[t] - y[i] * sin[t];
                im += x[i] * sin[t] + y[i] * cos[t];
            }
            real[k] = re;
            imaginary[k] = im;
        }
    }

    /** Cooley and Tukey's: pairs of halves, after the elements are put in bit-reversed order. */
    private static void fast(double[] real, double[] imaginary, double[] cos, double[] sin) {
        int n = real.length;
        int bits = Integer.numberOfTrailingZeros(n);
        for (int i = 0; i < n; i++) {
            int j = Integer.reverse(i) >>> Integer.SIZE - bits;
            if (j > i) {
                swap(real, i, j);
                swap(imaginary, i, j);
            }
        }
        for (int half = 1; half < n; half <<= 1) {
            int step = n / (2 * half);
            for (int start = 0; start < n; start += 2 * half) {
                for (int i = start; i < start + half; i++) {
                    int t = (i - start) * step;
                    double re = real[i + half] * cos[t] - imaginary[i + half] * sin[t];
                    double im = real[i + half] * sin[t] + imaginary[i + half] * cos[t];
                    real[i + half] = real[i] - re;
                    imaginary[i + half] = imaginary[i] - im;
                    real[i] += re;
                    imaginary[i] += im;
                }
            }
        }
    }

    private static void swap(double[] values, int i, int j) {
        double value = values[i];
        values[i] = values[j];
        values[j] = value;
    }
}
