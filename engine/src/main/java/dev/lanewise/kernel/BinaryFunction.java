package dev.lanewise.kernel;

/** Functions of two floats that have a kernel; MIN and MAX as {@link Math#min} and {@link Math#max}. */
public enum BinaryFunction {
    ADD, SUB, MUL, DIV, MIN, MAX
}
