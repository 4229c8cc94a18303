package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.SmallFloats;
import dev.lanewise.op.elementwise.Activation;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.BitCast;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.elementwise.CastSmallFloat;
import dev.lanewise.op.elementwise.Clip;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.elementwise.IsInf;
import dev.lanewise.op.elementwise.IsNaN;
import dev.lanewise.op.elementwise.Unary;
import java.util.List;

/** Importers of the elementwise operators: arithmetic, elementary functions, activations and casts. */
final class ElementwiseImports {
    private static final float SELU_ALPHA = 1.67326319217681884765625f;
    private static final float SELU_GAMMA = 1.05070102214813232421875f;

    private ElementwiseImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "Clip" -> ElementwiseImports::clip;
            case "IsNaN" -> n -> n.node(new IsNaN());
            case "IsInf" -> n -> n.node(new IsInf(n.integer("detect_negative", 1) == 1,
                    n.integer("detect_positive", 1) == 1));
            case "Gelu" -> n -> n.node(new Gelu(n.text("approximate", "none").equals("tanh")));
            case "Cast" -> n -> cast(n, castType(n));
            case "CastLike" -> n -> cast(n, n.input(1).fact().type());
            default -> arithmetic(type);
        };
    }

    private static OperatorImporter arithmetic(String type) {
        return switch (type) {
            case "Add" -> n -> binary(n, Binary.Function.ADD);
            case "Sub" -> n -> binary(n, Binary.Function.SUB);
            case "Mul" -> n -> binary(n, Binary.Function.MUL);
            case "Div" -> n -> binary(n, Binary.Function.DIV);
            case "Pow" -> n -> binary(n, Binary.Function.POW);
            case "Mod" ->
                    n -> n.node(new Binary(n.integer("fmod", 0) == 1 ? Binary.Function.FMOD : Binary.Function.MOD));
            case "PRelu" -> n -> n.node(new Binary(Binary.Function.PRELU), n.input(0), Broadcasting.slope(n));
            case "Min" -> n -> folded(n, Binary.Function.MIN);
            case "Max" -> n -> folded(n, Binary.Function.MAX);
            case "Sum" -> n -> folded(n, Binary.Function.ADD);
            case "Mean" -> ElementwiseImports::mean;
            default -> activation(type);
        };
    }

    private static List<Value> binary(OnnxNode n, Binary.Function f) {
        return n.node(new Binary(f), n.input(0), Broadcasting.second(n));
    }

    private static OperatorImporter activation(String type) {
        return switch (type) {
            case "LeakyRelu" -> n -> activation(n, Activation.Function.LEAKY_RELU, "alpha", 0.01f, null, 0);
            case "Elu" -> n -> activation(n, Activation.Function.ELU, "alpha", 1, null, 0);
            case "Celu" -> n -> activation(n, Activation.Function.CELU, "alpha", 1, null, 0);
            case "HardSigmoid" -> n -> activation(n, Activation.Function.HARD_SIGMOID, "alpha", 0.2f, "beta", 0.5f);
            case "ThresholdedRelu" -> n -> activation(n, Activation.Function.THRESHOLDED_RELU, "alpha", 1, null, 0);
            case "Shrink" -> n -> activation(n, Activation.Function.SHRINK, "lambd", 0.5f, "bias", 0);
            case "Selu" -> n -> n.node(new Activation(Activation.Function.SELU,
                    n.real("alpha", n.opset() < 6 ? 1.6732f : SELU_ALPHA),
                    n.real("gamma", n.opset() < 6 ? 1.0507f : SELU_GAMMA)));
            case "BitCast" -> n -> n.node(new BitCast(
                    ElementTypes.of(Math.toIntExact(n.requiredInteger("to")), "attribute 'to'")));
            case "SwiGLU" -> n -> n.node(new Binary(Binary.Function.MUL), n.intermediate(n.real("alpha", 1) == 1
                    ? new Unary(Unary.Function.SILU)
                    : new Activation(Activation.Function.SWISH, n.real("alpha", 1), 0), n.required(0)), n.required(1));
            case "Swish" -> n -> n.node(n.real("alpha", 1) == 1 ? new Unary(Unary.Function.SILU)
                    : new Activation(Activation.Function.SWISH, n.real("alpha", 1), 0));
            default -> unary(type);
        };
    }

    private static OperatorImporter unary(String type) {
        for (Unary.Function f : Unary.Function.values()) {
            if (f != Unary.Function.SILU && f.onnxName().equals(type)) {
                return n -> n.node(new Unary(f));
            }
        }
        return null;
    }

    /** A function with its parameters' attributes and defaults; {@code second} may be null. */
    private static List<Value> activation(OnnxNode n, Activation.Function f, String first, float firstIfAbsent,
            String second, float secondIfAbsent) {
        return n.node(new Activation(f, n.real(first, firstIfAbsent),
                second == null ? 0 : n.real(second, secondIfAbsent)));
    }

    /** Bounds are attributes before operator set 11. */
    private static List<Value> clip(OnnxNode n) {
        if (n.opset() >= 11) {
            return n.node(new Clip());
        }
        return n.node(new Clip(), n.input(0), bound(n, "min"), bound(n, "max"));
    }

    private static Value bound(OnnxNode n, String attribute) {
        return n.has(attribute) ? n.constant(Cast.convert(Tensor.scalar(n.real(attribute, 0)),
                required(n, 0).fact().type())) : null;
    }

    /** A function of any number of operands, taken from left to right. */
    private static List<Value> folded(OnnxNode n, Binary.Function f) {
        if (n.inputCount() < 2) {
            return List.of(required(n, 0));
        }
        Value folded = fold(n, f, n.inputCount() - 1);
        return n.node(new Binary(f), folded, required(n, n.inputCount() - 1));
    }

    private static Value fold(OnnxNode n, Binary.Function f, int count) {
        Value folded = required(n, 0);
        for (int i = 1; i < count; i++) {
            folded = n.intermediate(new Binary(f), folded, required(n, i));
        }
        return folded;
    }

    private static List<Value> mean(OnnxNode n) {
        if (n.inputCount() < 2) {
            return List.of(required(n, 0));
        }
        Value sum = fold(n, Binary.Function.ADD, n.inputCount());
        Tensor count = Cast.convert(Tensor.scalar((float) n.inputCount()), sum.fact().type());
        return n.node(new Binary(Binary.Function.DIV), sum, n.constant(count));
    }

    private static Value required(OnnxNode n, int i) {
        if (n.input(i) == null) {
            throw n.error("input " + i, "none", "give the input");
        }
        return n.input(i);
    }

    /** Operator sets before 6 name the type in words. */
    private static DataType castType(OnnxNode n) {
        if (n.opset() >= 6) {
            return ElementTypes.of(Math.toIntExact(n.requiredInteger("to")), "attribute 'to' of a Cast");
        }
        String to = n.text("to", "");
        try {
            return DataType.valueOf(to);
        } catch (IllegalArgumentException e) {
            throw n.error("the name of an element type", "'" + to + "'", "correct the attribute 'to'");
        }
    }

    private static List<Value> cast(OnnxNode n, DataType to) {
        boolean saturate = n.integer("saturate", 1) == 1;
        String rounding = n.text("round_mode", "up");
        Operator cast = to == DataType.FLOAT8E8M0 || !saturate && to.isFloatingPoint() && to.bits() == 8
                ? new CastSmallFloat(to, saturate, rounding(n, rounding)) : new Cast(to);
        return n.node(cast, n.input(0));
    }

    private static SmallFloats.Rounding rounding(OnnxNode n, String mode) {
        return switch (mode) {
            case "up" -> SmallFloats.Rounding.UP;
            case "down" -> SmallFloats.Rounding.DOWN;
            case "nearest" -> SmallFloats.Rounding.NEAREST;
            default -> throw n.error("round_mode up, down or nearest", "'" + mode + "'", "correct the attribute");
        };
    }
}
