package dev.lanewise.quant.gradient;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Broadcast;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.elementwise.Unary;
import java.util.function.DoubleBinaryOperator;

/** Elementwise functions: the derivative at each element times the gradient there, summed over what an operand spread to. */
final class ElementwiseGradients {
    private static final double INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);
    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
    private static final double GELU_CUBIC = 0.044715;

    private ElementwiseGradients() {
    }

    static Tensor[] binary(Binary.Function f, Site s) {
        s.needsFloats();
        Tensor[] gradients = new Tensor[2];
        for (int i = 0; i < 2; i++) {
            if (s.wanted()[i]) {
                gradients[i] = operand(s, i, derivative(f, i, s));
            }
        }
        return gradients;
    }

    private static Tensor operand(Site s, int operand, DoubleBinaryOperator derivative) {
        Tensor a = s.in(0);
        Tensor b = s.in(1);
        float[] g = s.gradient();
        float[] x = a.floats();
        float[] y = b.type() == DataType.FLOAT ? b.floats()
                : new Cast(DataType.FLOAT).evaluate(new Tensor[] {b})[0].floats();
        Tensor of = s.in(operand);
        float[] d = new float[of.size()];
        Broadcast loops = Broadcast.of(s.out()[0].shape(), a.shape(), b.shape());
        loops.all((to, i, j, c, n) -> {
            int from = operand == 0 ? i : j;
            for (int k = 0; k < n; k++) {
                d[from + k * loops.step(operand)] += (float) (g[to + k]
                        * derivative.applyAsDouble(x[i + k * loops.step(0)], y[j + k * loops.step(1)]));
            }
        });
        return Tensor.of(d, of.shape());
    }

    /** Where two operands are equal, minimum and maximum are taken to be the first. */
    private static DoubleBinaryOperator derivative(Binary.Function f, int operand, Site s) {
        boolean first = operand == 0;
        return switch (f) {
            case ADD -> (a, b) -> 1;
            case SUB -> first ? (a, b) -> 1 : (a, b) -> -1;
            case MUL -> first ? (a, b) -> b : (a, b) -> a;
            case DIV -> first ? (a, b) -> 1 / b : (a, b) -> -a / (b * b);
            case POW -> first ? (a, b) -> b == 2 ? 2 * a : b * Math.pow(a, b - 1)
                    : (a, b) -> Math.pow(a, b) * Math.log(a);
            case MIN -> first ? (a, b) -> a <= b ? 1 : 0 : (a, b) -> a <= b ? 0 : 1;
            case MAX -> first ? (a, b) -> a >= b ? 1 : 0 : (a, b) -> a >= b ? 0 : 1;
            case PRELU -> first ? (a, b) -> a < 0 ? b : 1 : (a, b) -> a < 0 ? a : 0;
            case MOD, FMOD -> throw s.missing(f.onnxName());
        };
    }

    /** A function of x alone; {@code derivative} gets x and its value. */
    private static Tensor[] map(Site s, DoubleBinaryOperator derivative) {
        s.needsFloats();
        float[] g = s.gradient();
        float[] x = s.in(0).floats();
        float[] y = s.out()[0].floats();
        float[] d = new float[x.length];
        for (int i = 0; i < d.length; i++) {
            d[i] = (float) (g[i] * derivative.applyAsDouble(x[i], y[i]));
        }
        return s.first(Tensor.of(d, s.in(0).shape()));
    }

    static Tensor[] unary(Unary.Function f, Site s) {
        return map(s, switch (f) {
            case ABS -> (x, y) -> Math.signum(x);
            case NEG -> (x, y) -> -1;
            case SIGN, CEIL, FLOOR, ROUND -> (x, y) -> 0;
            case RELU -> (x, y) -> x > 0 ? 1 : 0;
            case RECIPROCAL -> (x, y) -> -y * y;
            case SQRT -> (x, y) -> 0.5 / y;
            case EXP -> (x, y) -> y;
            case LOG -> (x, y) -> 1 / x;
            case ERF -> (x, y) -> 2 / Math.sqrt(Math.PI) * Math.exp(-x * x);
            case SIN -> (x, y) -> Math.cos(x);
            case COS -> (x, y) -> -Math.sin(x);
            case TANH -> (x, y) -> 1 - y * y;
            case SIGMOID -> (x, y) -> y * (1 - y);
            case SILU -> (x, y) -> sigmoid(x) * (1 + x * (1 - sigmoid(x)));
            case HARD_SWISH -> (x, y) -> x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5;
            case MISH -> (x, y) -> {
                double t = Math.tanh(Math.log1p(Math.exp(x)));
                return t + x * sigmoid(x) * (1 - t * t);
            };
            case SOFTPLUS -> (x, y) -> sigmoid(x);
            case SOFTSIGN -> (x, y) -> 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x)));
            default -> throw s.missing(f.onnxName());
        });
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** Of {@code x Φ(x)} the derivative is {@code Φ(x) + x φ(x)}. */
    static Tensor[] gelu(Gelu op, Site s) {
        if (!op.tanhApproximation()) {
            Tensor phi = new Unary(Unary.Function.ERF).evaluate(new Tensor[] {scaled(s.in(0), Math.sqrt(0.5))})[0];
            float[] erf = phi.floats();
            float[] g = s.gradient();
            float[] x = s.in(0).floats();
            float[] d = new float[x.length];
            for (int i = 0; i < d.length; i++) {
                double density = INVERSE_SQRT_2PI * Math.exp(-0.5 * x[i] * x[i]);
                d[i] = (float) (g[i] * (0.5 * (1 + erf[i]) + x[i] * density));
            }
            return s.first(Tensor.of(d, s.in(0).shape()));
        }
        return map(s, (x, y) -> {
            double t = Math.tanh(SQRT_2_OVER_PI * (x + GELU_CUBIC * x * x * x));
            return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * GELU_CUBIC * x * x);
        });
    }

    private static Tensor scaled(Tensor x, double factor) {
        float[] y = x.floats().clone();
        for (int i = 0; i < y.length; i++) {
            y[i] *= (float) factor;
        }
        return Tensor.of(y, x.shape());
    }

    /** Inside the bounds as it is, outside nothing. */
    static Tensor[] clip(Site s) {
        s.needsFirstOnly();
        return map(s, (x, y) -> x == y ? 1 : 0);
    }

    static Tensor[] cast(Cast op, Site s) {
        s.needsFloats();
        if (op.to() != DataType.FLOAT) {
            throw s.missing("a cast to " + op.to());
        }
        return s.first(s.gradients()[0]);
    }
}
