package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import dev.lanewise.op.linear.Linear;
import dev.lanewise.op.shape.Gather;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * FLOAT weights of linear layers and FLOAT embedding tables become INT8. Serves one model: what a tensor has become is kept, so that
 * every plan of the model shares it.
 */
public final class Int8WeightsRule implements Rule {
    /** Smaller matrices save nothing worth a rounding. */
    private static final int SMALLEST = 1 << 10;

    private final Map<Tensor, Int8Channels> made = new IdentityHashMap<>();

    @Override
    public Patch match(Node node, Map<Value, List<Node>> uses) {
        return switch (node.operator()) {
            case Linear l when l.weights() == Linear.Weights.FLOAT -> linear(node, l, uses);
            case Gather(int axis) when axis == 0 && isMatrix(node.input(0)) -> table(node, uses);
            default -> null;
        };
    }

    private static boolean isMatrix(Value v) {
        Tensor t = v.fact().constant();
        return t != null && t.type() == DataType.FLOAT && t.rank() == 2 && t.size() >= SMALLEST;
    }

    private Patch linear(Node node, Linear l, Map<Value, List<Node>> uses) {
        List<Value> inputs = new ArrayList<>(List.of(node.input(0)));
        List<Value> scales = new ArrayList<>();
        for (int p = 1; p <= l.parts(); p++) {
            if (!isMatrix(node.input(p))) {
                return null;
            }
            Int8Channels channels = channels(node.input(p), Int8Channels::ofColumns);
            if (!channels.isUsable()) {
                return null;
            }
            inputs.add(Value.constant(node.input(p).name(), channels.bytes()));
            scales.add(Value.constant(node.input(p).name() + ":scales", channels.scales()));
        }
        for (int p = 1; p <= l.parts(); p++) {
            letGo(node.input(p), uses);
        }
        inputs.addAll(scales);
        inputs.addAll(node.inputs().subList(1 + l.parts(), node.inputs().size()));
        return Patch.replace(node.output(),
                Node.of(node.name(), l.withInt8Weights(), inputs, List.of(node.output().name())).output());
    }

    private Patch table(Node node, Map<Value, List<Node>> uses) {
        Int8Channels channels = channels(node.input(0), Int8Channels::ofRows);
        if (!channels.isUsable()) {
            return null;
        }
        letGo(node.input(0), uses);
        Value bytes = Value.constant(node.input(0).name(), channels.bytes());
        Value scales = Value.constant(node.input(0).name() + ":scales", channels.scales());
        return Patch.replace(node.output(), Node.of(node.name(), new Int8Gather(),
                List.of(bytes, scales, node.input(1)), List.of(node.output().name())).output());
    }

    /** The FLOAT elements, where nothing else reads them. */
    private void letGo(Value v, Map<Value, List<Node>> uses) {
        if (uses.get(v).size() == 1) {
            synchronized (made) {
                made.get(v.fact().constant()).replace(v.fact().constant());
            }
        }
    }

    private Int8Channels channels(Value v, Function<Tensor, Int8Channels> maker) {
        synchronized (made) {
            return made.computeIfAbsent(v.fact().constant(), maker);
        }
    }
}
