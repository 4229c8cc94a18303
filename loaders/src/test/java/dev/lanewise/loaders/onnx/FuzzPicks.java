package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzGraph.EXACT;
import static dev.lanewise.loaders.onnx.FuzzRecipe.ALL;
import static dev.lanewise.loaders.onnx.FuzzRecipe.COMMON;
import static dev.lanewise.loaders.onnx.FuzzRecipe.axis;
import static dev.lanewise.loaders.onnx.FuzzRecipe.flag;
import static dev.lanewise.loaders.onnx.FuzzRecipe.positive;
import static dev.lanewise.loaders.onnx.FuzzRecipe.when;
import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.text;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import dev.lanewise.op.Elements;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that read or write elements by their positions, or ask which elements there are. */
final class FuzzPicks {
    private FuzzPicks() {
    }

    static List<FuzzRecipe> recipes() {
        List<FuzzRecipe> all = new ArrayList<>();
        all.add(FuzzRecipe.of("Gather", 6, g -> {
            Item x = g.any(g.type(ALL), 1, 4);
            int axis = axis(g, x.rank());
            g.op("Gather", EXACT, List.of(x, indices(g, x.dim(positive(axis, x.rank())), g.values.shape(g.pick(0,
                    2)))), integer("axis", axis));
        }));
        all.add(FuzzRecipe.of("GatherElements", 11, g -> {
            Item x = g.any(g.type(ALL), 1, 4);
            int axis = axis(g, x.rank());
            g.op("GatherElements", EXACT, List.of(x, indices(g, x.dim(positive(axis, x.rank())), smaller(g, x))),
                    integer("axis", axis));
        }));
        all.add(FuzzRecipe.of("GatherND", 11, FuzzPicks::gatherND));
        all.add(new FuzzRecipe("Scatter", 9, 10, g -> scatterElements(g, "Scatter")));
        all.add(FuzzRecipe.of("ScatterElements", 11, g -> scatterElements(g, "ScatterElements")));
        all.add(FuzzRecipe.of("ScatterND", 11, FuzzPicks::scatterND));
        all.add(FuzzRecipe.of("OneHot", 9, g -> {
            DataType t = g.one(DataType.FLOAT, DataType.INT64, DataType.INT32);
            Item depth = g.fixed(g.values.between(DataType.INT64, 1, 5));
            Item where = g.leaf(g.values.between(g.one(DataType.INT64, DataType.INT32), -1, 4, g.values.shape(g.pick(1,
                    3))));
            g.op("OneHot", EXACT, List.of(where, depth, g.leaf(g.values.any(t, 2))),
                    integer("axis", g.pick(g.opset() < 11 ? -1 : -where.rank() - 1, where.rank())));
        }));
        all.add(FuzzRecipe.of("NonZero", 9, g -> g.op("NonZero", EXACT,
                List.of(g.exact(g.type(DataType.FLOAT, DataType.INT64, DataType.INT32, DataType.UINT8, DataType.BOOL),
                        1, 4)))));
        all.add(FuzzRecipe.of("Trilu", 14, g -> {
            Item x = g.any(g.type(FuzzRecipe.with(COMMON, DataType.BOOL)), 2, 4);
            g.op("Trilu", EXACT, Arrays.asList(x, g.chance() ? null : g.scalar(g.pick(-4, 4))),
                    when(g.chance(), flag("upper", g.chance())));
        }));
        all.add(FuzzRecipe.of("EyeLike", 9, g -> {
            Item x = g.any(g.type(COMMON), 2, 2);
            g.op("EyeLike", EXACT, List.of(x), when(g.chance(), integer("k", g.pick(-3, 3))),
                    when(g.chance(), integer("dtype", ElementTypes.number(g.one(COMMON)))));
        }));
        all.add(FuzzRecipe.of("Compress", 9, g -> {
            Item x = g.any(g.type(ALL), 1, 4);
            boolean flat = g.chance(3);
            int axis = axis(g, x.rank());
            int size = flat ? x.tensor().size() : x.dim(positive(axis, x.rank()));
            g.op("Compress", EXACT, List.of(x, g.leaf(g.values.between(DataType.BOOL, 0, 1, g.pick(0, size)))),
                    when(!flat, integer("axis", axis)));
        }));
        all.add(FuzzRecipe.of("ReverseSequence", 10, g -> {
            Item x = g.any(g.type(ALL), 2, 4, i -> i.dim(0) > 0 && i.dim(1) > 0);
            int batch = g.pick(0, 1);
            g.op("ReverseSequence", EXACT, List.of(x, g.leaf(g.values.between(DataType.INT64, 1, x.dim(1 - batch),
                    x.dim(batch)))), integer("batch_axis", batch), integer("time_axis", 1 - batch));
        }));
        all.add(FuzzRecipe.of("Unique", 11, g -> {
            // of no elements along an axis ONNX Runtime ends the process
            Item x = g.any(g.type(DataType.FLOAT, DataType.INT64, DataType.INT8, DataType.STRING, DataType.DOUBLE), 1,
                    3, i -> i.exact() && FuzzGraph.within(i, Double.MAX_VALUE) && i.tensor().size() > 0);
            boolean flat = g.chance();
            g.ops("", "Unique", EXACT, 4, List.of(x), when(!flat, integer("axis", axis(g, x.rank()))),
                    when(g.chance(), flag("sorted", g.chance())));
        }));
        return all;
    }

    /** Positions below {@code size}, some counted from the end. */
    private static Item indices(FuzzGraph g, int size, int... shape) {
        Tensor t = Tensor.zeros(g.one(DataType.INT64, DataType.INT32), size == 0 ? new int[shape.length] : shape);
        for (int i = 0; i < t.size(); i++) {
            if (size == 0) {
                throw new FuzzGraph.Unfit();
            }
            Elements.setInteger(t.type(), t.array(), i, g.pick(g.opset() < 11 ? 0 : -size, size - 1));
        }
        return g.leaf(t);
    }

    private static int[] smaller(FuzzGraph g, Item x) {
        return IntStream.range(0, x.rank()).map(d -> g.pick(Math.min(1, x.dim(d)), x.dim(d))).toArray();
    }

    private static void gatherND(FuzzGraph g) {
        Item x = g.any(g.type(ALL), 1, 4, i -> i.tensor().size() > 0);
        int batch = g.opset() < 12 ? 0 : g.pick(0, Math.min(2, x.rank() - 1));
        int depth = g.pick(1, x.rank() - batch);
        int[] shape = FuzzShapes.joined(Arrays.copyOf(x.tensor().shape(), batch), FuzzShapes.picks(g, g.pick(0, 2), 1,
                3));
        g.op("GatherND", EXACT, List.of(x, tuples(g, x, batch, depth, shape, false)),
                when(batch > 0, integer("batch_dims", batch)));
    }

    /** INT64 {@code [shape..., depth]}: positions in the axes of {@code x} from {@code first} on. */
    private static Item tuples(FuzzGraph g, Item x, int first, int depth, int[] shape, boolean different) {
        int count = Tensor.sizeOf(shape);
        int room = 1;
        for (int d = 0; d < depth; d++) {
            room *= x.dim(first + d);
        }
        List<Integer> places = new ArrayList<>(IntStream.range(0, room).boxed().toList());
        Collections.shuffle(places, g.random);
        if (different && count > room) {
            throw new FuzzGraph.Unfit();
        }
        Tensor t = Tensor.zeros(DataType.INT64, FuzzShapes.joined(shape, depth));
        for (int i = 0; i < count; i++) {
            int place = different ? places.get(i) : g.pick(0, room - 1);
            for (int d = depth - 1; d >= 0; d--) {
                int size = x.dim(first + d);
                t.longs()[i * depth + d] = place % size - (g.chance(4) && g.opset() >= 12 ? size : 0);
                place /= size;
            }
        }
        return g.leaf(t);
    }

    /** No position twice, unless the results do not depend on the order. */
    private static void scatterElements(FuzzGraph g, String type) {
        String reduction = g.opset() < 16 ? "none" : g.opset() < 18 ? g.one("none", "add", "mul")
                : g.one("none", "add", "mul", "min", "max");
        Item x = g.any(g.type(reduction.equals("none") ? ALL : COMMON), 1, 4, i -> i.tensor().size() > 0);
        int axis = axis(g, x.rank());
        int along = positive(axis, x.rank());
        int[] shape = smaller(g, x);
        int step = 1;
        for (int d = along + 1; d < x.rank(); d++) {
            step *= shape[d];
        }
        List<Integer> places = new ArrayList<>(IntStream.range(0, x.dim(along)).boxed().toList());
        Collections.shuffle(places, g.random);
        Tensor t = Tensor.zeros(g.one(DataType.INT64, DataType.INT32), shape);
        for (int i = 0; i < t.size(); i++) {
            int k = i / step % shape[along];
            long place = reduction.equals("none") ? places.get(k) : g.pick(0, x.dim(along) - 1);
            Elements.setInteger(t.type(), t.array(), i, place - (g.opset() >= 11 && g.chance(4) ? x.dim(along) : 0));
        }
        g.op(type, reduction.equals("none") ? EXACT : FuzzGraph.ROUNDED, List.of(x, g.leaf(t), g.of(x.type(), shape)),
                integer("axis", axis), when(!reduction.equals("none"), text("reduction", reduction)));
    }

    private static void scatterND(FuzzGraph g) {
        String reduction = g.opset() < 16 ? "none" : g.opset() < 18 ? g.one("none", "add", "mul")
                : g.one("none", "add", "mul", "min", "max");
        Item x = g.any(g.type(reduction.equals("none") ? ALL : COMMON), 1, 4, i -> i.tensor().size() > 0);
        int depth = g.pick(1, x.rank());
        int[] shape = FuzzShapes.picks(g, g.pick(1, 2), 1, 3);
        int[] updates = FuzzShapes.joined(shape, Arrays.copyOfRange(x.tensor().shape(), depth, x.rank()));
        g.op("ScatterND", reduction.equals("none") ? EXACT : FuzzGraph.ROUNDED,
                List.of(x, tuples(g, x, 0, depth, shape, reduction.equals("none")), g.of(x.type(), updates)),
                when(!reduction.equals("none"), text("reduction", reduction)));
    }
}
