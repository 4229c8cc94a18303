package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.linear.Linear;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Linear layers whose weights are signed bytes with one scale for each output: the scales are multiplied with the sums, not with the
 * weights. Serves one model, as {@link EncodeWeightsRule}.
 */
public final class ChannelWeightsRule implements Rule {
    private final Map<Tensor, Tensor> made = new IdentityHashMap<>();

    @Override
    public Patch match(Node node, Map<Value, List<Node>> uses) {
        if (!(node.operator() instanceof Linear l) || l.weights() != Linear.Weights.FLOAT) {
            return null;
        }
        List<Value> inputs = new ArrayList<>(List.of(node.input(0)));
        List<Value> scales = new ArrayList<>();
        for (int p = 1; p <= l.parts(); p++) {
            Value w = node.input(p);
            EncodedMatrix m = EncodedMatrix.of(w.fact().constant());
            if (m == null || !isOfChannels(m)) {
                return null;
            }
            inputs.add(Value.constant(w.name(), bytes(m)));
            scales.add(Value.constant(w.name() + ":scales", m.scales().reshape(m.scales().size())));
        }
        inputs.addAll(scales);
        inputs.addAll(node.inputs().subList(1 + l.parts(), node.inputs().size()));
        return Patch.replace(node.output(),
                Node.of(node.name(), l.withInt8Weights(), inputs, List.of(node.output().name())).output());
    }

    private static boolean isOfChannels(EncodedMatrix m) {
        boolean one = !m.isHalf() && (m.scales().size() == 1 || m.axis() == 0 && m.block() >= m.rows());
        return one && m.codes().type().bits() == Byte.SIZE && m.isSymmetric() && WeightFormat.isUsable(m);
    }

    /** The codes as INT8, which may be let go of once they are packed. */
    private Tensor bytes(EncodedMatrix m) {
        synchronized (made) {
            return made.computeIfAbsent(m.codes(), codes -> {
                if (codes.type() == DataType.INT8) {
                    return codes.asDeferred();
                }
                byte[] signed = new byte[codes.size()];
                codes.read((array, offset, first, count) -> {
                    for (int i = 0; i < count; i++) {
                        signed[first + i] = (byte) m.signed(((byte[]) array)[offset + i]);
                    }
                });
                return Tensor.of(DataType.INT8, signed, codes.shape()).asDeferred();
            });
        }
    }
}
