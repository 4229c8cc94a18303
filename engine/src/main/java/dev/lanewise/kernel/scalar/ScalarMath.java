package dev.lanewise.kernel.scalar;

import dev.lanewise.kernel.UnaryFunction;

/**
 * The elementary functions: polynomials of add, mul and fma, in the one order of operations that the vector kernels repeat.
 * Coefficients are Chebyshev interpolants rounded to float, except exp's, which are 1/k!.
 */
public final class ScalarMath {
    /** Adding it rounds to an integer in the low bits: 1.5 * 2^23. */
    public static final float ROUNDER = 12582912f;
    public static final float LOG2_E = 1.44269504f;
    /** ln 2 in two parts; the first has few bits, so that its product with a small integer is exact. */
    public static final float LN2_HIGH = 0.693359375f;
    public static final float LN2_LOW = -2.12194440e-4f;
    /** Below this, exp is 0 (its result would be no normal number). */
    public static final float EXP_LOWEST = -87.33654f;
    public static final float EXP_HIGHEST = 88.72283f;
    public static final float E2 = 0.5f;
    public static final float E3 = 1f / 6;
    public static final float E4 = 1f / 24;
    public static final float E5 = 1f / 120;
    public static final float E6 = 1f / 720;
    public static final float E7 = 1f / 5040;

    /** Up to here tanh(x) is x times a polynomial in x². */
    public static final float TANH_SPLIT = 0.625f;
    public static final float T0 = 1f;
    public static final float T1 = -0.33333227f;
    public static final float T2 = 0.13330396f;
    public static final float T3 = -0.05366402f;
    public static final float T4 = 0.0204118f;
    public static final float T5 = -0.0054650675f;

    /** Up to 1 erf(x) is x times a polynomial in x²; above, 1 - exp of a polynomial, which is 0 from 4 on. */
    public static final float ERF_SPLIT = 1f;
    public static final float ERF_LAST = 4f;
    public static final float R0 = 1.1283792f;
    public static final float R1 = -0.37612638f;
    public static final float R2 = 0.11283782f;
    public static final float R3 = -0.02686543f;
    public static final float R4 = 0.0052210316f;
    public static final float R5 = -0.00084840803f;
    public static final float R6 = 0.00011265959f;
    public static final float R7 = -9.6670446e-6f;
    public static final float Q0 = 0.00032013806f;
    public static final float Q1 = -1.1302334f;
    public static final float Q2 = -0.63182604f;
    public static final float Q3 = -0.110080086f;
    public static final float Q4 = 0.026421135f;
    public static final float Q5 = -0.004759596f;
    public static final float Q6 = 0.00059680565f;
    public static final float Q7 = -4.605804e-5f;
    public static final float Q8 = 1.63715e-6f;

    /** log(erfc(x / sqrt 2)) is x times a polynomial in x up to 5.5; beyond, erfc counts as 0. */
    public static final float GELU_LAST = 5.5f;
    public static final float G0 = -0.7978847f;
    public static final float G1 = -0.3183055f;
    public static final float G2 = -0.036361344f;
    public static final float G3 = 0.004838996f;
    public static final float G4 = -2.293238e-5f;
    public static final float G5 = -0.00018181914f;
    public static final float G6 = 4.937932e-5f;
    public static final float G7 = -6.980572e-6f;
    public static final float G8 = 5.3870525e-7f;
    public static final float G9 = -1.7872908e-8f;

    public static final float SQRT_2_OVER_PI = 0.7978846f;
    public static final float GELU_CUBIC = 0.044715f;

    private ScalarMath() {
    }

    public static float apply(UnaryFunction f, float x) {
        return switch (f) {
            case RELU -> Math.max(x, 0f);
            case GELU -> gelu(x);
            case GELU_TANH -> geluTanh(x);
            case TANH -> tanh(x);
            case ERF -> erf(x);
            case EXP -> exp(x);
            case SIGMOID -> sigmoid(x);
            case SILU -> x * sigmoid(x);
            case SQRT -> (float) Math.sqrt(x);
            case RECIPROCAL -> 1f / x;
            case NEG -> -x;
            case ABS -> Math.abs(x);
        };
    }

    /** Within 2 units in the last place; 0 where the result would be subnormal, infinity where it overflows. */
    public static float exp(float x) {
        float t = Math.fma(x, LOG2_E, ROUNDER);
        float n = t - ROUNDER;
        float r = Math.fma(n, -LN2_HIGH, x);
        r = Math.fma(n, -LN2_LOW, r);
        float p = Math.fma(E7, r, E6);
        p = Math.fma(p, r, E5);
        p = Math.fma(p, r, E4);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, 1f);
        p = Math.fma(p, r, 1f);
        float scaled = Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(t) << 23));
        float low = x < EXP_LOWEST ? 0f : scaled;
        return x > EXP_HIGHEST ? Float.POSITIVE_INFINITY : low;
    }

    public static float tanh(float x) {
        float a = Math.abs(x);
        float z = x * x;
        float p = Math.fma(T5, z, T4);
        p = Math.fma(p, z, T3);
        p = Math.fma(p, z, T2);
        p = Math.fma(p, z, T1);
        p = Math.fma(p, z, T0);
        float small = p * x;
        float large = 1f - 2f / (exp(a + a) + 1f);
        float signed = x < 0f ? -large : large;
        return a < TANH_SPLIT ? small : signed;
    }

    /** Absolute error below 2e-7. */
    public static float erf(float x) {
        float z = x * x;
        float p = Math.fma(R7, z, R6);
        p = Math.fma(p, z, R5);
        p = Math.fma(p, z, R4);
        p = Math.fma(p, z, R3);
        p = Math.fma(p, z, R2);
        p = Math.fma(p, z, R1);
        p = Math.fma(p, z, R0);
        float small = p * x;
        float a = Math.abs(x);
        float b = Math.min(a, ERF_LAST);
        float q = Math.fma(Q8, b, Q7);
        q = Math.fma(q, b, Q6);
        q = Math.fma(q, b, Q5);
        q = Math.fma(q, b, Q4);
        q = Math.fma(q, b, Q3);
        q = Math.fma(q, b, Q2);
        q = Math.fma(q, b, Q1);
        q = Math.fma(q, b, Q0);
        float large = 1f - exp(q);
        float signed = x < 0f ? -large : large;
        return a < ERF_SPLIT ? small : signed;
    }

    public static float sigmoid(float x) {
        return 1f / (1f + exp(-x));
    }

    /**
     * Hendrycks and Gimpel 2016, exact form: x times the normal distribution function, whose tail is the exponential of a
     * polynomial. Absolute error below 2e-7.
     */
    public static float gelu(float x) {
        float a = Math.abs(x);
        float q = Math.fma(G9, a, G8);
        q = Math.fma(q, a, G7);
        q = Math.fma(q, a, G6);
        q = Math.fma(q, a, G5);
        q = Math.fma(q, a, G4);
        q = Math.fma(q, a, G3);
        q = Math.fma(q, a, G2);
        q = Math.fma(q, a, G1);
        q = Math.fma(q, a, G0);
        float half = 0.5f * exp(q * a);
        float tail = a > GELU_LAST ? 0f : half;
        return x * (x < 0f ? tail : 1f - tail);
    }

    /** Hendrycks and Gimpel 2016, tanh approximation. */
    public static float geluTanh(float x) {
        float inner = Math.fma(GELU_CUBIC * x * x, x, x);
        return 0.5f * x * (1f + tanh(SQRT_2_OVER_PI * inner));
    }
}
