package dev.lanewise.kernel.scalar;

import dev.lanewise.kernel.UnaryFunction;

/**
 * The elementary functions: polynomials of add, mul and fma, in the one order of operations that the vector kernels repeat.
 * Coefficients are Chebyshev interpolants or minimax polynomials rounded to float.
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
    /** e^r is 1 + r + r² (E2 + E3 r + …) for |r| up to ln 2 / 2. */
    public static final float E2 = 0.49999994f;
    public static final float E3 = 0.16666521f;
    public static final float E4 = 0.04166839f;
    public static final float E5 = 0.008368731f;
    public static final float E6 = 0.0013814572f;

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
    public static final float G0 = -0.7978885f;
    public static final float G1 = -0.3182738f;
    public static final float G2 = -0.036448132f;
    public static final float G3 = 0.0049531576f;
    public static final float G4 = -0.00010668221f;
    public static final float G5 = -0.00014508651f;
    public static final float G6 = 3.952852e-5f;
    public static final float G7 = -5.3979006e-6f;
    public static final float G8 = 3.9882718e-7f;
    public static final float G9 = -1.2644521e-8f;
    public static final float LN2 = 0.6931472f;
    /** e^r for |r| up to ln 2 / 2 within 1e-7, where e^0 need not be 1. */
    public static final float H0 = 1.0000001f;
    public static final float H1 = 0.9999997f;
    public static final float H2 = 0.49998894f;
    public static final float H3 = 0.16667575f;
    public static final float H4 = 0.041915383f;
    public static final float H5 = 0.008297652f;

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
            case HARD_SWISH -> x * Math.min(Math.max(x + 3f, 0f), 6f) / 6f;
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
        float p = Math.fma(E6, r, E5);
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
        float u = Math.fma(q, a, -LN2); // the logarithm of half of erfc
        float t = Math.fma(u, LOG2_E, ROUNDER);
        float r = Math.fma(t - ROUNDER, -LN2, u);
        float p = Math.fma(H5, r, H4);
        p = Math.fma(p, r, H3);
        p = Math.fma(p, r, H2);
        p = Math.fma(p, r, H1);
        p = Math.fma(p, r, H0);
        float half = Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(t) << 23));
        float tail = a > GELU_LAST ? 0f : half;
        return x * (x < 0f ? tail : 1f - tail);
    }

    /** Hendrycks and Gimpel 2016, tanh approximation. */
    public static float geluTanh(float x) {
        float inner = Math.fma(GELU_CUBIC * x * x, x, x);
        return 0.5f * x * (1f + tanh(SQRT_2_OVER_PI * inner));
    }
}
