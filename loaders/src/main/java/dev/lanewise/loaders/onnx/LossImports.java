package dev.lanewise.loaders.onnx;

import dev.lanewise.graph.Value;
import dev.lanewise.op.loss.NegativeLogLikelihoodLoss;
import dev.lanewise.op.loss.NegativeLogLikelihoodLoss.Kind;
import dev.lanewise.op.reduce.LogSoftmax;
import java.util.List;
import java.util.Locale;

/** Importers of losses. */
final class LossImports {
    private LossImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "NegativeLogLikelihoodLoss" -> n -> n.node(loss(n));
            case "SoftmaxCrossEntropyLoss" -> n -> {
                Value logs = n.intermediate(new LogSoftmax(1), n.required(0));
                return List.of(n.node(1, loss(n), logs, n.input(1), n.input(2)).getFirst(), logs);
            };
            default -> null;
        };
    }

    private static NegativeLogLikelihoodLoss loss(OnnxNode n) {
        Kind kind = Kind.valueOf(ShapeImports.choice(n, "reduction", "mean", "none", "sum", "mean")
                .toUpperCase(Locale.ROOT));
        return new NegativeLogLikelihoodLoss(kind, n.has("ignore_index") ? n.integer("ignore_index", 0) : null);
    }
}
