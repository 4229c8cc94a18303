package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzGraph.EXACT;
import static dev.lanewise.loaders.onnx.FuzzGraph.ROUNDED;
import static dev.lanewise.loaders.onnx.FuzzRecipe.COMMON;
import static dev.lanewise.loaders.onnx.FuzzRecipe.FLOATS;
import static dev.lanewise.loaders.onnx.FuzzRecipe.NUMBERS;
import static dev.lanewise.loaders.onnx.FuzzRecipe.axis;
import static dev.lanewise.loaders.onnx.FuzzRecipe.flag;
import static dev.lanewise.loaders.onnx.FuzzRecipe.when;
import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.ints;

import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sums and extremes over axes, scans along them, softmax and its kin. */
final class FuzzReductions {
    private FuzzReductions() {
    }

    static List<FuzzRecipe> recipes() {
        List<FuzzRecipe> all = new ArrayList<>();
        for (String type : List.of("Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSum",
                "LogSumExp")) {
            all.add(FuzzRecipe.of("Reduce" + type, 6, g -> reduce(g, "Reduce" + type)));
        }
        for (String type : List.of("ArgMax", "ArgMin")) {
            all.add(FuzzRecipe.of(type, 6, g -> {
                Item x = g.exact(g.type(g.opset() < 13 ? COMMON : NUMBERS), 1, 4);
                if (x.tensor().size() == 0 || !FuzzGraph.within(x, Double.MAX_VALUE)) {
                    throw new FuzzGraph.Unfit();
                }
                g.op(type, EXACT, List.of(x), integer("axis", axis(g, x.rank())), flag("keepdims", g.chance()),
                        when(g.opset() >= 12, flag("select_last_index", g.chance())));
            }));
        }
        for (String type : List.of("Softmax", "LogSoftmax", "Hardmax")) {
            all.add(FuzzRecipe.of(type, 6, g -> {
                DataType t = g.type(FLOATS);
                Item x = type.equals("Hardmax") ? g.any(t, 1, 4, i -> i.exact() && FuzzGraph.isFinite(i))
                        : g.any(t, 1, 4);
                g.op(type, type.equals("Hardmax") ? EXACT : ROUNDED, List.of(x),
                        when(g.chance(), integer("axis", axis(g, x.rank()))));
            }));
        }
        for (String type : List.of("CumSum", "CumProd")) {
            all.add(FuzzRecipe.of(type, type.equals("CumSum") ? 11 : 26, g -> {
                Item x = g.any(g.type(COMMON), 1, 4);
                int axis = axis(g, x.rank());
                DataType t = g.one(DataType.INT32, DataType.INT64);
                g.op(type, ROUNDED, List.of(x, g.chance() ? g.scalar(t, axis) : g.leaf(g.values.between(t, axis,
                        axis))), flag("exclusive", g.chance()), flag("reverse", g.chance()));
            }));
        }
        all.add(FuzzRecipe.of("TopK", 6, FuzzReductions::topK));
        return all;
    }

    /** Of integers only where a result is one: how others are rounded is not said. */
    private static void reduce(FuzzGraph g, String type) {
        boolean wide = g.opset() >= 13 && (type.equals("ReduceMax") || type.equals("ReduceMin"));
        boolean real = type.contains("Log") || type.equals("ReduceL2");
        DataType t =
                g.type(real ? FLOATS : wide ? FuzzRecipe.with(COMMON, DataType.FLOAT16, DataType.INT8, DataType.UINT8)
                        : FuzzRecipe.with(COMMON, DataType.FLOAT16));
        Item x = g.any(t, 0, 5, i -> i.tensor().size() > 0 || g.opset() >= 18);
        if (type.equals("ReduceProd") && t.isInteger() && x.tensor().size() > 20) {
            throw new FuzzGraph.Unfit();
        }
        List<Integer> axes = new ArrayList<>();
        for (int d = 0; d < x.rank(); d++) {
            if (g.chance()) {
                axes.add(g.opset() >= 11 && g.chance(3) ? d - x.rank() : d);
            }
        }
        long[] chosen = axes.stream().mapToLong(a -> a).toArray();
        boolean none = chosen.length == 0;
        boolean input = g.opset() >= (type.equals("ReduceSum") ? 13 : 18);
        boolean jumps = type.equals("ReduceMax") || type.equals("ReduceMin") || t.isInteger()
                && List.of("ReduceSum", "ReduceProd", "ReduceL1", "ReduceSumSquare").contains(type);
        g.op(type, jumps ? EXACT : ROUNDED, input && !(none && g.chance()) ? List.of(x, g.longs(chosen)) : List.of(x),
                when(!input && !none, ints("axes", chosen)), flag("keepdims", g.chance()),
                when(input && g.chance(), flag("noop_with_empty_axes", g.chance())));
    }

    private static void topK(FuzzGraph g) {
        DataType t = g.type(g.opset() < 11 ? FLOATS : NUMBERS);
        // ONNX Runtime divides by the number of lines, which ends the process where there is none
        Item x = g.any(t, 1, 4, i -> i.exact() && FuzzGraph.within(i, Double.MAX_VALUE) && i.tensor().size() > 0);
        int axis = axis(g, x.rank());
        int k = g.pick(0, x.dim(FuzzRecipe.positive(axis, x.rank())));
        boolean input = g.opset() >= 10;
        g.ops("", "TopK", EXACT, 2, Arrays.asList(x, input ? g.longs(k) : null), integer("axis", axis),
                when(!input, integer("k", k)), when(g.opset() >= 11, flag("largest", g.chance())),
                when(g.opset() >= 11, flag("sorted", true)));
    }
}
