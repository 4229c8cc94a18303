package dev.lanewise.loaders.onnx;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Value;
import dev.lanewise.op.reduce.ArgExtreme;
import dev.lanewise.op.reduce.CumProd;
import dev.lanewise.op.reduce.CumSum;
import dev.lanewise.op.reduce.FlattenedLines;
import dev.lanewise.op.reduce.Hardmax;
import dev.lanewise.op.reduce.LineFunction;
import dev.lanewise.op.reduce.LogSoftmax;
import dev.lanewise.op.reduce.Reduce;
import dev.lanewise.op.reduce.Softmax;
import dev.lanewise.op.reduce.TopK;
import java.util.List;

/** Importers of the operators that fold or scan along axes. */
final class ReduceImports {
    /** Since this operator set Softmax and its kin work along one axis. */
    private static final int ALONG_AXIS = 13;

    private ReduceImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "ArgMax" -> n -> n.node(position(n, ArgExtreme.Extreme.MAX));
            case "ArgMin" -> n -> n.node(position(n, ArgExtreme.Extreme.MIN));
            case "CumSum" -> n -> n.node(new CumSum(n.integer("exclusive", 0) == 1, n.integer("reverse", 0) == 1));
            case "TopK" -> ReduceImports::topK;
            case "Softmax" -> n -> n.opset() < ALONG_AXIS ? flattened(n, LineFunction.SOFTMAX)
                    : n.node(new Softmax(axis(n, -1)));
            case "CumProd" -> n -> n.node(new CumProd(n.integer("exclusive", 0) != 0, n.integer("reverse", 0) != 0));
            case "LogSoftmax" -> n -> n.opset() < ALONG_AXIS ? flattened(n, LineFunction.LOG_SOFTMAX)
                    : n.node(new LogSoftmax(axis(n, -1)));
            case "Hardmax" -> n -> n.opset() < ALONG_AXIS ? flattened(n, LineFunction.HARDMAX)
                    : n.node(new Hardmax(axis(n, -1)));
            default -> reduction(type);
        };
    }

    private static OperatorImporter reduction(String type) {
        for (Reduce.Function f : Reduce.Function.values()) {
            if (f.onnxName().equals(type)) {
                return n -> reduce(n, f);
            }
        }
        return null;
    }

    private static int axis(OnnxNode n, int ifAbsent) {
        return Math.toIntExact(n.integer("axis", ifAbsent));
    }

    /** Where only the last axis is flattened, the form along an axis is the same and rules know it. */
    private static List<Value> flattened(OnnxNode n, LineFunction f) {
        int axis = axis(n, 1);
        Value x = n.input(0);
        boolean last = axis == -1 || x != null && x.fact().hasShape() && axis == x.fact().rank() - 1;
        if (!last) {
            return n.node(new FlattenedLines(f, axis));
        }
        return n.node(switch (f) {
            case SOFTMAX -> new Softmax(-1);
            case LOG_SOFTMAX -> new LogSoftmax(-1);
            case HARDMAX -> new Hardmax(-1);
        });
    }

    /** Axes are an attribute before operator set 18, of ReduceSum before 13. */
    private static List<Value> reduce(OnnxNode n, Reduce.Function f) {
        boolean keepDims = n.integer("keepdims", 1) == 1;
        boolean noop = n.integer("noop_with_empty_axes", 0) == 1;
        long[] axes = n.integers("axes");
        Value operand = axes == null ? n.input(1) : n.constant(Tensor.of(axes, axes.length));
        return n.node(new Reduce(f, keepDims, noop), n.input(0), operand);
    }

    private static ArgExtreme position(OnnxNode n, ArgExtreme.Extreme extreme) {
        return new ArgExtreme(extreme, axis(n, 0), n.integer("keepdims", 1) == 1,
                n.integer("select_last_index", 0) == 1);
    }

    /** k is an attribute before operator set 10. */
    private static List<Value> topK(OnnxNode n) {
        TopK operator = new TopK(axis(n, -1), n.integer("largest", 1) == 1);
        return n.opset() >= 10 ? n.node(operator)
                : n.node(operator, n.input(0), n.constant(Tensor.of(new long[] {n.requiredInteger("k")}, 1)));
    }
}
