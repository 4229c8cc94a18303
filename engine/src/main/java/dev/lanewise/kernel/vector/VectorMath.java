package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.kernel.scalar.ScalarMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link ScalarMath} a vector at a time, operation by operation; the rest of a range goes to the scalar form. The exponential
 * is written out in each function that has one: a vector that crosses a method which C2 does not inline is allocated, and C2
 * stops inlining once a body has grown past its node limit. Only the API's own methods are exempt.
 */
final class VectorMath {
    private VectorMath() {
    }

    static void unary(UnaryFunction f, float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = switch (f) {
            case RELU -> relu(x, xOffset, y, yOffset, n);
            case GELU -> gelu(x, xOffset, y, yOffset, n);
            case GELU_TANH -> geluTanh(x, xOffset, y, yOffset, n);
            case TANH -> tanh(x, xOffset, y, yOffset, n);
            case ERF -> erf(x, xOffset, y, yOffset, n);
            case EXP -> exp(x, xOffset, 0f, y, yOffset, n);
            case SIGMOID -> sigmoid(x, xOffset, y, yOffset, n);
            case SILU -> silu(x, xOffset, y, yOffset, n);
            case HARD_SWISH -> hardSwish(x, xOffset, y, yOffset, n);
            case SQRT -> sqrt(x, xOffset, y, yOffset, n);
            case RECIPROCAL -> reciprocal(x, xOffset, y, yOffset, n);
            case NEG -> neg(x, xOffset, y, yOffset, n);
            case ABS -> abs(x, xOffset, y, yOffset, n);
        };
        for (int i = done; i < n; i++) {
            y[yOffset + i] = ScalarMath.apply(f, x[xOffset + i]);
        }
    }

    /** {@code y = exp(x - shift)}. */
    static void expShifted(float[] x, int xOffset, float shift, float[] y, int yOffset, int n) {
        for (int i = exp(x, xOffset, shift, y, yOffset, n); i < n; i++) {
            y[yOffset + i] = ScalarMath.exp(x[xOffset + i] - shift);
        }
    }

    private static int exp(float[] x, int xOffset, float shift, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i).sub(shift);
            FloatVector t =
                    v.fma(FloatVector.broadcast(S, ScalarMath.LOG2_E), FloatVector.broadcast(S, ScalarMath.ROUNDER));
            FloatVector k = t.sub(ScalarMath.ROUNDER);
            FloatVector r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_HIGH), v);
            r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_LOW), r);
            FloatVector e = r.fma(FloatVector.broadcast(S, ScalarMath.E6), FloatVector.broadcast(S, ScalarMath.E5));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E4));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E3));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E2));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.reinterpretAsInts().add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                    .reinterpretAsFloats();
            e = e.blend(0f, v.compare(VectorOperators.LT, ScalarMath.EXP_LOWEST));
            FloatVector result =
                    e.blend(Float.POSITIVE_INFINITY, v.compare(VectorOperators.GT, ScalarMath.EXP_HIGHEST));
            result.intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int sigmoid(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            FloatVector u = v.neg();
            FloatVector t =
                    u.fma(FloatVector.broadcast(S, ScalarMath.LOG2_E), FloatVector.broadcast(S, ScalarMath.ROUNDER));
            FloatVector k = t.sub(ScalarMath.ROUNDER);
            FloatVector r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_HIGH), u);
            r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_LOW), r);
            FloatVector e = r.fma(FloatVector.broadcast(S, ScalarMath.E6), FloatVector.broadcast(S, ScalarMath.E5));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E4));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E3));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E2));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.reinterpretAsInts().add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                    .reinterpretAsFloats();
            e = e.blend(0f, u.compare(VectorOperators.LT, ScalarMath.EXP_LOWEST));
            FloatVector w = e.blend(Float.POSITIVE_INFINITY, u.compare(VectorOperators.GT, ScalarMath.EXP_HIGHEST));
            FloatVector.broadcast(S, 1f).div(w.add(1f)).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int silu(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            FloatVector u = v.neg();
            FloatVector t =
                    u.fma(FloatVector.broadcast(S, ScalarMath.LOG2_E), FloatVector.broadcast(S, ScalarMath.ROUNDER));
            FloatVector k = t.sub(ScalarMath.ROUNDER);
            FloatVector r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_HIGH), u);
            r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_LOW), r);
            FloatVector e = r.fma(FloatVector.broadcast(S, ScalarMath.E6), FloatVector.broadcast(S, ScalarMath.E5));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E4));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E3));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E2));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.reinterpretAsInts().add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                    .reinterpretAsFloats();
            e = e.blend(0f, u.compare(VectorOperators.LT, ScalarMath.EXP_LOWEST));
            FloatVector w = e.blend(Float.POSITIVE_INFINITY, u.compare(VectorOperators.GT, ScalarMath.EXP_HIGHEST));
            v.mul(FloatVector.broadcast(S, 1f).div(w.add(1f))).intoArray(y, yOffset + i);
        }
        return i;
    }

    /** Comparisons with NaN are false, so that it stays. */
    private static int hardSwish(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            FloatVector t = v.add(3f);
            t = t.blend(0f, t.compare(VectorOperators.LE, 0f));
            t = t.blend(6f, t.compare(VectorOperators.GE, 6f));
            v.mul(t).div(6f).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int tanh(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            FloatVector a = v.abs();
            FloatVector u = a.add(a);
            FloatVector t =
                    u.fma(FloatVector.broadcast(S, ScalarMath.LOG2_E), FloatVector.broadcast(S, ScalarMath.ROUNDER));
            FloatVector k = t.sub(ScalarMath.ROUNDER);
            FloatVector r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_HIGH), u);
            r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_LOW), r);
            FloatVector e = r.fma(FloatVector.broadcast(S, ScalarMath.E6), FloatVector.broadcast(S, ScalarMath.E5));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E4));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E3));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E2));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.reinterpretAsInts().add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                    .reinterpretAsFloats();
            e = e.blend(0f, u.compare(VectorOperators.LT, ScalarMath.EXP_LOWEST));
            FloatVector w = e.blend(Float.POSITIVE_INFINITY, u.compare(VectorOperators.GT, ScalarMath.EXP_HIGHEST));
            FloatVector large = FloatVector.broadcast(S, 1f).sub(FloatVector.broadcast(S, 2f).div(w.add(1f)));
            FloatVector signed = large.blend(large.neg(), v.compare(VectorOperators.LT, 0f));
            FloatVector z = v.mul(v);
            FloatVector p = z.fma(FloatVector.broadcast(S, ScalarMath.T5), FloatVector.broadcast(S, ScalarMath.T4));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T3));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T2));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T1));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T0));
            FloatVector result = signed.blend(p.mul(v), a.compare(VectorOperators.LT, ScalarMath.TANH_SPLIT));
            result.intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int gelu(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            FloatVector a = v.abs();
            FloatVector q = a.fma(FloatVector.broadcast(S, ScalarMath.G9), FloatVector.broadcast(S, ScalarMath.G8));
            q = q.fma(a, FloatVector.broadcast(S, ScalarMath.G7));
            q = q.fma(a, FloatVector.broadcast(S, ScalarMath.G6));
            q = q.fma(a, FloatVector.broadcast(S, ScalarMath.G5));
            q = q.fma(a, FloatVector.broadcast(S, ScalarMath.G4));
            q = q.fma(a, FloatVector.broadcast(S, ScalarMath.G3));
            q = q.fma(a, FloatVector.broadcast(S, ScalarMath.G2));
            q = q.fma(a, FloatVector.broadcast(S, ScalarMath.G1));
            q = q.fma(a, FloatVector.broadcast(S, ScalarMath.G0));
            FloatVector u = q.fma(a, FloatVector.broadcast(S, -ScalarMath.LN2));
            FloatVector t =
                    u.fma(FloatVector.broadcast(S, ScalarMath.LOG2_E), FloatVector.broadcast(S, ScalarMath.ROUNDER));
            FloatVector r = t.sub(ScalarMath.ROUNDER).fma(FloatVector.broadcast(S, -ScalarMath.LN2), u);
            FloatVector e = r.fma(FloatVector.broadcast(S, ScalarMath.H5), FloatVector.broadcast(S, ScalarMath.H4));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.H3));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.H2));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.H1));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.H0));
            e = e.reinterpretAsInts().add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                    .reinterpretAsFloats();
            FloatVector tail = e.blend(0f, a.compare(VectorOperators.GT, ScalarMath.GELU_LAST));
            FloatVector upper = FloatVector.broadcast(S, 1f).sub(tail);
            v.mul(upper.blend(tail, v.compare(VectorOperators.LT, 0f))).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int geluTanh(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            FloatVector g = v.mul(ScalarMath.GELU_CUBIC).mul(v).fma(v, v).mul(ScalarMath.SQRT_2_OVER_PI);
            FloatVector a = g.abs();
            FloatVector u = a.add(a);
            FloatVector t =
                    u.fma(FloatVector.broadcast(S, ScalarMath.LOG2_E), FloatVector.broadcast(S, ScalarMath.ROUNDER));
            FloatVector k = t.sub(ScalarMath.ROUNDER);
            FloatVector r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_HIGH), u);
            r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_LOW), r);
            FloatVector e = r.fma(FloatVector.broadcast(S, ScalarMath.E6), FloatVector.broadcast(S, ScalarMath.E5));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E4));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E3));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E2));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.reinterpretAsInts().add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                    .reinterpretAsFloats();
            e = e.blend(0f, u.compare(VectorOperators.LT, ScalarMath.EXP_LOWEST));
            FloatVector w = e.blend(Float.POSITIVE_INFINITY, u.compare(VectorOperators.GT, ScalarMath.EXP_HIGHEST));
            FloatVector large = FloatVector.broadcast(S, 1f).sub(FloatVector.broadcast(S, 2f).div(w.add(1f)));
            FloatVector signed = large.blend(large.neg(), g.compare(VectorOperators.LT, 0f));
            FloatVector z = g.mul(g);
            FloatVector p = z.fma(FloatVector.broadcast(S, ScalarMath.T5), FloatVector.broadcast(S, ScalarMath.T4));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T3));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T2));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T1));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T0));
            FloatVector th = signed.blend(p.mul(g), a.compare(VectorOperators.LT, ScalarMath.TANH_SPLIT));
            v.mul(0.5f).mul(th.add(1f)).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int erf(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            FloatVector a = v.abs();
            FloatVector b = a.min(ScalarMath.ERF_LAST);
            FloatVector q = b.fma(FloatVector.broadcast(S, ScalarMath.Q8), FloatVector.broadcast(S, ScalarMath.Q7));
            q = q.fma(b, FloatVector.broadcast(S, ScalarMath.Q6));
            q = q.fma(b, FloatVector.broadcast(S, ScalarMath.Q5));
            q = q.fma(b, FloatVector.broadcast(S, ScalarMath.Q4));
            q = q.fma(b, FloatVector.broadcast(S, ScalarMath.Q3));
            q = q.fma(b, FloatVector.broadcast(S, ScalarMath.Q2));
            q = q.fma(b, FloatVector.broadcast(S, ScalarMath.Q1));
            q = q.fma(b, FloatVector.broadcast(S, ScalarMath.Q0));
            FloatVector t =
                    q.fma(FloatVector.broadcast(S, ScalarMath.LOG2_E), FloatVector.broadcast(S, ScalarMath.ROUNDER));
            FloatVector k = t.sub(ScalarMath.ROUNDER);
            FloatVector r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_HIGH), q);
            r = k.fma(FloatVector.broadcast(S, -ScalarMath.LN2_LOW), r);
            FloatVector e = r.fma(FloatVector.broadcast(S, ScalarMath.E6), FloatVector.broadcast(S, ScalarMath.E5));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E4));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E3));
            e = e.fma(r, FloatVector.broadcast(S, ScalarMath.E2));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.fma(r, FloatVector.broadcast(S, 1f));
            e = e.reinterpretAsInts().add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                    .reinterpretAsFloats();
            e = e.blend(0f, q.compare(VectorOperators.LT, ScalarMath.EXP_LOWEST));
            FloatVector w = e.blend(Float.POSITIVE_INFINITY, q.compare(VectorOperators.GT, ScalarMath.EXP_HIGHEST));
            FloatVector large = FloatVector.broadcast(S, 1f).sub(w);
            FloatVector signed = large.blend(large.neg(), v.compare(VectorOperators.LT, 0f));
            FloatVector z = v.mul(v);
            FloatVector p = z.fma(FloatVector.broadcast(S, ScalarMath.R7), FloatVector.broadcast(S, ScalarMath.R6));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.R5));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.R4));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.R3));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.R2));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.R1));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.R0));
            signed.blend(p.mul(v), a.compare(VectorOperators.LT, ScalarMath.ERF_SPLIT)).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int relu(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            v.max(0f).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int sqrt(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            v.sqrt().intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int reciprocal(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            FloatVector.broadcast(S, 1f).div(v).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int neg(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            v.neg().intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int abs(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            v.abs().intoArray(y, yOffset + i);
        }
        return i;
    }
}
