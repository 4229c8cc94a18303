package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Activation;
import dev.lanewise.op.elementwise.Clip;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.nn.Conv;
import java.util.List;

/** Importers of the operators in the domain {@code com.microsoft} that have an activation in them. */
final class FusedImports {
    private FusedImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "FusedGemm" -> FusedImports::gemm;
            case "FusedConv" -> FusedImports::conv;
            default -> null;
        };
    }

    private static List<Value> gemm(OnnxNode n) {
        Compose c = new Compose(n);
        Value y = c.make(new Gemm(n.real("alpha", 1), n.real("beta", 1), n.integer("transA", 0) != 0,
                n.integer("transB", 0) != 0), c.required(0), c.required(1), n.input(2));
        String f = n.text("activation", "");
        float[] parameters = switch (f) {
            case "LeakyRelu" -> new float[] {n.real("activation_alpha", 0.01f)};
            case "HardSigmoid" -> new float[] {n.real("activation_alpha", 0.2f), n.real("activation_beta", 0.5f)};
            case "Elu" -> new float[] {n.real("activation_alpha", 1)};
            default -> null;
        };
        return List.of(activated(c, y, f, parameters));
    }

    /** The optional fourth input is added before the activation. */
    private static List<Value> conv(OnnxNode n) {
        Compose c = new Compose(n);
        Value y = c.make(new Conv(NnImports.group(n), NnImports.window(n)), c.required(0), c.required(1), n.input(2));
        return List.of(activated(c, c.plus(y, n.input(3)), n.text("activation", ""), n.reals("activation_params")));
    }

    private static Value activated(Compose c, Value x, String function, float[] parameters) {
        int due = switch (function) {
            case "LeakyRelu", "Elu" -> 1;
            case "HardSigmoid", "Clip" -> 2;
            default -> 0;
        };
        if (due > 0 && (parameters == null || parameters.length != due)) {
            throw c.node().error(due + " parameters for " + function, parameters == null ? "none"
                    : Integer.toString(parameters.length), "give activation_params");
        }
        DataType type = x.fact().type();
        return switch (function) {
            case "" -> x;
            case "Relu" -> c.unary(Unary.Function.RELU, x);
            case "Tanh" -> c.unary(Unary.Function.TANH, x);
            case "Sigmoid" -> c.unary(Unary.Function.SIGMOID, x);
            case "LeakyRelu" -> c.make(new Activation(Activation.Function.LEAKY_RELU, parameters[0], 0), x);
            case "Elu" -> c.make(new Activation(Activation.Function.ELU, parameters[0], 0), x);
            case "HardSigmoid" ->
                    c.make(new Activation(Activation.Function.HARD_SIGMOID, parameters[0], parameters[1]), x);
            case "Clip" -> c.make(new Clip(), x, c.number(parameters[0], type), c.number(parameters[1], type));
            default -> throw c.node().unsupported("activation=" + function);
        };
    }
}
