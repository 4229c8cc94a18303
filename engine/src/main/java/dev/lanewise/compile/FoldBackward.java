package dev.lanewise.compile;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.linear.Linear;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.shape.Gather;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes {@code s v + t} into what v is made of: columns of a layer's weights and of a table are multiplied by s, a bias or the table
 * gains t. In a sum of which one side can do that the other is multiplied by s, which is what post-norm leaves of a
 * normalisation: a factor on the residual, which the layer's own sum takes in.
 */
final class FoldBackward {
    /** Sums and nodes that arrange rows, one behind the other, are followed so far. */
    private static final int DEPTH = 16;

    private final Map<Value, List<Node>> uses;
    private final Set<Value> outputs;
    private final FoldedWeights weights;
    private final List<Node> nodes = new ArrayList<>();
    private int depth;

    FoldBackward(Map<Value, List<Node>> uses, Set<Value> outputs, FoldedWeights weights) {
        this.uses = uses;
        this.outputs = outputs;
        this.weights = weights;
    }

    /** The nodes that change. */
    List<Node> nodes() {
        return nodes;
    }

    /** The value {@code s v + t} without a node for it, or null where there is no such form. */
    Value absorb(Value v, ChannelAffine a) {
        if (!a.fits(v) || depth == DEPTH) {
            return null;
        }
        depth++;
        Value taken = into(v, a);
        depth--;
        return taken;
    }

    private Value into(Value v, ChannelAffine a) {
        if (v.isConstant()) {
            return weights.scaled(v, 1, a.scale(), a.shift());
        }
        Node n = v.producer();
        if (n == null || n.outputs().size() != 1 || uses.getOrDefault(v, List.of()).size() != 1
                || outputs.contains(v)) {
            return null;
        }
        nodes.add(n);
        return switch (n.operator()) {
            case MatMul m when FoldedWeights.isMatrix(n.input(1), 1, a.channels()) -> matMul(n, a);
            case Gemm g when isPlain(n, g) -> gemm(n, g, a);
            case Linear l when l.weights() == Linear.Weights.FLOAT && l.parts() == 1 && l.activation() == null
                    && l.width() == null && !l.residualScale()
                    && FoldedWeights.isMatrix(n.input(l.weightsAt()), 1, a.channels()) -> linear(n, l, a);
            case Gather(int axis) when axis == 0 && FoldedWeights.isMatrix(n.input(0), 1, a.channels()) -> renewed(n,
                    n.operator(), weights.scaled(n.input(0), 1, a.scale(), a.shift()), n.input(1));
            case Binary(Binary.Function f) when f == Binary.Function.ADD -> sum(n, a);
            default -> WholeRows.are(n) ? arranged(n, a) : null;
        };
    }

    private static boolean isPlain(Node n, Gemm g) {
        Tensor b = n.input(1).fact().constant();
        return b != null && b.rank() == 2 && FoldForward.isPlain(g, n, b.dim(g.transposeB() ? 1 : 0));
    }

    private static Value renewed(Node n, Operator operator, Value... inputs) {
        return Arrays.asList(inputs).contains(null) ? null
                : Node.of(n.name(), operator, Arrays.asList(inputs), List.of(n.output().name())).output();
    }

    private Value matMul(Node n, ChannelAffine a) {
        Value product = renewed(n, n.operator(), n.input(0), weights.scaled(n.input(1), 1, a.scale()));
        Value bias = FoldedWeights.vector(n.name() + ".bias", null, null, a.shift());
        return product == null || !a.shifts() ? product : renewed(n, new Binary(Binary.Function.ADD), product, bias);
    }

    private Value gemm(Node n, Gemm g, ChannelAffine a) {
        return renewed(n, g, n.input(0), weights.scaled(n.input(1), g.transposeB() ? 0 : 1, a.scale()),
                FoldedWeights.vector(n.name() + ".bias", n.input(2), a.scale(), a.shift()));
    }

    private Value linear(Node n, Linear l, ChannelAffine a) {
        Value w = n.input(l.weightsAt());
        List<Value> inputs = new ArrayList<>(List.of(n.input(0)));
        inputs.add(weights.scaled(w, 1, a.scale()));
        inputs.add(
                FoldedWeights.vector(w.name() + ".bias", l.bias() ? n.input(l.biasAt()) : null, a.scale(), a.shift()));
        if (l.residual()) {
            inputs.add(n.input(l.residualAt()));
            inputs.add(FoldedWeights.vector(n.name() + ".scale", null, null, a.scale()));
        }
        return renewed(n, new Linear(l.weights(), 1, true, null, l.residual(), null, l.residual()),
                inputs.toArray(Value[]::new));
    }

    private Value sum(Node n, ChannelAffine a) {
        for (int side = 0; side < 2; side++) {
            Value other = n.input(1 - side);
            if (n.input(side).isConstant() || !a.fits(other)) {
                continue;
            }
            int before = nodes.size();
            Value taken = absorb(n.input(side), other.isConstant() ? a.withoutShift() : a);
            Value rest = taken == null ? null : other.isConstant() ? absorb(other, a) : factored(n, side, other, a);
            if (rest != null) {
                return renewed(n, n.operator(), side == 0 ? taken : rest, side == 0 ? rest : taken);
            }
            nodes.subList(before, nodes.size()).clear();
        }
        return null;
    }

    /** The other side of a sum times s: taken in where that can be, else by a product of its own. */
    private Value factored(Node sum, int side, Value other, ChannelAffine a) {
        int before = nodes.size();
        // the first side to be tried could not take all of it, so it cannot take a part of it
        Value rest = side == 0 ? absorb(other, a.withoutShift()) : null;
        if (rest != null) {
            return rest;
        }
        nodes.subList(before, nodes.size()).clear();
        Value factors = FoldedWeights.vector(sum.name() + ".scale", null, null, a.scale());
        return renewed(sum, new Binary(Binary.Function.MUL), other, factors);
    }

    private Value arranged(Node n, ChannelAffine a) {
        Value taken = absorb(n.input(0), a);
        if (taken == null) {
            return null;
        }
        List<Value> inputs = new ArrayList<>(n.inputs());
        inputs.set(0, taken);
        return Node.of(n.name(), n.operator(), inputs, List.of(n.output().name())).output();
    }
}
