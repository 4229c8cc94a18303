package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.norm.BatchNormalization;
import dev.lanewise.op.norm.Dropout;
import dev.lanewise.op.norm.GroupNormalization;
import dev.lanewise.op.norm.InstanceNormalization;
import dev.lanewise.op.norm.LRN;
import dev.lanewise.op.norm.LayerNormalization;
import dev.lanewise.op.norm.LpNormalization;
import dev.lanewise.op.norm.MeanVarianceNormalization;
import dev.lanewise.op.norm.RMSNormalization;
import dev.lanewise.op.shape.Gather;
import java.util.Arrays;
import java.util.List;

/** Importers of the normalisation operators. */
final class NormImports {
    private NormImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "LayerNormalization" -> n -> n
                    .node(new LayerNormalization(Math.toIntExact(n.integer("axis", -1)), n.real("epsilon", 1e-5f)));
            case "RMSNormalization" ->
                    n -> n.node(new RMSNormalization(Math.toIntExact(n.integer("axis", -1)), n.real("epsilon", 1e-5f)));
            case "InstanceNormalization" -> n -> n.node(new InstanceNormalization(n.real("epsilon", 1e-5f)));
            case "LpNormalization" -> n -> n.node(new LpNormalization(Math.toIntExact(n.integer("axis", -1)),
                    Math.toIntExact(n.integer("p", 2))));
            case "LRN" -> n -> n.node(new LRN(Math.toIntExact(n.requiredInteger("size")), n.real("alpha", 1e-4f),
                    n.real("beta", 0.75f), n.real("bias", 1)));
            case "BatchNormalization" -> NormImports::batchNormalization;
            case "GroupNormalization" -> NormImports::groupNormalization;
            case "MeanVarianceNormalization" -> NormImports::meanVarianceNormalization;
            case "Dropout" -> NormImports::dropout;
            default -> null;
        };
    }

    /** Up to opset 13 the number of outputs said whether to train; up to 6 an attribute did. */
    private static List<Value> batchNormalization(OnnxNode n) {
        if (n.integer("spatial", 1) == 0) {
            throw n.unsupported("spatial=0");
        }
        boolean training = n.opset() >= 14 ? n.integer("training_mode", 0) != 0
                : n.opset() < 7 ? n.integer("is_test", 0) == 0 : n.outputCount() > 1;
        if (training && n.opset() < 14) {
            throw n.unsupported("in training");
        }
        return n.node(new BatchNormalization(n.real("epsilon", 1e-5f), n.real("momentum", 0.9f), training));
    }

    /** Before opset 21, scale and bias had one element a group. */
    private static List<Value> groupNormalization(OnnxNode n) {
        int groups = Math.toIntExact(n.requiredInteger("num_groups"));
        GroupNormalization op = new GroupNormalization(groups, n.real("epsilon", 1e-5f));
        if (n.opset() >= 21) {
            return n.node(op);
        }
        Compose c = new Compose(n);
        Value x = c.required(0);
        if (c.rank(x) < 2 || groups < 1 || n.inputCount() != 3) {
            throw n.error("x of rank 2 or more, groups, scale and bias", x.fact() + ", " + groups + " groups and "
                    + n.inputCount() + " inputs", "correct the node");
        }
        Value channels = c.dimension(x, 1);
        Value each = c.binary(Binary.Function.DIV, channels, c.integer(groups));
        Value ofChannel = c.binary(Binary.Function.DIV, new Ranges(c).upTo(channels), each);
        return n.node(op, x, n.intermediate(new Gather(0), n.input(1), ofChannel),
                n.intermediate(new Gather(0), n.input(2), ofChannel));
    }

    /** Opset 1 had across_channels in place of axes. */
    private static List<Value> meanVarianceNormalization(OnnxNode n) {
        long[] axes = n.integers("axes");
        if (n.opset() < 9) {
            axes = n.integer("across_channels", 0) == 0 ? new long[] {0, 2, 3} : new long[] {0, 1, 2, 3};
        } else if (axes == null) {
            axes = new long[] {0, 2, 3};
        }
        return n.node(new MeanVarianceNormalization(Arrays.stream(axes).mapToInt(Math::toIntExact).boxed().toList()));
    }

    /** The ratio was an attribute before opset 12, the mask had the input's type before 10, is_test was there before 7. */
    private static List<Value> dropout(OnnxNode n) {
        if (n.opset() >= 12) {
            return n.node(new Dropout());
        }
        if (n.opset() < 7 && n.integer("is_test", 0) == 0 && n.real("ratio", 0.5f) != 0) {
            throw n.unsupported("in training");
        }
        Value x = n.input(0);
        List<Value> outputs = n.node(new Dropout(), x);
        DataType type = x.fact().type();
        return n.opset() >= 10 || n.outputCount() < 2 ? outputs
                : List.of(outputs.get(0), n.intermediate(new Cast(type), outputs.get(1)));
    }
}
