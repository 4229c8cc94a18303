package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Activation;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.logic.Where;
import dev.lanewise.op.nn.AveragePool;
import dev.lanewise.op.nn.GlobalPool;
import dev.lanewise.op.reduce.FlattenedLines;
import dev.lanewise.op.reduce.LineFunction;
import dev.lanewise.op.reduce.Softmax;
import dev.lanewise.op.shape.Concat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Importers of the operators in the domain {@code com.microsoft} that take and give quantised values: what they stand for is
 * dequantised, computed in FLOAT and quantised again.
 */
final class ContribQuantImports {
    /** Since this operator set of the standard, Softmax works along one axis. */
    private static final int SOFTMAX_ALONG_AXIS = 13;

    private ContribQuantImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "QuantizeLinear", "DequantizeLinear" -> QuantImports.find(type);
            case "QLinearAdd" -> n -> binary(n, Binary.Function.ADD);
            case "QLinearMul" -> n -> binary(n, Binary.Function.MUL);
            case "QLinearSigmoid" -> n -> unary(n, x -> n.intermediate(new Unary(Unary.Function.SIGMOID), x));
            case "QLinearLeakyRelu" -> n -> unary(n, x -> n.intermediate(
                    new Activation(Activation.Function.LEAKY_RELU, n.real("alpha", 0.01f), 0), x));
            case "QLinearSoftmax" -> n -> unary(n, x -> softmax(n, x));
            case "QLinearGlobalAveragePool" -> n -> unary(n, x -> channelsFirst(n, x,
                    c -> n.intermediate(new GlobalPool(GlobalPool.Kind.AVERAGE, 0), c)));
            case "QLinearAveragePool" -> n -> unary(n, x -> channelsFirst(n, x,
                    c -> n.intermediate(new AveragePool(NnImports.window(n), n.integer("count_include_pad", 0) != 0),
                            c)));
            case "QLinearConcat" -> ContribQuantImports::concat;
            case "QLinearWhere" -> ContribQuantImports::where;
            default -> null;
        };
    }

    private static List<Value> binary(OnnxNode n, Binary.Function f) {
        QuantImports.checkScales(n, 1, 4, 6);
        Compose c = new Compose(n);
        Value a = c.dequantize(c.required(0), c.required(1), n.input(2));
        Value b = c.dequantize(c.required(3), c.required(4), n.input(5));
        return List.of(c.quantize(c.binary(f, a, b), c.required(6), n.input(7), c.required(0).fact().type()));
    }

    /** Inputs x, its scale and zero point, scale and zero point of y. */
    private static List<Value> unary(OnnxNode n, UnaryOperator<Value> f) {
        QuantImports.checkScales(n, 1, 3);
        Compose c = new Compose(n);
        Value y = f.apply(c.dequantize(c.required(0), c.required(1), n.input(2)));
        return List.of(c.quantize(y, c.required(3), n.input(4), c.required(0).fact().type()));
    }

    private static Value softmax(OnnxNode n, Value x) {
        int axis = Math.toIntExact(n.integer("axis", -1));
        return n.intermediate(n.requiredInteger("opset") < SOFTMAX_ALONG_AXIS
                ? new FlattenedLines(LineFunction.SOFTMAX, axis) : new Softmax(axis), x);
    }

    private static Value channelsFirst(OnnxNode n, Value x, UnaryOperator<Value> f) {
        if (n.integer("channels_last", 0) == 0) {
            return f.apply(x);
        }
        Compose c = new Compose(n);
        int rank = c.rank(x);
        List<Integer> first = new ArrayList<>(List.of(0, rank - 1));
        List<Integer> last = new ArrayList<>(List.of(0));
        for (int d = 1; d < rank - 1; d++) {
            first.add(d);
            last.add(d + 1);
        }
        last.add(1);
        return c.transpose(f.apply(c.transpose(x, first.toArray(Integer[]::new))), last.toArray(Integer[]::new));
    }

    private static List<Value> concat(OnnxNode n) {
        Compose c = new Compose(n);
        DataType type = c.required(2).fact().type();
        if (n.inputCount() < 4) {
            throw n.error("three inputs for each part", n.inputCount() + " inputs", "check the inputs");
        }
        QuantImports.checkScales(n, 0);
        List<Value> parts = new ArrayList<>();
        for (int i = 2; i < n.inputCount(); i += 3) {
            QuantImports.checkScales(n, i + 1);
            parts.add(c.dequantize(c.required(i), c.required(i + 1), n.input(i + 2)));
        }
        Value all = c.make(new Concat(Math.toIntExact(n.requiredInteger("axis"))), parts.toArray(Value[]::new));
        return List.of(c.quantize(all, c.required(0), n.input(1), type));
    }

    private static List<Value> where(OnnxNode n) {
        QuantImports.checkScales(n, 2, 5, 7);
        Compose c = new Compose(n);
        Value x = c.dequantize(c.required(1), c.required(2), n.input(3));
        Value y = c.dequantize(c.required(4), c.required(5), n.input(6));
        Value chosen = c.make(new Where(), c.required(0), x, y);
        return List.of(c.quantize(chosen, c.required(7), n.input(8), c.required(1).fact().type()));
    }
}
