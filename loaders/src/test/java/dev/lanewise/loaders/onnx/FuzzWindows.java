package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzGraph.EXACT;
import static dev.lanewise.loaders.onnx.FuzzGraph.ROUNDED;
import static dev.lanewise.loaders.onnx.FuzzRecipe.each;
import static dev.lanewise.loaders.onnx.FuzzRecipe.flag;
import static dev.lanewise.loaders.onnx.FuzzRecipe.when;
import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.text;

import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Convolutions and pooling. */
final class FuzzWindows {
    private static final DataType[] REALS = {DataType.FLOAT, DataType.FLOAT, DataType.FLOAT, DataType.DOUBLE};

    private FuzzWindows() {
    }

    static List<FuzzRecipe> recipes() {
        List<FuzzRecipe> all = new ArrayList<>();
        all.add(FuzzRecipe.of("Conv", 6, FuzzWindows::conv));
        all.add(FuzzRecipe.of("ConvTranspose", 6, FuzzWindows::convTranspose));
        all.add(FuzzRecipe.of("MaxPool", 6, FuzzWindows::maxPool));
        all.add(FuzzRecipe.of("AveragePool", 6, FuzzWindows::averagePool));
        all.add(FuzzRecipe.of("LpPool", 6, FuzzWindows::lpPool));
        all.add(FuzzRecipe.of("MaxUnpool", 9, FuzzWindows::unpool));
        for (String type : List.of("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool")) {
            all.add(FuzzRecipe.of(type, 6, g -> g.op(type, type.equals("GlobalMaxPool") ? EXACT : ROUNDED,
                    List.of(image(g, g.type(REALS), g.pick(1, 3), 1)),
                    when(type.equals("GlobalLpPool") && g.chance(), integer("p", g.pick(1, 3))))));
        }
        all.add(FuzzRecipe.of("Col2Im", 18, g -> {
            int[] size = FuzzShapes.picks(g, 2, 2, 5);
            int[] block = FuzzShapes.picks(g, 2, 1, 2);
            int blocks = (size[0] - block[0] + 1) * (size[1] - block[1] + 1);
            g.op("Col2Im", ROUNDED, List.of(real(g, DataType.FLOAT, g.pick(1, 2), g.pick(1, 2) * block[0] * block[1],
                    blocks), g.longs(size), g.longs(block)));
        }));
        all.add(FuzzRecipe.of("DeformConv", 19, FuzzWindows::deform));
        return all;
    }

    private static Item real(FuzzGraph g, DataType t, int... shape) {
        return g.leaf(g.values.reals(t, -2, 2, shape));
    }

    /** A value of the graph, or a new one, with that many spatial axes of at least that size. */
    private static Item image(FuzzGraph g, DataType t, int axes, int least) {
        Item found = g.chance() ? g.found(i -> i.type() == t && i.rank() == axes + 2 && i.tensor().size() > 0
                && i.dim(1) < 9 && Arrays.stream(i.tensor().shape()).skip(2).allMatch(d -> d >= least)
                && FuzzGraph.within(i, 1e6)) : null;
        if (found != null) {
            return found;
        }
        int[] shape = FuzzShapes.joined(new int[] {g.pick(1, 2), g.pick(1, 6)}, FuzzShapes.picks(g, axes,
                Math.max(least, 1), 6));
        return real(g, t, shape);
    }

    /** Attributes of a window over that image, which fits into it. */
    private static List<AttributeProto.Builder> window(FuzzGraph g, Item x, int[] kernel, boolean dilated, int pad) {
        int axes = kernel.length;
        List<AttributeProto.Builder> all = new ArrayList<>(List.of(each("kernel_shape", kernel)));
        all.add(when(g.chance(), each("strides", FuzzShapes.picks(g, axes, 1, 2))));
        switch (g.pick(0, 3)) {
            case 0 -> all.add(text("auto_pad", g.one("SAME_UPPER", "SAME_LOWER", "VALID")));
            case 1 -> all.add(when(pad > 0, each("pads", FuzzShapes.picks(g, 2 * axes, 0, pad))));
            case 2 -> {
                int[] dilations = new int[axes];
                for (int d = 0; d < axes; d++) {
                    dilations[d] = (kernel[d] - 1) * 2 < x.dim(d + 2) ? g.pick(1, 2) : 1;
                }
                all.add(when(dilated, each("dilations", dilations)));
            }
            default -> {
            }
        }
        return all;
    }

    private static int[] kernel(FuzzGraph g, Item x) {
        int[] kernel = new int[x.rank() - 2];
        for (int d = 0; d < kernel.length; d++) {
            kernel[d] = g.pick(1, Math.min(3, x.dim(d + 2)));
        }
        return kernel;
    }

    private static void conv(FuzzGraph g) {
        DataType t = g.one(REALS);
        Item x = image(g, t, g.one(1, 2, 2, 2, 3), 1);
        int[] kernel = kernel(g, x);
        int group = g.chance(3) ? x.dim(1) : x.dim(1) % 2 == 0 && g.chance() ? 2 : 1;
        int outputs = group * g.pick(1, 3);
        Item w = g.chance(8) ? g.fixed(g.values.reals(t, -1, 1, weights(outputs, x.dim(1) / group, kernel)))
                : g.constant(g.values.reals(t, -1, 1, weights(outputs, x.dim(1) / group, kernel)));
        List<AttributeProto.Builder> how = window(g, x, kernel, true, 2);
        how.add(when(group > 1, integer("group", group)));
        Item y = g.op("Conv", ROUNDED, Arrays.asList(x, w, g.chance() ? null
                : g.constant(g.values.reals(t, -1, 1, outputs))), how.toArray(AttributeProto.Builder[]::new));
        if (t == DataType.FLOAT && g.chance(4)) {
            List<Item> inputs = new ArrayList<>(List.of(y));
            for (int i = 0; i < 4; i++) {
                inputs.add(g.constant(g.values.reals(t, 0.2, 1, outputs)));
            }
            y = g.op("BatchNormalization", ROUNDED, inputs, when(g.opset() < 7, integer("is_test", 1)));
        }
        if (g.chance(3)) {
            y = g.op("Add", ROUNDED, List.of(y, g.of(t, y.tensor().shape())));
        }
        if (g.chance(3)) {
            g.op("Relu", ROUNDED, List.of(y));
        }
    }

    private static int[] weights(int first, int second, int[] kernel) {
        return FuzzShapes.joined(new int[] {first, second}, kernel);
    }

    private static void convTranspose(FuzzGraph g) {
        Item x = image(g, DataType.FLOAT, g.pick(1, 3), 1);
        int axes = x.rank() - 2;
        int[] kernel = FuzzShapes.picks(g, axes, 1, 3);
        int group = x.dim(1) % 2 == 0 && g.chance() ? 2 : 1;
        int each = g.pick(1, 3);
        int[] strides = FuzzShapes.picks(g, axes, 1, 2);
        Item w = g.leaf(g.values.reals(DataType.FLOAT, -1, 1, weights(x.dim(1), each, kernel)));
        Item b = g.chance() ? null : g.leaf(g.values.reals(DataType.FLOAT, -1, 1, group * each));
        int[] extra = new int[axes];
        for (int d = 0; d < axes; d++) {
            extra[d] = g.pick(0, strides[d] - 1);
        }
        g.op("ConvTranspose", ROUNDED, Arrays.asList(x, w, b), when(group > 1, integer("group", group)),
                each("kernel_shape", kernel), each("strides", strides),
                when(g.chance(), each("output_padding", extra)),
                switch (g.pick(0, 3)) {
                    case 0 -> text("auto_pad", g.one("SAME_UPPER", "SAME_LOWER", "VALID"));
                    case 1 -> each("pads", FuzzShapes.picks(g, 2 * axes, 0, 1));
                    case 2 -> each("dilations", FuzzShapes.picks(g, axes, 1, 2));
                    default -> null;
                });
    }

    private static void maxPool(FuzzGraph g) {
        DataType t = g.opset() >= 12 && g.chance(4) ? g.one(DataType.INT8, DataType.UINT8) : g.one(REALS);
        Item x = t.isInteger() ? g.leaf(g.values.any(t, 1, g.pick(1, 3), 4, 5)) : exactImage(g, t);
        int[] kernel = kernel(g, x);
        boolean indices = g.opset() >= 8 && g.chance(3);
        List<AttributeProto.Builder> how = window(g, x, kernel, g.opset() >= 10, smallest(kernel) - 1);
        how.add(when(g.opset() >= 10 && g.chance(3), integer("ceil_mode", 1)));
        how.add(when(indices && g.chance(3), integer("storage_order", 1)));
        g.ops("", "MaxPool", EXACT, indices ? 2 : 1, List.of(x), how.toArray(AttributeProto.Builder[]::new));
    }

    private static Item exactImage(FuzzGraph g, DataType t) {
        Item x = image(g, t, g.one(1, 2, 2, 3), 1);
        return x.exact() ? x : real(g, t, x.tensor().shape());
    }

    private static int smallest(int[] kernel) {
        return Arrays.stream(kernel).min().orElseThrow();
    }

    private static void averagePool(FuzzGraph g) {
        Item x = image(g, g.one(REALS), g.one(1, 2, 2, 3), 1);
        int[] kernel = kernel(g, x);
        List<AttributeProto.Builder> how = window(g, x, kernel, g.opset() >= 19, smallest(kernel) - 1);
        how.add(when(g.opset() >= 7 && g.chance(), integer("count_include_pad", 1)));
        how.add(when(g.opset() >= 10 && g.chance(3), integer("ceil_mode", 1)));
        g.op("AveragePool", ROUNDED, List.of(x), how.toArray(AttributeProto.Builder[]::new));
    }

    private static void lpPool(FuzzGraph g) {
        Item x = image(g, DataType.FLOAT, g.one(1, 2, 2, 3), 1);
        int[] kernel = kernel(g, x);
        List<AttributeProto.Builder> how = window(g, x, kernel, g.opset() >= 18, smallest(kernel) - 1);
        how.add(when(g.chance(), integer("p", g.pick(1, 3))));
        how.add(when(g.opset() >= 18 && g.chance(3), integer("ceil_mode", 1)));
        g.op("LpPool", ROUNDED, List.of(x), how.toArray(AttributeProto.Builder[]::new));
    }

    /** What a pooling took out is put back where it was. */
    private static void unpool(FuzzGraph g) {
        int[] size = {2 * g.pick(1, 3), 2 * g.pick(1, 3)};
        Item x = real(g, DataType.FLOAT, g.pick(1, 2), g.pick(1, 2), size[0], size[1]);
        AttributeProto.Builder kernel = each("kernel_shape", 2, 2);
        AttributeProto.Builder strides = each("strides", 2, 2);
        List<Item> pooled = g.ops("", "MaxPool", EXACT, 2, List.of(x), kernel, strides);
        g.op("MaxUnpool", EXACT, List.of(pooled.get(0), pooled.get(1)), kernel, strides);
    }

    private static void deform(FuzzGraph g) {
        int channels = g.pick(1, 3);
        int n = g.pick(1, 2);
        int outputs = g.pick(1, 2);
        int[] size = FuzzShapes.picks(g, 2, 2, 4);
        Item x = real(g, DataType.FLOAT, n, channels, size[0], size[1]);
        Item offsets = g.leaf(g.values.reals(DataType.FLOAT, -1.3, 1.3, n, 8, size[0] - 1, size[1] - 1));
        Item mask = g.chance() ? null : g.leaf(g.values.reals(DataType.FLOAT, 0, 1, n, 4, size[0] - 1, size[1] - 1));
        g.op("DeformConv", ROUNDED, Arrays.asList(x, real(g, DataType.FLOAT, outputs, channels, 2, 2), offsets,
                g.chance() ? null : real(g, DataType.FLOAT, outputs), mask), each("kernel_shape", 2, 2),
                each("pads", 0, 0, 0, 0), flag("offset_group", true));
    }

}
