package dev.lanewise.op;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Unary;
import java.util.List;

/** Questions that rules ask about the nodes around a match. Each takes null for "no such node" and answers no. */
public final class Pattern {
    private Pattern() {
    }

    public static boolean isBinary(Node n, Binary.Function function) {
        return n != null && n.operator() instanceof Binary(Binary.Function f) && f == function;
    }

    public static boolean isUnary(Node n, Unary.Function function) {
        return n != null && n.operator() instanceof Unary(Unary.Function f) && f == function;
    }

    /** The value of a FLOAT constant of one element, or null. */
    public static Float scalar(Value v) {
        Tensor t = v == null ? null : v.fact().constant();
        return t != null && t.type() == DataType.FLOAT && t.size() == 1 ? (Float) t.floats()[0] : null;
    }

    /** Whether v is a one-element FLOAT constant within a few roundings of {@code wanted}. */
    public static boolean isScalar(Value v, float wanted) {
        Float s = scalar(v);
        return s != null && Math.abs(s - wanted) <= 1e-6f * Math.abs(wanted);
    }

    /** Whether {@code axes} is a constant that names the last axis of x alone. */
    public static boolean isLastAxis(Value axes, Value x) {
        Tensor t = axes == null ? null : axes.fact().constant();
        return t != null && t.size() == 1 && x.fact().hasShape()
                && (t.longAt(0) == -1 || t.longAt(0) == x.fact().rank() - 1);
    }

    /** Whether each dimension of the value is the one given. */
    public static boolean hasShape(Value v, List<Dim> shape) {
        return v.fact().hasShape() && List.of(v.fact().shape()).equals(shape);
    }
}
