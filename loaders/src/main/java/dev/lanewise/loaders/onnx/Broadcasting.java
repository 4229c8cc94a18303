package dev.lanewise.loaders.onnx;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Value;
import dev.lanewise.op.shape.Unsqueeze;
import java.util.stream.LongStream;

/** Brings operands of operator sets before 7 to the shapes that spread by themselves. */
final class Broadcasting {
    private static final int MULTIDIRECTIONAL = 7;

    private Broadcasting() {
    }

    /** Input 1, which before operator set 7 lies along the first from attribute {@code axis} on. */
    static Value second(OnnxNode n) {
        Value b = n.input(1);
        if (n.opset() >= MULTIDIRECTIONAL || n.integer("broadcast", 0) == 0 || !n.has("axis") || b == null
                || n.input(0) == null || b.fact().hasShape() && b.fact().rank() == 0) {
            return b;
        }
        int rank = rank(n, n.input(0));
        int axis = Math.toIntExact(n.integer("axis", 0));
        return trailingOnes(n, b, rank - (axis < 0 ? axis + rank : axis) - rank(n, b));
    }

    /** The slope of PRelu, which before operator set 7 has one element for each channel (axis 1). */
    static Value slope(OnnxNode n) {
        Value slope = n.input(1);
        boolean channels = n.opset() < MULTIDIRECTIONAL && slope != null && rank(n, slope) == 1
                && !slope.fact().shape()[0].is(1);
        return channels ? trailingOnes(n, slope, rank(n, n.input(0)) - 2) : slope;
    }

    private static int rank(OnnxNode n, Value v) {
        if (!v.fact().hasShape()) {
            throw n.unsupported("with broadcasting of a value whose shape is not known");
        }
        return v.fact().rank();
    }

    private static Value trailingOnes(OnnxNode n, Value v, int count) {
        if (count < 0) {
            throw n.error("an operand that fits into the first from its axis on", v.fact().toString(),
                    "correct the axis");
        }
        if (count == 0) {
            return v;
        }
        int rank = v.fact().rank();
        long[] axes = LongStream.range(rank, rank + count).toArray();
        return n.intermediate(new Unsqueeze(), v, n.constant(Tensor.of(axes, count)));
    }
}
