package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.adaptive.AdaptiveComputation;
import dev.lanewise.op.linear.Linear;
import dev.lanewise.op.shape.Gather;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * FLOAT weights of linear layers and adaptive modules, and FLOAT embedding tables, in fewer bits. Serves one model: what a tensor has become is kept, so that
 * every plan of the model shares it.
 */
public final class EncodeWeightsRule implements Rule {
    /** Smaller matrices save nothing worth a rounding. */
    private static final int SMALLEST = 1 << 10;

    private final WeightFormat format;
    private final Map<Tensor, Tensor> made = new IdentityHashMap<>();

    public EncodeWeightsRule(WeightFormat format) {
        this.format = format;
    }

    @Override
    public Patch match(Node node, Map<Value, List<Node>> uses) {
        return switch (node.operator()) {
            case Linear l when l.weights() == Linear.Weights.FLOAT ->
                    encoded(node, IntStream.rangeClosed(1, l.parts()).boxed().toList(), 0, uses);
            case Gather(int axis) when axis == 0 -> encoded(node, List.of(0), 1, uses);
            case AdaptiveComputation a -> encoded(node, List.of(a.upAt(), a.downAt()), 0, uses);
            default -> null;
        };
    }

    private static boolean isMatrix(Value v) {
        Tensor t = v.fact().constant();
        return t != null && t.type() == DataType.FLOAT && t.rank() == 2 && t.size() >= SMALLEST
                && EncodedMatrix.of(t) == null;
    }

    private Patch encoded(Node node, List<Integer> matrices, int axis, Map<Value, List<Node>> uses) {
        List<Value> inputs = new ArrayList<>(node.inputs());
        for (int i : matrices) {
            if (!isMatrix(node.input(i))) {
                return null;
            }
            Tensor smaller = encoded(node.input(i).fact().constant(), axis);
            if (!WeightFormat.isUsable(EncodedMatrix.of(smaller))) {
                return null;
            }
            inputs.set(i, Value.constant(node.input(i).name(), smaller));
        }
        for (int i : matrices) {
            letGo(node.input(i), uses, EncodedMatrix.of(inputs.get(i).fact().constant()));
        }
        return Patch.replace(node.output(),
                Node.of(node.name(), node.operator(), inputs, List.of(node.output().name())).output());
    }

    /** The FLOAT elements, where nothing else reads them: who asks for them from now on gets those that the codes stand for. */
    private static void letGo(Value v, Map<Value, List<Node>> uses, EncodedMatrix encoded) {
        Tensor t = v.fact().constant();
        if (uses.get(v).size() == 1 && t.deferred() != null) {
            t.deferred().release(encoded);
        }
    }

    private Tensor encoded(Tensor w, int axis) {
        synchronized (made) {
            return made.computeIfAbsent(w, t -> format.encode(t, axis).tensor());
        }
    }
}
