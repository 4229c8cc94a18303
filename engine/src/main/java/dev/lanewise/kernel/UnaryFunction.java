package dev.lanewise.kernel;

/** Functions of one float that have a kernel. */
public enum UnaryFunction {
    RELU, GELU, GELU_TANH, TANH, ERF, EXP, SIGMOID, SILU, HARD_SWISH, SQRT, RECIPROCAL, NEG, ABS
}
