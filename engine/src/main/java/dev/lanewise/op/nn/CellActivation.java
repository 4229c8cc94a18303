package dev.lanewise.op.nn;

import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.kernel.scalar.ScalarMath;

/** An activation inside a recurrent cell, with its parameters where it has any. */
public record CellActivation(Function function, float alpha, float beta) {
    /** The functions, with the defaults of their parameters. */
    public enum Function {
        RELU(0, 0), TANH(0, 0), SIGMOID(0, 0), AFFINE(1, 0), LEAKY_RELU(0.01f, 0), THRESHOLDED_RELU(1, 0),
        SCALED_TANH(1,
                1),
        HARD_SIGMOID(0.2f, 0.5f), ELU(1, 0), SOFTSIGN(0, 0), SOFTPLUS(0, 0);

        private final float alpha;
        private final float beta;

        Function(float alpha, float beta) {
            this.alpha = alpha;
            this.beta = beta;
        }

        public boolean takesAlpha() {
            return alpha != 0;
        }

        public boolean takesBeta() {
            return this == AFFINE || beta != 0;
        }
    }

    /** With the defaults of its parameters. */
    public CellActivation(Function function) {
        this(function, function.alpha, function.beta);
    }

    /** The kernel of the same function, or null. */
    UnaryFunction kernel() {
        return switch (function) {
            case RELU -> UnaryFunction.RELU;
            case TANH -> UnaryFunction.TANH;
            case SIGMOID -> UnaryFunction.SIGMOID;
            default -> null;
        };
    }

    float apply(float x) {
        return switch (function) {
            case RELU -> Math.max(x, 0f);
            case TANH -> ScalarMath.tanh(x);
            case SIGMOID -> ScalarMath.sigmoid(x);
            case AFFINE -> Math.fma(alpha, x, beta);
            case LEAKY_RELU -> x < 0 ? alpha * x : x;
            case THRESHOLDED_RELU -> x > alpha ? x : 0f;
            case SCALED_TANH -> alpha * ScalarMath.tanh(beta * x);
            case HARD_SIGMOID -> Math.clamp(Math.fma(alpha, x, beta), 0f, 1f);
            case ELU -> x < 0 ? alpha * (ScalarMath.exp(x) - 1f) : x;
            case SOFTSIGN -> x / (1f + Math.abs(x));
            case SOFTPLUS -> (float) StrictMath.log1p(ScalarMath.exp(-Math.abs(x))) + Math.max(x, 0f);
        };
    }
}
