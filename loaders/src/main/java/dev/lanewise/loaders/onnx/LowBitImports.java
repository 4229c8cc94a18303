package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.quant.DequantizeLinear;
import dev.lanewise.op.shape.Gather;
import java.util.List;

/** Importer of {@code com.microsoft.MatMulNBits}: a product with constant weights in blocks of 2, 4 or 8 bits. */
final class LowBitImports {
    private LowBitImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return type.equals("MatMulNBits") ? LowBitImports::matMul : null;
    }

    private static List<Value> matMul(OnnxNode n) {
        Compose c = new Compose(n);
        PackedBlocks w = PackedBlocks.of(n);
        Value x = c.required(0);
        DataType type = x.fact().type();
        Value wide = c.cast(x, DataType.FLOAT);
        int[] order = w.groups() == null ? null : w.order();
        Value weights;
        if (w.zeroPointsAreCodes() && (w.groups() == null || order != null)) {
            if (order != null) {
                long[] picks = new long[order.length];
                for (int k = 0; k < picks.length; k++) {
                    picks[k] = order[k];
                }
                wide = c.make(new Gather(-1), wide, c.integers(picks));
            }
            weights = c.make(new DequantizeLinear(0, w.block(), DataType.FLOAT), n.constant(w.codes(order)),
                    n.constant(w.scales()), n.constant(w.zeroPointCodes()));
        } else {
            weights = n.constant(w.floats());
        }
        Value product = c.make(new MatMul(), wide, weights);
        Value bias = n.input(5) == null ? null : c.cast(n.input(5), DataType.FLOAT);
        Value y = c.plus(product, bias);
        return List.of(type == DataType.FLOAT ? y : c.make(new Cast(type), y));
    }
}
