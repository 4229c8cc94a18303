package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Value;
import dev.lanewise.op.signal.DFT;
import dev.lanewise.op.signal.MelWeightMatrix;
import dev.lanewise.op.signal.STFT;
import dev.lanewise.op.signal.WindowFunction;
import java.util.List;

/** Importers of signal processing. */
final class SignalImports {
    private static final int FLOAT = 1;

    private SignalImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "DFT" -> SignalImports::dft;
            case "STFT" -> n -> n.node(new STFT(n.integer("onesided", 1) != 0));
            case "HannWindow" -> n -> n.node(window(n, WindowFunction.Kind.HANN));
            case "HammingWindow" -> n -> n.node(window(n, WindowFunction.Kind.HAMMING));
            case "BlackmanWindow" -> n -> n.node(window(n, WindowFunction.Kind.BLACKMAN));
            case "MelWeightMatrix" -> n -> n.node(new MelWeightMatrix(type(n)));
            default -> null;
        };
    }

    private static DataType type(OnnxNode n) {
        DataType type = ElementTypes.of(Math.toIntExact(n.integer("output_datatype", FLOAT)),
                "attribute 'output_datatype'");
        if (!type.isFloatingPoint() && !type.isInteger()) {
            throw n.error("an output_datatype of numbers", type.toString(), "correct the attribute");
        }
        return type;
    }

    private static WindowFunction window(OnnxNode n, WindowFunction.Kind kind) {
        return new WindowFunction(kind, type(n), n.integer("periodic", 1) != 0);
    }

    /** Before version 20 the axis was an attribute. */
    private static List<Value> dft(OnnxNode n) {
        DFT operator = new DFT(n.integer("inverse", 0) != 0, n.integer("onesided", 0) != 0);
        if (n.opset() >= 20) {
            return n.node(operator);
        }
        return n.node(operator, n.input(0), n.input(1), n.constant(Tensor.scalar(n.integer("axis", 1))));
    }
}
