package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.quant.DequantizeLinear;
import dev.lanewise.op.quant.DynamicQuantizeLinear;
import dev.lanewise.op.quant.MatMulInteger;
import dev.lanewise.op.shape.Gather;
import java.util.List;

/** Importers of the operators in the domain {@code com.microsoft} that multiply integers, and of gathered blocks. */
final class IntegerProductImports {
    private IntegerProductImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "MatMulIntegerToFloat" -> IntegerProductImports::toFloat;
            case "DynamicQuantizeMatMul" -> IntegerProductImports::dynamic;
            case "QGemm" -> IntegerProductImports::gemm;
            case "QAttention" -> IntegerProductImports::attention;
            case "GatherBlockQuantized" -> IntegerProductImports::gather;
            default -> null;
        };
    }

    private static List<Value> toFloat(OnnxNode n) {
        QuantImports.checkScales(n, 2, 3);
        Compose c = new Compose(n);
        Value product = c.make(new MatMulInteger(), c.required(0), c.required(1), n.input(4), n.input(5));
        return List.of(c.plus(real(c, product, c.multiply(c.required(2), c.required(3))), n.input(6)));
    }

    private static List<Value> dynamic(OnnxNode n) {
        QuantImports.checkScales(n, 2);
        Compose c = new Compose(n);
        List<Value> a = n.intermediates(new DynamicQuantizeLinear(), c.required(0));
        Value product = c.make(new MatMulInteger(), a.get(0), c.required(1), a.get(2), n.input(3));
        return List.of(c.plus(real(c, product, c.multiply(a.get(1), c.required(2))), n.input(4)));
    }

    private static Value real(Compose c, Value product, Value scale) {
        return c.multiply(c.cast(product, DataType.FLOAT), scale);
    }

    /** Without a scale of y the result stays FLOAT. */
    private static List<Value> gemm(OnnxNode n) {
        QuantImports.checkScales(n, 1, 4, 7);
        Compose c = new Compose(n);
        Value a = n.integer("transA", 0) != 0 ? c.transpose(c.required(0), 1, 0) : c.required(0);
        Value b = n.integer("transB", 0) != 0 ? c.transpose(c.required(3), 1, 0) : c.required(3);
        Value sum = c.plus(c.make(new MatMulInteger(), a, b, n.input(2), n.input(5)), n.input(6));
        Value scale = c.scaled(c.multiply(c.required(1), c.required(4)), n.real("alpha", 1));
        Value wide = c.cast(sum, DataType.FLOAT);
        if (n.input(7) == null) {
            return List.of(c.multiply(wide, scale));
        }
        Value steps = c.multiply(wide, c.binary(Binary.Function.DIV, scale, n.input(7)));
        return List.of(c.quantize(steps, c.number(1, DataType.FLOAT), n.input(8), a.fact().type()));
    }

    private static List<Value> attention(OnnxNode n) {
        QuantImports.checkScales(n, 3, 4);
        Compose c = new Compose(n);
        ContribAttentionImports.refuse(n, "do_rotary", "past_present_share_buffer");
        Value x = c.required(0);
        Value w = c.required(1);
        if (c.rank(x) != 3) {
            throw n.error("input [batch, tokens, width]", x.fact().toString(), "reshape it");
        }
        int[] sizes = ContribAttentionImports.sizes(n, c.rank(w) == 2 ? w.fact().shape()[1] : null);
        Value product = c.make(new MatMulInteger(), x, w, n.input(6), n.input(7));
        Value all = c.add(real(c, product, c.multiply(c.required(3), c.required(4))), c.required(2));
        return ContribAttentionImports.attention(c, x, ContribAttentionImports.parts(c, all, 2, sizes), n.input(5),
                n.input(8), null);
    }

    /** Rows are gathered first where they are not constant; constants stay encoded whatever is gathered from them. */
    private static List<Value> gather(OnnxNode n) {
        Compose c = new Compose(n);
        QuantImports.checkScales(n, 2);
        Value data = c.required(0);
        Value indices = c.required(1);
        Value scales = c.required(2);
        Value zeroPoints = n.input(3);
        int rank = c.rank(data);
        int from = axis(n, "gather_axis", 0, rank);
        int along = axis(n, "quantize_axis", 1, rank);
        int block = Math.toIntExact(n.integer("block_size", 128));
        if (block < 16 || Integer.bitCount(block) != 1) {
            throw n.error("block_size a power of 2 of 16 or more", Integer.toString(block), "correct block_size");
        }
        if (data.fact().type() == DataType.UINT8) {
            int bits = Math.toIntExact(n.integer("bits", 4));
            data = bits == 8 ? data : n.constant(PackedBlocks.lastAxis(n, c.constant(0, "packed codes"), bits, 0));
            int[] shape = c.constant(2, "scales of packed codes").shape();
            zeroPoints = zeroPoints == null ? n.constant(PackedBlocks.middle(bits, shape))
                    : bits == 8 || shape.length == 0 ? zeroPoints
                    : n.constant(PackedBlocks.lastAxis(n, c.constant(3, "packed zero points"), bits,
                            shape[shape.length - 1]));
        }
        DataType to = scales.fact().type();
        Value wide = c.cast(scales, DataType.FLOAT);
        if (data.fact().constant() != null || from == along) {
            Tensor given = scales.fact().constant();
            Value whole = given == null ? wide
                    : n.constant(Cast.convert(given, DataType.FLOAT));
            Value table = c.make(new DequantizeLinear(along, block, DataType.FLOAT), data, whole, zeroPoints);
            return List.of(c.cast(c.make(new Gather(from), table, indices), to));
        }
        int picked = c.rank(indices);
        Value codes = c.make(new Gather(from), data, indices);
        Value ofCodes = c.make(new Gather(from), wide, indices);
        Value zeros = zeroPoints == null ? null : c.make(new Gather(from), zeroPoints, indices);
        DequantizeLinear op = new DequantizeLinear(along < from ? along : along + picked - 1, block, DataType.FLOAT);
        return List.of(c.cast(c.make(op, codes, ofCodes, zeros), to));
    }

    private static int axis(OnnxNode n, String attribute, long ifAbsent, int rank) {
        long axis = n.integer(attribute, ifAbsent);
        if (axis < -rank || axis >= rank) {
            throw n.error(attribute + " in [-" + rank + ", " + rank + ")", Long.toString(axis), "correct the axis");
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }
}
