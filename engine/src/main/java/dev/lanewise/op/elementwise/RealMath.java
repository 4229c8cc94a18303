package dev.lanewise.op.elementwise;

/** Elementary functions in double that Java lacks, the same on every machine. */
final class RealMath {
    private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
    /** From here on erf is 1 in double. */
    private static final double ERF_ONE = 6;

    private RealMath() {
    }

    /** By the series {@code 2/sqrt(pi) exp(-x²) sum of 2^n x^(2n+1) / (2n+1)!!}, whose terms all have one sign. */
    static double erf(double x) {
        if (!(Math.abs(x) < ERF_ONE)) {
            return Double.isNaN(x) ? x : Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return TWO_OVER_SQRT_PI * StrictMath.exp(-x * x) * sum;
    }

    static double sigmoid(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }

    /** {@code log(1 + exp(x))} without overflow. */
    static double softplus(double x) {
        return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
    }

    static double asinh(double x) {
        double a = Math.abs(x);
        double value = a > 1e150 ? StrictMath.log(a) + StrictMath.log(2)
                : StrictMath.log1p(a + a * a / (1 + Math.sqrt(1 + a * a)));
        return Math.copySign(value, x);
    }

    static double acosh(double x) {
        double t = x - 1;
        return x > 1e150 ? StrictMath.log(x) + StrictMath.log(2) : StrictMath.log1p(t + Math.sqrt(2 * t + t * t));
    }

    static double atanh(double x) {
        return 0.5 * (StrictMath.log1p(x) - StrictMath.log1p(-x));
    }

    /** Squares and cubes as products, which {@code pow} rounds no better and computes slower. */
    static double power(double x, double y) {
        return y == 2 ? x * x : y == 3 ? x * x * x : StrictMath.pow(x, y);
    }

    /** Remainder with the sign of the divisor, as in Python. */
    static double floorMod(double x, double y) {
        double r = x % y;
        return r != 0 && r < 0 != y < 0 ? r + y : r;
    }

    /** In the low 64 bits; a negative exponent gives the reciprocal cut to an integer. */
    static long power(long x, long y) {
        if (y < 0) {
            return x == 1 ? 1 : x == -1 ? (y & 1) == 0 ? 1 : -1 : 0;
        }
        long result = 1;
        long square = x;
        for (long rest = y; rest != 0; rest >>>= 1) {
            result = (rest & 1) == 0 ? result : result * square;
            square *= square;
        }
        return result;
    }
}
