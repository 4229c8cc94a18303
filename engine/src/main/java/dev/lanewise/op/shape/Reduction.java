package dev.lanewise.op.shape;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.op.Elements;

/** How a scattered element meets the one that is there. */
public enum Reduction {
    NONE, ADD, MUL, MAX, MIN;

    /** Combines element {@code i} of {@code update} into element {@code at} of {@code out}. */
    void apply(Tensor out, int at, Tensor update, int i) {
        if (this == NONE) {
            System.arraycopy(update.array(), i, out.array(), at, 1);
        } else if (out.type().isFloatingPoint()) {
            double a = Elements.doubleAt(out, at);
            double b = Elements.doubleAt(update, i);
            Elements.set(out, at, switch (this) {
                case ADD -> a + b;
                case MUL -> a * b;
                case MAX -> Math.max(a, b);
                default -> Math.min(a, b);
            });
        } else {
            long a = out.longAt(at);
            long b = update.longAt(i);
            boolean greater = (out.type() == DataType.UINT64 ? Long.compareUnsigned(a, b) : Long.compare(a, b)) > 0;
            Elements.set(out, at, switch (this) {
                case ADD -> a + b;
                case MUL -> a * b;
                case MAX -> greater ? a : b;
                default -> greater ? b : a;
            });
        }
    }
}
