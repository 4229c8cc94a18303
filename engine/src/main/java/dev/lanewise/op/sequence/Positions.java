package dev.lanewise.op.sequence;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Inference;

/** Places in a sequence: a whole number of one element, negative counted from the end. */
final class Positions {
    private Positions() {
    }

    static void check(Inference in, int input) {
        in.type(input, DataType.INT32, DataType.INT64);
    }

    /** The position counted from the start, in [0, {@code end}). */
    static int of(Tensor position, int length, int end) {
        long given = position.size() == 1 ? position.longAt(0) : Long.MIN_VALUE;
        if (given < -length || given >= end) {
            throw new InvalidInputException(null, "a position in [" + -length + ", " + (end - 1) + "]",
                    position.size() == 1 ? Long.toString(given) : position.toString(), "correct the position");
        }
        return (int) (given < 0 ? given + length : given);
    }
}
