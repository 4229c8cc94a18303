package dev.lanewise.loaders.onnx;

import dev.lanewise.op.linear.Det;
import dev.lanewise.op.linear.Einsum;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.linear.MatMul;

/** Importers of the matrix products. */
final class LinearImports {
    private LinearImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "MatMul" -> n -> n.node(new MatMul());
            case "Gemm" -> n -> n.node(new Gemm(n.real("alpha", 1), n.real("beta", 1), n.integer("transA", 0) != 0,
                    n.integer("transB", 0) != 0));
            case "Einsum" -> n -> n.node(new Einsum(n.text("equation", "")));
            case "Det" -> n -> n.node(new Det());
            default -> null;
        };
    }
}
