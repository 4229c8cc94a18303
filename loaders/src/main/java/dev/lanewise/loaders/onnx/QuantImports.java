package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Value;
import dev.lanewise.op.quant.DequantizeLinear;
import dev.lanewise.op.quant.DynamicQuantizeLinear;
import dev.lanewise.op.quant.MatMulInteger;
import dev.lanewise.op.quant.QLinearMatMul;
import dev.lanewise.op.quant.QuantizeLinear;
import java.util.List;

/** Importers of the quantisation operators. */
final class QuantImports {
    private QuantImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "QuantizeLinear" -> QuantImports::quantizeLinear;
            case "DequantizeLinear" -> QuantImports::dequantizeLinear;
            case "DynamicQuantizeLinear" -> n -> n.node(new DynamicQuantizeLinear());
            case "MatMulInteger" -> n -> n.node(new MatMulInteger());
            case "QLinearMatMul" -> n -> {
                checkScales(n, 1, 4, 6);
                return n.node(new QLinearMatMul());
            };
            default -> null;
        };
    }

    private static List<Value> quantizeLinear(OnnxNode n) {
        checkScales(n, 1);
        Value zeroPoint = n.input(2);
        DataType to = outputType(n, zeroPoint == null ? DataType.UINT8 : zeroPoint.fact().type());
        long code = n.integer("precision", 0);
        DataType precision = code == 0 ? null : ElementTypes.of(Math.toIntExact(code), "attribute 'precision'");
        return n.node(new QuantizeLinear(axis(n), blockSize(n), n.integer("saturate", 1) != 0, to, precision));
    }

    private static List<Value> dequantizeLinear(OnnxNode n) {
        if (n.input(1) == null) {
            throw n.error("a scale", "none", "give input 1");
        }
        checkScales(n, 1);
        DataType to = outputType(n, n.input(1).fact().type());
        return n.node(new DequantizeLinear(axis(n), blockSize(n), to));
    }

    /** A scale that the file holds must be a positive number; one that a run computes cannot be checked here. */
    static void checkScales(OnnxNode n, int... inputs) {
        for (int i : inputs) {
            Tensor scale = n.input(i) == null ? null : n.input(i).fact().constant();
            for (int k = 0; scale != null && k < scale.size(); k++) {
                float value = switch (scale.type()) {
                    case FLOAT -> scale.floats()[k];
                    case FLOAT16 -> Float.float16ToFloat(scale.shorts()[k]);
                    case BFLOAT16 -> Float.intBitsToFloat(scale.shorts()[k] << 16);
                    default -> 1;
                };
                if (!(value > 0 && value < Float.POSITIVE_INFINITY)) {
                    throw n.error("positive scales in input " + i, Float.toString(value), "quantise the model again");
                }
            }
        }
    }

    private static DataType outputType(OnnxNode n, DataType ifAbsent) {
        long code = n.integer("output_dtype", 0);
        return code == 0 ? ifAbsent : ElementTypes.of(Math.toIntExact(code), "attribute 'output_dtype'");
    }

    private static int axis(OnnxNode n) {
        return Math.toIntExact(n.integer("axis", 1));
    }

    private static int blockSize(OnnxNode n) {
        return Math.toIntExact(n.integer("block_size", 0));
    }
}
