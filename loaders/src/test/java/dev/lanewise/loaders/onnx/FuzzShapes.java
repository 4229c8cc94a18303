package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzGraph.EXACT;
import static dev.lanewise.loaders.onnx.FuzzRecipe.ALL;
import static dev.lanewise.loaders.onnx.FuzzRecipe.COMMON;
import static dev.lanewise.loaders.onnx.FuzzRecipe.NUMBERS;
import static dev.lanewise.loaders.onnx.FuzzRecipe.axis;
import static dev.lanewise.loaders.onnx.FuzzRecipe.each;
import static dev.lanewise.loaders.onnx.FuzzRecipe.positive;
import static dev.lanewise.loaders.onnx.FuzzRecipe.when;
import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.real;
import static dev.lanewise.loaders.onnx.OnnxModels.tensor;
import static dev.lanewise.loaders.onnx.OnnxModels.text;

import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that give a tensor another shape, or copy parts of it. */
final class FuzzShapes {
    private FuzzShapes() {
    }

    static List<FuzzRecipe> recipes() {
        List<FuzzRecipe> all = new ArrayList<>();
        all.add(FuzzRecipe.of("Identity", 6, g -> g.op("Identity", EXACT, List.of(any(g, 0, 5)))));
        all.add(FuzzRecipe.of("Shape", 6, g -> {
            Item x = any(g, 0, 5);
            boolean part = g.opset() >= 15;
            g.op("Shape", EXACT, List.of(x), when(part && g.chance(), integer("start", g.pick(-6, 6))),
                    when(part && g.chance(), integer("end", g.pick(-6, 6))));
        }));
        all.add(FuzzRecipe.of("Size", 6, g -> g.op("Size", EXACT, List.of(any(g, 0, 5)))));
        all.add(FuzzRecipe.of("Reshape", 6, FuzzShapes::reshape));
        all.add(FuzzRecipe.of("Flatten", 6, g -> {
            Item x = g.any(g.type(g.opset() < 9 ? FuzzRecipe.FLOATS : ALL), 1, 5);
            g.op("Flatten", EXACT, List.of(x), when(g.chance(), integer("axis", g.pick(g.opset() < 11 ? 0
                    : -x.rank(), x.rank()))));
        }));
        all.add(FuzzRecipe.of("Squeeze", 6, FuzzShapes::squeeze));
        all.add(FuzzRecipe.of("Unsqueeze", 6, FuzzShapes::unsqueeze));
        all.add(FuzzRecipe.of("Transpose", 6, g -> {
            Item x = any(g, 0, 5);
            List<Integer> order = new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
            Collections.shuffle(order, g.random);
            g.op("Transpose", EXACT, List.of(x), when(g.chance() && x.rank() > 0,
                    each("perm", order.stream().mapToInt(i -> i).toArray())));
        }));
        all.add(FuzzRecipe.of("Concat", 6, FuzzShapes::concat));
        all.add(FuzzRecipe.of("Split", 6, FuzzShapes::split));
        all.add(FuzzRecipe.of("Slice", 6, FuzzShapes::slice));
        all.add(FuzzRecipe.of("Expand", 8, g -> {
            Item x = any(g, 0, 4);
            int[] to = x.tensor().shape().clone();
            for (int d = 0; d < to.length; d++) {
                to[d] = to[d] == 1 && g.chance() ? g.pick(1, 4) : g.chance(4) ? 1 : to[d];
            }
            g.op("Expand", EXACT, List.of(x, g.longs(g.chance(3) ? joined(new int[] {g.pick(1, 3)}, to)
                    : Arrays.copyOfRange(to, g.pick(0, to.length), to.length))));
        }));
        all.add(FuzzRecipe.of("Tile", 6, g -> {
            Item x = any(g, 1, 4);
            g.op("Tile", EXACT, List.of(x, g.longs(picks(g, x.rank(), g.chance(6) ? 0 : 1, 3))));
        }));
        all.add(FuzzRecipe.of("Pad", 6, FuzzShapes::pad));
        all.add(FuzzRecipe.of("ConstantOfShape", 9, g -> {
            DataType t = g.one(FuzzRecipe.with(NUMBERS, DataType.BOOL));
            g.op("ConstantOfShape", EXACT, List.of(g.longs(g.values.shape(g.pick(0, 4)))), when(g.chance(),
                    tensor("value", FuzzModel.constant("", g.values.any(t, 1)).toBuilder())));
        }));
        all.add(FuzzRecipe.of("Range", 11, g -> {
            DataType t = g.type(FuzzRecipe.with(COMMON, DataType.INT16));
            double step = t.isInteger() ? g.one(1, 2, -1, -3) : g.one(0.5, 1.25, -0.5);
            double from = g.pick(-4, 4);
            g.op("Range", EXACT, List.of(g.scalar(t, from), g.scalar(t, from + g.pick(-2, 7) * step),
                    g.scalar(t, step)));
        }));
        for (String type : List.of("DepthToSpace", "SpaceToDepth")) {
            all.add(FuzzRecipe.of(type, 6, g -> blocks(g, type)));
        }
        all.add(FuzzRecipe.of("CenterCropPad", 18, g -> {
            Item x = g.any(g.type(COMMON), 1, 4);
            int count = g.pick(1, x.rank());
            g.op("CenterCropPad", EXACT, List.of(x, g.longs(picks(g, count, 1, 6))),
                    when(count < x.rank() || g.chance(), each("axes", IntStream.range(0, count).toArray())));
        }));
        return all;
    }

    static Item any(FuzzGraph g, int least, int most) {
        return g.any(g.type(ALL), least, most);
    }

    static int[] picks(FuzzGraph g, int count, int from, int to) {
        return IntStream.range(0, count).map(i -> g.pick(from, to)).toArray();
    }

    static int[] joined(int[] first, int... second) {
        int[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static void reshape(FuzzGraph g) {
        Item x = any(g, 0, 5);
        int[] shape = x.tensor().shape();
        List<Long> to = new ArrayList<>();
        for (int d = 0; d < shape.length; d++) {
            boolean joins = d > 0 && g.chance(3) && to.getLast() > 0 && shape[d] > 0;
            if (joins) {
                to.set(to.size() - 1, to.getLast() * shape[d]);
            } else {
                to.add((long) shape[d]);
            }
        }
        boolean zero = to.contains(0L);
        if (g.chance() && !to.isEmpty() && !zero) {
            to.set(g.pick(0, to.size() - 1), -1L);
        } else if (g.chance(3)) {
            to.add(g.pick(0, to.size()), 1L);
        }
        if (!zero && g.chance(4) && to.size() == shape.length && !to.isEmpty()) {
            int d = g.pick(0, shape.length - 1);
            if (to.get(d) == shape[d]) {
                to.set(d, 0L);
            }
        }
        g.op("Reshape", EXACT, List.of(x, g.longs(to.stream().mapToLong(v -> v).toArray())),
                when(zero && g.opset() >= 14 || g.opset() >= 14 && !to.contains(0L) && g.chance(4),
                        integer("allowzero", 1)));
    }

    private static void squeeze(FuzzGraph g) {
        Item x = any(g, 0, 5);
        List<Integer> axes = new ArrayList<>();
        for (int d = 0; d < x.rank(); d++) {
            if (x.dim(d) == 1 && g.chance()) {
                axes.add(g.opset() >= 11 && g.chance(3) ? d - x.rank() : d);
            }
        }
        int[] chosen = axes.stream().mapToInt(a -> a).toArray();
        boolean all = g.chance(3) || chosen.length == 0;
        boolean input = g.opset() >= 13;
        g.op("Squeeze", EXACT, all || !input ? List.of(x) : List.of(x, g.longs(chosen)),
                when(!all && !input, each("axes", chosen)));
    }

    private static void unsqueeze(FuzzGraph g) {
        Item x = any(g, 0, 3);
        int rank = x.rank() + g.pick(1, 2);
        List<Integer> places = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        Collections.shuffle(places, g.random);
        int[] axes = places.stream().limit(rank - x.rank()).mapToInt(d -> g.opset() >= 11 && g.chance(3) ? d - rank : d)
                .toArray();
        boolean input = g.opset() >= 13;
        g.op("Unsqueeze", EXACT, input ? List.of(x, g.longs(axes)) : List.of(x), when(!input, each("axes", axes)));
    }

    private static void concat(FuzzGraph g) {
        Item x = any(g, 1, 4);
        int axis = axis(g, x.rank());
        List<Item> parts = new ArrayList<>(List.of(x));
        for (int i = g.pick(0, 3); i > 0; i--) {
            int[] shape = x.tensor().shape().clone();
            shape[positive(axis, x.rank())] = g.pick(g.chance(5) ? 0 : 1, 4);
            parts.add(g.pick(0, parts.size()), g.of(x.type(), shape));
        }
        g.op("Concat", EXACT, parts, integer("axis", axis));
    }

    private static void split(FuzzGraph g) {
        Item x = any(g, 1, 4);
        int axis = axis(g, x.rank());
        int size = x.dim(positive(axis, x.rank()));
        int parts = g.pick(1, Math.max(1, Math.min(size, 4)));
        boolean even = size % parts == 0 && g.chance();
        int[] sizes = new int[parts];
        int rest = size;
        for (int i = 0; i < parts; i++) {
            sizes[i] = i == parts - 1 ? rest : g.pick(0, rest);
            rest -= sizes[i];
        }
        boolean input = g.opset() >= 13;
        boolean count = g.opset() >= 18 && (even || g.chance(3) && Math.ceilDiv(size, parts) * (parts - 1) < size);
        g.ops("", "Split", EXACT, parts, input && !even && !count ? List.of(x, g.longs(sizes)) : List.of(x),
                when(axis != 0 || g.chance(), integer("axis", axis)), when(!input && !even, each("split", sizes)),
                when(count, integer("num_outputs", parts)));
    }

    private static void slice(FuzzGraph g) {
        Item x = any(g, 1, 4);
        List<Integer> places = new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
        Collections.shuffle(places, g.random);
        int count = g.pick(1, x.rank());
        boolean inOrder = count == x.rank() && g.chance();
        long[] axes = new long[count];
        long[] starts = new long[count];
        long[] ends = new long[count];
        long[] steps = new long[count];
        for (int i = 0; i < count; i++) {
            axes[i] = inOrder ? i : places.get(i);
            int size = x.dim((int) axes[i]);
            starts[i] = g.pick(-size - 2, size + 2);
            ends[i] = g.chance(4) ? g.one(Long.MAX_VALUE, (long) Integer.MAX_VALUE, -Long.MAX_VALUE)
                    : g.pick(-size - 2, size + 2);
            steps[i] = g.one(1, 1, 1, 2, 3, -1, -2);
            axes[i] -= g.opset() >= 10 && !inOrder && g.chance(3) ? x.rank() : 0;
        }
        if (g.opset() < 10) {
            g.op("Slice", EXACT, List.of(x), OnnxModels.ints("starts", starts), OnnxModels.ints("ends", ends),
                    when(!inOrder || g.chance(), OnnxModels.ints("axes", axes)));
            return;
        }
        boolean stepped = g.chance();
        g.op("Slice", EXACT, Arrays.asList(x, g.longs(starts), g.longs(ends), inOrder && !stepped ? null
                : g.longs(axes), stepped ? g.longs(steps) : null));
    }

    private static void pad(FuzzGraph g) {
        String mode = g.opset() >= 19 ? g.one("constant", "constant", "reflect", "edge", "wrap")
                : g.one("constant", "constant", "reflect", "edge");
        Item x = g.any(g.type(g.opset() < 11 ? FuzzRecipe.FLOATS : COMMON), 1, 4,
                i -> mode.equals("constant") || i.tensor().size() > 0);
        int[] pads = new int[2 * x.rank()];
        for (int d = 0; d < pads.length; d++) {
            int size = x.dim(d % x.rank());
            int most = mode.equals("reflect") || mode.equals("wrap") ? Math.min(3, size - 1) : 3;
            pads[d] = g.chance(3) ? 0 : g.pick(mode.equals("constant") && g.chance(4) ? -size / 2 : 0,
                    Math.max(0, most));
        }
        AttributeProto.Builder how = when(!mode.equals("constant") || g.chance(), text("mode", mode));
        if (g.opset() < 11) {
            g.op("Pad", EXACT, List.of(x), how, each("pads", pads), when(g.chance(), real("value", 1.5f)));
            return;
        }
        Item value = g.chance() ? null : g.constant(g.values.any(x.type()));
        boolean some = g.opset() >= 18 && g.chance(3);
        int axis = g.pick(0, x.rank() - 1);
        g.op("Pad", EXACT, Arrays.asList(x, g.longs(some ? new int[] {pads[axis], pads[axis + x.rank()]} : pads),
                value, some ? g.longs(g.chance() ? axis : axis - x.rank()) : null), how);
    }

    private static void blocks(FuzzGraph g, String type) {
        int size = g.pick(1, 3);
        int[] shape = g.values.shape(4);
        shape[1] = Math.max(1, shape[1]);
        boolean toSpace = type.equals("DepthToSpace");
        if (toSpace) {
            shape[1] *= size * size;
        } else {
            shape[2] *= size;
            shape[3] *= size;
        }
        Item x = g.of(g.type(g.opset() < 13 ? new DataType[] {DataType.FLOAT, DataType.DOUBLE} : COMMON), shape);
        g.op(type, EXACT, List.of(x), integer("blocksize", size), when(toSpace && g.opset() >= 11,
                text("mode", g.one("DCR", "CRD"))));
    }
}
