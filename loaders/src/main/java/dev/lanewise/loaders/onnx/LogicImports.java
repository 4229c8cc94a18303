package dev.lanewise.loaders.onnx;

import dev.lanewise.op.logic.Compare;
import dev.lanewise.op.logic.Where;

/** Importers of the comparison and logic operators. */
final class LogicImports {
    private LogicImports() {
    }

    static void register(Registry r) {
        for (Compare.Function f : Compare.Function.values()) {
            r.add(f.onnxName(), n -> n.node(new Compare(f), n.input(0), Broadcasting.second(n)));
        }
        r.add("Where", n -> n.node(new Where()));
    }
}
