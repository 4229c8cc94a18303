package dev.lanewise.loaders.onnx;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.nn.AveragePool;
import dev.lanewise.op.nn.CellActivation;
import dev.lanewise.op.nn.Col2Im;
import dev.lanewise.op.nn.Conv;
import dev.lanewise.op.nn.ConvInteger;
import dev.lanewise.op.nn.ConvTranspose;
import dev.lanewise.op.nn.DeformConv;
import dev.lanewise.op.nn.GlobalPool;
import dev.lanewise.op.nn.LpPool;
import dev.lanewise.op.nn.MaxPool;
import dev.lanewise.op.nn.MaxUnpool;
import dev.lanewise.op.nn.QLinearConv;
import dev.lanewise.op.nn.Recurrent;
import dev.lanewise.op.nn.Window;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Pad;
import dev.lanewise.op.shape.Slice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Importers of convolution, pooling and recurrent operators. */
final class NnImports {
    private NnImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "Conv" -> n -> n.node(new Conv(group(n), window(n)));
            case "ConvInteger" -> n -> n.node(new ConvInteger(group(n), window(n)));
            case "QLinearConv" -> n -> n.node(new QLinearConv(group(n), window(n)));
            case "ConvTranspose" -> n -> n.node(
                    new ConvTranspose(group(n), window(n), list(n, "output_padding"), list(n, "output_shape")));
            case "MaxPool" -> n -> n.node(new MaxPool(window(n), n.integer("storage_order", 0) != 0));
            case "MaxUnpool" -> n -> {
                Window w = window(n);
                int axes = w.kernel().size();
                return n.node(new MaxUnpool(w.kernel(), filled(w.strides(), axes, 1), filled(w.pads(), 2 * axes, 0)));
            };
            case "Col2Im" -> n -> n.node(new Col2Im(list(n, "dilations"), list(n, "pads"), list(n, "strides")));
            case "DeformConv" -> n -> n.node(new DeformConv(group(n), number(n, "offset_group",
                    n.integer("offset_group", 1)), window(n)));
            case "CausalConvWithState" -> NnImports::causalConv;
            case "AveragePool" -> n -> n.node(new AveragePool(window(n), n.integer("count_include_pad", 0) != 0));
            case "LpPool" -> n -> n.node(new LpPool(window(n), Math.toIntExact(n.integer("p", 2))));
            case "GlobalAveragePool" -> n -> n.node(new GlobalPool(GlobalPool.Kind.AVERAGE, 0));
            case "GlobalMaxPool" -> n -> n.node(new GlobalPool(GlobalPool.Kind.MAX, 0));
            case "GlobalLpPool" -> n -> n.node(new GlobalPool(GlobalPool.Kind.LP, Math.toIntExact(n.integer("p", 2))));
            case "RNN" -> n -> n.node(recurrent(Recurrent.Cell.RNN, n));
            case "GRU" -> n -> n.node(recurrent(Recurrent.Cell.GRU, n));
            case "LSTM" -> n -> n.node(recurrent(Recurrent.Cell.LSTM, n));
            default -> null;
        };
    }

    private static Recurrent recurrent(Recurrent.Cell cell, OnnxNode n) {
        Recurrent.Direction direction = switch (n.text("direction", "forward")) {
            case "forward" -> Recurrent.Direction.FORWARD;
            case "reverse" -> Recurrent.Direction.REVERSE;
            case "bidirectional" -> Recurrent.Direction.BIDIRECTIONAL;
            default -> throw n.error("direction of forward, reverse or bidirectional", n.text("direction", ""),
                    "correct direction");
        };
        Value r = n.input(2);
        Dim hidden = r != null && r.fact().hasShape() && r.fact().rank() == 3 ? r.fact().shape()[2] : null;
        if (n.has("hidden_size") && hidden != null && hidden.isConstant()
                && hidden.value() != n.integer("hidden_size", 0)) {
            throw n.error("r of shape [..., hidden_size]", r.fact() + " with hidden_size "
                    + n.integer("hidden_size", 0), "correct hidden_size");
        }
        return new Recurrent(cell, direction, activations(cell, direction, n),
                n.real("clip", Float.POSITIVE_INFINITY), n.integer("layout", 0) != 0,
                n.integer("linear_before_reset", 0) != 0, n.integer("input_forget", 0) != 0);
    }

    /** Parameters are given in order, for the functions that take them. */
    private static List<CellActivation> activations(Recurrent.Cell cell, Recurrent.Direction direction, OnnxNode n) {
        List<CellActivation> found = new ArrayList<>();
        String[] names = n.texts("activations");
        if (names == null) {
            for (int d = 0; d < direction.count(); d++) {
                found.addAll(cell.defaults());
            }
            return found;
        }
        float[] alphas = n.reals("activation_alpha");
        float[] betas = n.reals("activation_beta");
        int alpha = 0;
        int beta = 0;
        for (String name : names) {
            CellActivation a = new CellActivation(function(name, n));
            boolean ownAlpha = a.function().takesAlpha() && alphas != null && alpha < alphas.length;
            boolean ownBeta = a.function().takesBeta() && betas != null && beta < betas.length;
            found.add(new CellActivation(a.function(), ownAlpha ? alphas[alpha++] : a.alpha(),
                    ownBeta ? betas[beta++] : a.beta()));
        }
        return found;
    }

    private static CellActivation.Function function(String name, OnnxNode n) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "relu" -> CellActivation.Function.RELU;
            case "tanh" -> CellActivation.Function.TANH;
            case "sigmoid" -> CellActivation.Function.SIGMOID;
            case "affine" -> CellActivation.Function.AFFINE;
            case "leakyrelu" -> CellActivation.Function.LEAKY_RELU;
            case "thresholdedrelu" -> CellActivation.Function.THRESHOLDED_RELU;
            case "scaledtanh" -> CellActivation.Function.SCALED_TANH;
            case "hardsigmoid" -> CellActivation.Function.HARD_SIGMOID;
            case "elu" -> CellActivation.Function.ELU;
            case "softsign" -> CellActivation.Function.SOFTSIGN;
            case "softplus" -> CellActivation.Function.SOFTPLUS;
            default -> throw n.error("a known activation", name, "correct activations");
        };
    }

    static int group(OnnxNode n) {
        return number(n, "group", n.integer("group", 1));
    }

    static Window window(OnnxNode n) {
        Window.Padding padding = switch (n.text("auto_pad", "NOTSET")) {
            case "NOTSET", "" -> Window.Padding.EXPLICIT;
            case "VALID" -> Window.Padding.VALID;
            case "SAME_UPPER" -> Window.Padding.SAME_UPPER;
            case "SAME_LOWER" -> Window.Padding.SAME_LOWER;
            default -> throw n.error("auto_pad of NOTSET, VALID, SAME_UPPER or SAME_LOWER", n.text("auto_pad", ""),
                    "correct auto_pad");
        };
        return new Window(list(n, "kernel_shape"), list(n, "strides"), list(n, "dilations"), list(n, "pads"), padding,
                n.integer("ceil_mode", 0) != 0);
    }

    private static List<Integer> filled(List<Integer> given, int size, int value) {
        return given.isEmpty() ? Collections.nCopies(size, value) : given;
    }

    /** What came before, zeros at first, is put before the input; its end is what the next call gets. */
    private static List<Value> causalConv(OnnxNode n) {
        Fact weights = n.required(1).fact();
        if (!weights.isConcrete() || weights.rank() != 3 || !weights.shape()[2].isAtLeast(1)) {
            throw n.unsupported("with weights of unknown shape");
        }
        int channels = Math.toIntExact(weights.shape()[0].value());
        long before = weights.shape()[2].value() - 1;
        Value padded = n.input(3) != null ? n.intermediate(new Concat(2), n.input(3), n.required(0))
                : n.intermediate(new Pad(Pad.Mode.CONSTANT), n.required(0),
                        n.constant(Tensor.of(new long[] {0, 0, before, 0, 0, 0}, 6)));
        Window window = new Window(List.of(), List.of(), List.of(), List.of(), Window.Padding.EXPLICIT, false);
        Value y = n.input(2) == null ? n.intermediate(new Conv(channels, window), padded, n.input(1))
                : n.intermediate(new Conv(channels, window), padded, n.input(1), n.input(2));
        boolean plain = ShapeImports.choice(n, "activation", "none", "none", "silu", "swish").equals("none");
        Value present = n.intermediate(new Slice(), padded,
                n.constant(Tensor.of(new long[] {before == 0 ? Long.MAX_VALUE : -before}, 1)),
                n.constant(Tensor.of(new long[] {Long.MAX_VALUE}, 1)), n.constant(Tensor.of(new long[] {2}, 1)));
        return List.of(plain ? y : n.intermediate(new Unary(Unary.Function.SILU), y), present);
    }

    private static List<Integer> list(OnnxNode n, String attribute) {
        List<Integer> list = new ArrayList<>();
        long[] values = n.integers(attribute);
        for (int i = 0; values != null && i < values.length; i++) {
            list.add(number(n, attribute, values[i]));
        }
        return list;
    }

    /** Sizes beyond 2^30 would overflow in the arithmetic of shapes, and no tensor has them. */
    private static int number(OnnxNode n, String attribute, long value) {
        if (value > 1 << 30 || value < -(1 << 30)) {
            throw n.error("attribute '" + attribute + "' below 2^30", Long.toString(value), "correct the attribute");
        }
        return (int) value;
    }
}
