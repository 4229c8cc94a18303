package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.op.ml.Binarizer;
import dev.lanewise.op.ml.LabelEncoder;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Reshape;

/** Importers of operators in the domain of classic machine learning. */
final class MlImports {
    static final String DOMAIN = "ai.onnx.ml";

    private MlImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "Binarizer" -> n -> n.node(new Binarizer(n.real("threshold", 0)));
            case "ArrayFeatureExtractor" -> n -> n.node(new Gather(-1), n.required(0),
                    n.intermediate(new Reshape(false), n.required(1), n.constant(Tensor.of(new long[] {-1}, 1))));
            case "LabelEncoder" -> n -> n.node(encoder(n));
            default -> null;
        };
    }

    private static LabelEncoder encoder(OnnxNode n) {
        if (n.opset() < 2) {
            throw n.unsupported("with classes_strings");
        }
        Tensor keys = list(n, "keys_");
        Tensor values = list(n, "values_");
        Tensor ifNone = n.tensor("default_tensor");
        if (ifNone == null) {
            ifNone = switch (values.type()) {
                case STRING -> Tensor.of(new String[] {n.text("default_string", "_Unused")}, 1);
                case INT64 -> Tensor.of(new long[] {n.integer("default_int64", -1)}, 1);
                case FLOAT -> Tensor.of(new float[] {n.real("default_float", -0f)}, 1);
                default -> Tensor.zeros(values.type(), 1);
            };
        }
        return new LabelEncoder(keys, values, ifNone);
    }

    private static Tensor list(OnnxNode n, String prefix) {
        if (n.has(prefix + "tensor")) {
            return n.tensor(prefix + "tensor");
        }
        if (n.has(prefix + "strings")) {
            return Tensor.of(n.texts(prefix + "strings"), n.texts(prefix + "strings").length);
        }
        if (n.has(prefix + "int64s")) {
            return Tensor.of(n.integers(prefix + "int64s"), n.integers(prefix + "int64s").length);
        }
        if (n.has(prefix + "floats")) {
            float[] values = n.reals(prefix + "floats");
            return Tensor.of(DataType.FLOAT, values, values.length);
        }
        throw n.error("attribute '" + prefix + "tensor' or a list", "none", "add the attribute");
    }
}
