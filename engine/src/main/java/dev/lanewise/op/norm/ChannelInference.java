package dev.lanewise.op.norm;

import dev.lanewise.DataType;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;

/** Checks shared by normalisations of {@code x [n, c, ...]} with parameters {@code [c]}. */
final class ChannelInference {
    private ChannelInference() {
    }

    static DataType floatType(Inference in, int i) {
        return in.type(i, DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);
    }

    /** The fact of x, once inputs 1 to {@code parameters} are known to have one element a channel. */
    static Fact sameAsInput(Inference in, int parameters) {
        DataType type = floatType(in, 0);
        for (int p = 1; p <= parameters; p++) {
            if ((floatType(in, p) == DataType.DOUBLE) != (type == DataType.DOUBLE)) {
                throw in.error("input " + p + " of a type that goes with " + type, in.input(p).type().toString(),
                        "cast it");
            }
        }
        if (!in.input(0).hasShape()) {
            return Fact.unknown(type);
        }
        Dim[] x = in.shape(0);
        if (x.length < 2) {
            throw in.error("x with a batch and a channel axis", in.input(0).toString(), "give it rank 2 or more");
        }
        for (int p = 1; p <= parameters; p++) {
            Dim[] shape = in.shape(p);
            if (shape == null) {
                continue;
            }
            if (shape.length != 1 || shape[0].isConstant() && x[1].isConstant() && !shape[0].equals(x[1])) {
                throw in.error("input " + p + " of shape [" + x[1] + "], one element a channel",
                        in.input(p).toString(), "check the shapes");
            }
            in.assumeEqual(x[1], shape[0]);
        }
        return Fact.of(type, x);
    }
}
