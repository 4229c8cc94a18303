package dev.lanewise.loaders.onnx;

import dev.lanewise.Tensor;
import java.util.List;

/** The Constant operator: an attribute of one of seven kinds becomes a constant. */
final class ConstantImports {
    private ConstantImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "Constant" -> n -> List.of(n.constant(value(n)));
            default -> null;
        };
    }

    private static Tensor value(OnnxNode n) {
        Tensor value = null;
        int kinds = 0;
        for (String kind : n.attributes()) {
            Tensor read = switch (kind) {
                case "value" -> n.tensor(kind);
                case "value_float" -> Tensor.scalar(n.real(kind, 0));
                case "value_int" -> Tensor.scalar(n.integer(kind, 0));
                case "value_string" -> Tensor.of(new String[] {n.text(kind, "")});
                case "value_floats" -> Tensor.of(n.reals(kind), n.reals(kind).length);
                case "value_ints" -> Tensor.of(n.integers(kind), n.integers(kind).length);
                case "value_strings" -> Tensor.of(n.texts(kind), n.texts(kind).length);
                case "sparse_value" -> throw n.unsupported("sparse_value");
                default -> null;
            };
            if (read != null) {
                value = read;
                kinds++;
            }
        }
        if (kinds != 1) {
            throw n.error("one value attribute", Integer.toString(kinds), "give the constant one value");
        }
        return value;
    }
}
