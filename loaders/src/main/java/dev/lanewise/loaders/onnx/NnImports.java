package dev.lanewise.loaders.onnx;

import dev.lanewise.op.nn.AveragePool;
import dev.lanewise.op.nn.Conv;
import dev.lanewise.op.nn.ConvInteger;
import dev.lanewise.op.nn.ConvTranspose;
import dev.lanewise.op.nn.GlobalPool;
import dev.lanewise.op.nn.LpPool;
import dev.lanewise.op.nn.MaxPool;
import dev.lanewise.op.nn.QLinearConv;
import dev.lanewise.op.nn.Window;
import java.util.ArrayList;
import java.util.List;

/** Importers of convolution, pooling and recurrent operators. */
final class NnImports {
    private NnImports() {
    }

    static void register(Registry r) {
        r.add("Conv", n -> n.node(new Conv(group(n), window(n))));
        r.add("ConvInteger", n -> n.node(new ConvInteger(group(n), window(n))));
        r.add("QLinearConv", n -> n.node(new QLinearConv(group(n), window(n))));
        r.add("ConvTranspose", n -> n.node(
                new ConvTranspose(group(n), window(n), list(n, "output_padding"), list(n, "output_shape"))));
        r.add("MaxPool", n -> n.node(new MaxPool(window(n), n.integer("storage_order", 0) != 0)));
        r.add("AveragePool", n -> n.node(new AveragePool(window(n), n.integer("count_include_pad", 0) != 0)));
        r.add("LpPool", n -> n.node(new LpPool(window(n), (int) n.integer("p", 2))));
        r.add("GlobalAveragePool", n -> n.node(new GlobalPool(GlobalPool.Kind.AVERAGE, 0)));
        r.add("GlobalMaxPool", n -> n.node(new GlobalPool(GlobalPool.Kind.MAX, 0)));
        r.add("GlobalLpPool", n -> n.node(new GlobalPool(GlobalPool.Kind.LP, (int) n.integer("p", 2))));
    }

    private static int group(OnnxNode n) {
        return number(n, "group", n.integer("group", 1));
    }

    private static Window window(OnnxNode n) {
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
