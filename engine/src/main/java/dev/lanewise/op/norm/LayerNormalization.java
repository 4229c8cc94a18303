package dev.lanewise.op.norm;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Step;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code (x - mean) / sqrt(variance + epsilon) * scale + bias} over the axes from {@code axis} on. Inputs: x, scale, optional
 * bias, both of the normalised shape. Outputs: y, and if asked for mean and inverse deviation with the normalised axes
 * kept as 1. ONNX LayerNormalization-17.
 */
public record LayerNormalization(int axis, float epsilon) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);
        DataType statistics = type == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
        if (!in.input(0).hasShape()) {
            return List.of(Fact.unknown(type), Fact.unknown(statistics), Fact.unknown(statistics));
        }
        Dim[] shape = in.shape(0);
        int from = in.axis(axis, shape.length);
        Dim[] reduced = shape.clone();
        for (int d = from; d < shape.length; d++) {
            reduced[d] = Dim.ONE;
        }
        return List.of(Fact.of(type, shape), Fact.of(statistics, reduced), Fact.of(statistics, reduced));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        return ReferenceLayerNormalization.evaluate(this, inputs[0], inputs[1], inputs.length > 2 ? inputs[2] : null);
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int rank = at.in(0).rank();
        Tensor scale = at.constant(1);
        Tensor bias = at.constant(2);
        if (at.in(0).type() != DataType.FLOAT || scale == null || at.has(2) && bias == null
                || at.node().outputs().size() > 1 && statisticsRead(at)) {
            return null;
        }
        int from = axis < 0 ? axis + rank : axis;
        Dim width = Dim.product(java.util.Arrays.copyOfRange(at.in(0).shape(), from, rank));
        if (!width.is(scale.size()) || bias != null && !width.is(bias.size())) {
            return null;
        }
        int x = at.input(0);
        int y = at.output(0);
        Kernels kernels = at.kernels();
        float[] s = scale.floats();
        float[] b = bias == null ? null : bias.floats();
        int n = s.length;
        return () -> new RowBlocks(x, y, n,
                (rows, in, inAt, out, outAt) -> kernels.layerNormRows(rows, n, in, inAt, n, s, b,
                        epsilon, out, outAt, n));
    }

    /** Statistics are an output of training graphs; nodes that have them named run the reference. */
    private static boolean statisticsRead(Lowering at) {
        return at.isRead(1) || at.isRead(2);
    }
}
