package dev.lanewise.loaders.onnx;

import dev.lanewise.graph.Value;
import dev.lanewise.op.logic.Bitwise;
import dev.lanewise.op.logic.BitwiseNot;
import dev.lanewise.op.logic.Compare;
import dev.lanewise.op.logic.Logical;
import dev.lanewise.op.logic.Not;
import dev.lanewise.op.logic.Where;
import java.util.List;

/** Importers of the comparison and logic operators. */
final class LogicImports {
    private LogicImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "BitwiseAnd" -> n -> n.node(new Bitwise(Bitwise.Function.AND));
            case "BitwiseOr" -> n -> n.node(new Bitwise(Bitwise.Function.OR));
            case "BitwiseXor" -> n -> n.node(new Bitwise(Bitwise.Function.XOR));
            case "BitShift" -> LogicImports::shift;
            case "BitwiseNot" -> n -> n.node(new BitwiseNot());
            case "Not" -> n -> n.node(new Not());
            case "Where" -> n -> n.node(new Where());
            default -> function(type);
        };
    }

    private static OperatorImporter function(String type) {
        for (Compare.Function f : Compare.Function.values()) {
            if (f.onnxName().equals(type)) {
                return n -> n.node(new Compare(f), n.input(0), Broadcasting.second(n));
            }
        }
        for (Logical.Function f : Logical.Function.values()) {
            if (f.onnxName().equals(type)) {
                return n -> n.node(new Logical(f), n.input(0), Broadcasting.second(n));
            }
        }
        return null;
    }

    private static List<Value> shift(OnnxNode n) {
        return n.node(new Bitwise(switch (n.text("direction", "")) {
            case "LEFT" -> Bitwise.Function.SHIFT_LEFT;
            case "RIGHT" -> Bitwise.Function.SHIFT_RIGHT;
            default -> throw n.error("direction LEFT or RIGHT", "'" + n.text("direction", "") + "'",
                    "correct the attribute");
        }));
    }
}
