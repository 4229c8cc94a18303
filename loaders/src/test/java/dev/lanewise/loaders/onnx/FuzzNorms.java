package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzGraph.EXACT;
import static dev.lanewise.loaders.onnx.FuzzGraph.ROUNDED;
import static dev.lanewise.loaders.onnx.FuzzRecipe.each;
import static dev.lanewise.loaders.onnx.FuzzRecipe.when;
import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.real;
import static dev.lanewise.loaders.onnx.OnnxModels.text;

import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Normalisations, dropout, losses. */
final class FuzzNorms {
    private static final DataType[] REALS = {DataType.FLOAT, DataType.FLOAT, DataType.DOUBLE};
    private static final Predicate<Item> TAME = i -> i.tensor().size() > 0 && FuzzGraph.within(i, 1e4);

    private FuzzNorms() {
    }

    static List<FuzzRecipe> recipes() {
        List<FuzzRecipe> all = new ArrayList<>();
        all.add(FuzzRecipe.of("BatchNormalization", 6, g -> {
            Item x = g.any(g.one(REALS), 2, 5, TAME);
            List<Item> inputs = new ArrayList<>(List.of(x));
            for (int i = 0; i < 4; i++) {
                inputs.add(g.leaf(g.values.reals(x.type(), i == 3 ? 0.1 : -1, 1, x.dim(1))));
            }
            g.op("BatchNormalization", ROUNDED, inputs, when(g.opset() < 7, integer("is_test", 1)),
                    when(g.chance(), real("epsilon", 1e-3f)));
        }));
        all.add(FuzzRecipe.of("InstanceNormalization", 6, g -> {
            Item x = g.any(DataType.FLOAT, 3, 5, TAME);
            g.op("InstanceNormalization", 10 * ROUNDED, List.of(x, reals(g, x.type(), x.dim(1)), reals(g, x.type(),
                    x.dim(1))), when(g.chance(), real("epsilon", 1e-2f)));
        }));
        all.add(FuzzRecipe.of("LRN", 6, g -> g.op("LRN", ROUNDED, List.of(g.any(DataType.FLOAT, 4, 4, TAME)),
                integer("size", g.one(1, 3, 5)), when(g.chance(), real("alpha", 0.1f)),
                when(g.chance(), real("beta", 0.5f)), when(g.chance(), real("bias", 2f)))));
        all.add(FuzzRecipe.of("LpNormalization", 6, g -> {
            Item x = g.any(g.one(REALS), 1, 4, TAME);
            g.op("LpNormalization", ROUNDED, List.of(x), integer("axis", FuzzRecipe.axis(g, x.rank())),
                    integer("p", g.pick(1, 2)));
        }));
        all.add(FuzzRecipe.of("MeanVarianceNormalization", 9, g -> g.op("MeanVarianceNormalization", 20 * ROUNDED,
                List.of(g.any(DataType.FLOAT, 4, 4, TAME)), when(g.chance(), each("axes", g.one(new int[] {0, 2, 3},
                        new int[] {1, 2, 3}, new int[] {0, 1, 2, 3}))))));
        all.add(FuzzRecipe.of("LayerNormalization", 17, g -> {
            Item x = g.any(g.one(REALS), 1, 4, TAME);
            int axis = FuzzRecipe.axis(g, x.rank());
            int[] shape = Arrays.copyOfRange(x.tensor().shape(), FuzzRecipe.positive(axis, x.rank()), x.rank());
            g.op("LayerNormalization", 10 * ROUNDED, Arrays.asList(x, reals(g, x.type(), shape), g.chance() ? null
                    : reals(g, x.type(), shape)), integer("axis", axis), when(g.chance(), real("epsilon", 1e-2f)));
        }));
        all.add(FuzzRecipe.of("RMSNormalization", 23, g -> {
            Item x = g.any(g.one(REALS), 1, 4, TAME);
            int axis = FuzzRecipe.axis(g, x.rank());
            int[] shape = Arrays.copyOfRange(x.tensor().shape(), FuzzRecipe.positive(axis, x.rank()), x.rank());
            g.op("RMSNormalization", ROUNDED, List.of(x, reals(g, x.type(), shape)), integer("axis", axis));
        }));
        all.add(FuzzRecipe.of("GroupNormalization", 18, g -> {
            int groups = g.pick(1, 3);
            int channels = groups * g.pick(1, 2);
            int[] shape = FuzzShapes.joined(new int[] {g.pick(1, 2), channels}, FuzzShapes.picks(g, g.pick(1, 2), 1,
                    4));
            int each = g.opset() < 21 ? groups : channels;
            g.op("GroupNormalization", 10 * ROUNDED, List.of(reals(g, DataType.FLOAT, shape), reals(g, DataType.FLOAT,
                    each), reals(g, DataType.FLOAT, each)), integer("num_groups", groups));
        }));
        all.add(FuzzRecipe.of("Dropout", 7, g -> {
            Item x = g.any(g.one(REALS), 0, 4);
            boolean input = g.opset() >= 12;
            g.ops("", "Dropout", EXACT, g.pick(1, 2), Arrays.asList(x, input && g.chance()
                    ? g.scalar(DataType.FLOAT, 0.3) : null), when(!input && g.chance(), real("ratio", 0.3f)));
        }));
        for (String type : List.of("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss")) {
            all.add(FuzzRecipe.of(type, 12, g -> loss(g, type)));
        }
        return all;
    }

    private static Item reals(FuzzGraph g, DataType t, int... shape) {
        return g.leaf(g.values.reals(t, -1, 1, shape));
    }

    private static void loss(FuzzGraph g, String type) {
        DataType t = g.one(REALS);
        int classes = g.pick(2, 5);
        int[] places = FuzzShapes.picks(g, g.pick(0, 2), 1, 3);
        int n = g.pick(1, 3);
        int[] labels = FuzzShapes.joined(new int[] {n}, places);
        boolean weights = g.chance();
        boolean ignored = g.chance(3);
        g.op(type, ROUNDED, Arrays.asList(reals(g, t, FuzzShapes.joined(new int[] {n, classes}, places)),
                g.leaf(g.values.between(g.one(DataType.INT64, DataType.INT32), 0, classes - 1, labels)),
                weights ? g.leaf(g.values.reals(t, 0.2, 1, classes)) : null),
                text("reduction", g.one("none", "sum", "mean")), when(ignored, integer("ignore_index", 1)));
    }
}
