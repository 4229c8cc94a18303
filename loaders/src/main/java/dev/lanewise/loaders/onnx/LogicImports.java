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

    static void register(Registry r) {
        for (Compare.Function f : Compare.Function.values()) {
            r.add(f.onnxName(), n -> n.node(new Compare(f), n.input(0), Broadcasting.second(n)));
        }
        for (Logical.Function f : Logical.Function.values()) {
            r.add(f.onnxName(), n -> n.node(new Logical(f), n.input(0), Broadcasting.second(n)));
        }
        for (Bitwise.Function f : List.of(Bitwise.Function.AND, Bitwise.Function.OR, Bitwise.Function.XOR)) {
            r.add(f.onnxName(), n -> n.node(new Bitwise(f)));
        }
        r.add("BitShift", LogicImports::shift);
        r.add("BitwiseNot", n -> n.node(new BitwiseNot()));
        r.add("Not", n -> n.node(new Not()));
        r.add("Where", n -> n.node(new Where()));
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
