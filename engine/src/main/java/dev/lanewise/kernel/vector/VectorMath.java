package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.kernel.scalar.ScalarMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link ScalarMath} a vector at a time, operation by operation; the rest of a range goes to the scalar form.
 *
 * <p>
 * Large bodies call the API directly: C2 stops inlining helpers once a method has grown past its node limit, and a vector
 * that crosses a call is allocated; the API's own methods are exempt. So the call of {@link #exp} comes early in a body.
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
            case EXP -> exp(x, xOffset, y, yOffset, n);
            case SIGMOID -> sigmoid(x, xOffset, y, yOffset, n);
            case SILU -> silu(x, xOffset, y, yOffset, n);
            case SQRT -> sqrt(x, xOffset, y, yOffset, n);
            case RECIPROCAL -> reciprocal(x, xOffset, y, yOffset, n);
            case NEG -> neg(x, xOffset, y, yOffset, n);
            case ABS -> abs(x, xOffset, y, yOffset, n);
        };
        for (int i = done; i < n; i++) {
            y[yOffset + i] = ScalarMath.apply(f, x[xOffset + i]);
        }
    }

    static FloatVector exp(FloatVector x) {
        FloatVector t =
                x.fma(FloatVector.broadcast(S, ScalarMath.LOG2_E), FloatVector.broadcast(S, ScalarMath.ROUNDER));
        FloatVector n = t.sub(ScalarMath.ROUNDER);
        FloatVector r = n.fma(FloatVector.broadcast(S, -ScalarMath.LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(S, -ScalarMath.LN2_LOW), r);
        FloatVector p = r.fma(FloatVector.broadcast(S, ScalarMath.E7), FloatVector.broadcast(S, ScalarMath.E6));
        p = p.fma(r, FloatVector.broadcast(S, ScalarMath.E5));
        p = p.fma(r, FloatVector.broadcast(S, ScalarMath.E4));
        p = p.fma(r, FloatVector.broadcast(S, ScalarMath.E3));
        p = p.fma(r, FloatVector.broadcast(S, ScalarMath.E2));
        p = p.fma(r, FloatVector.broadcast(S, 1f));
        p = p.fma(r, FloatVector.broadcast(S, 1f));
        IntVector exponent = t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        FloatVector scaled = p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
        FloatVector low = scaled.blend(0f, x.compare(VectorOperators.LT, ScalarMath.EXP_LOWEST));
        return low.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, ScalarMath.EXP_HIGHEST));
    }

    private static FloatVector tanh(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector z = x.mul(x);
        FloatVector p = z.fma(FloatVector.broadcast(S, ScalarMath.T5), FloatVector.broadcast(S, ScalarMath.T4));
        p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T3));
        p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T2));
        p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T1));
        p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T0));
        FloatVector small = p.mul(x);
        FloatVector large = FloatVector.broadcast(S, 1f).sub(FloatVector.broadcast(S, 2f).div(exp(a.add(a)).add(1f)));
        FloatVector signed = large.blend(large.neg(), x.compare(VectorOperators.LT, 0f));
        return signed.blend(small, a.compare(VectorOperators.LT, ScalarMath.TANH_SPLIT));
    }

    private static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(S, 1f).div(exp(x.neg()).add(1f));
    }

    private static int relu(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, x, xOffset + i).max(0f).intoArray(y, yOffset + i);
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
            FloatVector half = exp(q.mul(a)).mul(0.5f);
            FloatVector tail = half.blend(0f, a.compare(VectorOperators.GT, ScalarMath.GELU_LAST));
            FloatVector upper = FloatVector.broadcast(S, 1f).sub(tail);
            v.mul(upper.blend(tail, v.compare(VectorOperators.LT, 0f))).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int geluTanh(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            FloatVector inner = v.mul(ScalarMath.GELU_CUBIC).mul(v).fma(v, v);
            v.mul(0.5f).mul(tanh(inner.mul(ScalarMath.SQRT_2_OVER_PI)).add(1f)).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int tanh(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            tanh(FloatVector.fromArray(S, x, xOffset + i)).intoArray(y, yOffset + i);
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
            FloatVector large = FloatVector.broadcast(S, 1f).sub(exp(q));
            FloatVector z = v.mul(v);
            FloatVector p = z.fma(FloatVector.broadcast(S, ScalarMath.R7), FloatVector.broadcast(S, ScalarMath.R6));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.R5));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.R4));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.R3));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.R2));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.R1));
            p = p.fma(z, FloatVector.broadcast(S, ScalarMath.R0));
            FloatVector small = p.mul(v);
            FloatVector signed = large.blend(large.neg(), v.compare(VectorOperators.LT, 0f));
            signed.blend(small, a.compare(VectorOperators.LT, ScalarMath.ERF_SPLIT)).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int exp(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            exp(FloatVector.fromArray(S, x, xOffset + i)).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int sigmoid(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            sigmoid(FloatVector.fromArray(S, x, xOffset + i)).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int silu(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
            v.mul(sigmoid(v)).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int sqrt(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, x, xOffset + i).sqrt().intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int reciprocal(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.broadcast(S, 1f).div(FloatVector.fromArray(S, x, xOffset + i)).intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int neg(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, x, xOffset + i).neg().intoArray(y, yOffset + i);
        }
        return i;
    }

    private static int abs(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(S, x, xOffset + i).abs().intoArray(y, yOffset + i);
        }
        return i;
    }
}
