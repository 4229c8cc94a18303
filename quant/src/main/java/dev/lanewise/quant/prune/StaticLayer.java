package dev.lanewise.quant.prune;

import dev.lanewise.DataType;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.shape.Identity;
import dev.lanewise.op.shape.Transpose;
import java.util.List;
import java.util.Map;

/**
 * A product of computed rows and a constant matrix, however the graph writes it.
 *
 * @param weights the matrix as the node reads it
 * @param inputAxis axis of the weights that is summed over
 * @param inputs its length
 * @param outputs length of the other axis
 */
record StaticLayer(Node node, Value weights, int inputAxis, int inputs, int outputs) {
    /** Null where the node is none. */
    static StaticLayer of(Node n) {
        int inputAxis = switch (n.operator()) {
            case MatMul op -> 0;
            case Gemm op when !op.transposeA() -> op.transposeB() ? 1 : 0;
            default -> -1;
        };
        if (inputAxis < 0 || !isMatrix(n.input(1)) || origin(n.input(1), 0) == null || !n.input(0).fact().hasShape()) {
            return null;
        }
        Dim[] shape = n.input(1).fact().shape();
        return new StaticLayer(n, n.input(1), inputAxis, (int) shape[inputAxis].value(),
                (int) shape[1 - inputAxis].value());
    }

    private static boolean isMatrix(Value v) {
        return v.fact().hasShape() && v.fact().rank() == 2 && v.fact().isConcrete();
    }

    long cost() {
        return (long) inputs * outputs;
    }

    /**
     * The constant that a value is, or is made of by transposition or a cast to FLOAT, and where an axis of the value lies in it; null
     * where it is computed.
     */
    static NeuronAxis origin(Value v, int axis) {
        Value at = v;
        int a = axis;
        while (at.producer() != null) {
            Node n = at.producer();
            switch (n.operator()) {
                case Identity op -> {
                }
                case Cast(DataType to) when to == DataType.FLOAT -> {
                }
                case Transpose(List<Integer> perm) -> a = perm.isEmpty() ? at.fact().rank() - 1 - a : perm.get(a);
                default -> {
                    return null;
                }
            }
            at = n.input(0);
        }
        return at.isConstant() ? new NeuronAxis(at, a) : null;
    }

    /** Whether nothing but one reader depends on the constant behind a value. */
    static boolean isOwn(Value v, Map<Value, List<Node>> uses) {
        Value at = v;
        while (uses.getOrDefault(at, List.of()).size() == 1) {
            if (at.producer() == null) {
                return true;
            }
            at = at.producer().input(0);
        }
        return false;
    }
}
