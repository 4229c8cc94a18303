package dev.lanewise.compile;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.norm.Dropout;
import dev.lanewise.op.shape.Flatten;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Identity;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Slice;
import dev.lanewise.op.shape.Squeeze;
import dev.lanewise.op.shape.Transpose;
import dev.lanewise.op.shape.Unsqueeze;
import java.util.List;

/** Nodes whose output is made of whole rows (last axis) of their first input, so that what is done to each channel may come after. */
final class WholeRows {
    private WholeRows() {
    }

    static boolean are(Node n) {
        Value x = n.input(0);
        if (x == null || !x.fact().hasShape() || !n.output().fact().hasShape() || x.fact().rank() == 0) {
            return false;
        }
        int last = x.fact().rank() - 1;
        return sameRows(x, n.output()) && switch (n.operator()) {
            case Identity i -> true;
            case Dropout d -> n.outputs().size() == 1 || n.input(2) == null;
            case Reshape r -> true;
            case Squeeze s -> true;
            case Unsqueeze u -> true;
            case Flatten f -> true;
            case Gather(int axis) -> (axis < 0 ? axis + last + 1 : axis) != last;
            case Transpose(List<Integer> perm) -> perm.size() == last + 1 && perm.get(last) == last;
            case Slice s -> leaves(n, last);
            default -> false;
        };
    }

    private static boolean sameRows(Value x, Value y) {
        Dim[] from = x.fact().shape();
        Dim[] to = y.fact().shape();
        return to.length > 0 && from[from.length - 1].equals(to[to.length - 1]);
    }

    /** Whether a slice takes nothing off the last axis, whatever its step. */
    private static boolean leaves(Node slice, int last) {
        Tensor axes = slice.input(3) == null ? null : slice.input(3).fact().constant();
        if (axes == null) {
            Dim[] starts = slice.input(1).fact().shape();
            return slice.input(3) == null && starts != null && starts.length == 1 && starts[0].isConstant()
                    && starts[0].value() <= last;
        }
        for (long axis : axes.asLongs()) {
            if (axis == last || axis == -1) {
                return false;
            }
        }
        return true;
    }
}
