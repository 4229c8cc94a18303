package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzGraph.ROUNDED;
import static dev.lanewise.loaders.onnx.FuzzRecipe.flag;
import static dev.lanewise.loaders.onnx.FuzzRecipe.when;
import static dev.lanewise.loaders.onnx.OnnxModels.real;
import static dev.lanewise.loaders.onnx.OnnxModels.text;

import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import dev.lanewise.loaders.onnx.FuzzModel.Unit;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Operators of ONNX Runtime's own domain, and quantised ones in the graphs that are made for them elsewhere. */
final class FuzzContrib {
    private FuzzContrib() {
    }

    static List<FuzzRecipe> recipes() {
        List<FuzzRecipe> all = new ArrayList<>();
        for (String type : List.of("Gelu", "FastGelu", "QuickGelu", "BiasGelu")) {
            all.add(FuzzRecipe.of("com.microsoft." + type, 11, g -> {
                // ONNX Runtime divides by the size of the bias, which ends the process where it has no elements
                Item x = g.any(DataType.FLOAT, type.equals("BiasGelu") ? 2 : 1, 3, i -> i.tensor().size() > 0);
                boolean bias = type.equals("BiasGelu") || type.equals("FastGelu") && g.chance();
                g.contrib(type, 2 * ROUNDED, Arrays.asList(x, bias
                        ? g.leaf(g.values.any(DataType.FLOAT, x.dim(x.rank() - 1))) : null),
                        when(type.equals("QuickGelu") && g.chance(), real("alpha", g.one(1f, 1.5f))));
            }));
        }
        all.add(FuzzRecipe.of("com.microsoft.FusedMatMul", 11, g -> {
            boolean ta = g.chance();
            boolean tb = g.chance();
            int m = g.pick(1, 4);
            int k = g.pick(1, 4);
            int n = g.pick(1, 4);
            int[] batch = g.values.shape(g.pick(0, 2));
            g.contrib("FusedMatMul", ROUNDED, List.of(matrix(g, batch, ta ? k : m, ta ? m : k),
                    matrix(g, batch, tb ? n : k, tb ? k : n)), real("alpha", g.one(1f, 0.5f)), flag("transA", ta),
                    flag("transB", tb));
        }));
        for (String type : List.of("SkipLayerNormalization", "SkipSimplifiedLayerNormalization")) {
            all.add(FuzzRecipe.of("com.microsoft." + type, 11, g -> {
                int[] shape = FuzzShapes.picks(g, 3, 1, 5);
                List<Item> inputs = new ArrayList<>(List.of(matrix(g, shape), matrix(g, shape),
                        matrix(g, new int[] {shape[2]})));
                if (type.equals("SkipLayerNormalization")) {
                    inputs.add(g.chance() ? null : matrix(g, new int[] {shape[2]}));
                }
                inputs.add(g.chance() ? null : matrix(g, new int[] {shape[2]}));
                g.ops("com.microsoft", type, 10 * ROUNDED, 1, inputs, real("epsilon", 1e-3f));
            }));
        }
        all.add(FuzzRecipe.of("com.microsoft.FusedGemm", 11, g -> {
            int k = g.pick(1, 5);
            int n = g.pick(1, 5);
            g.contrib("FusedGemm", ROUNDED, List.of(matrix(g, new int[] {g.pick(1, 4), k}), matrix(g, new int[] {k, n}),
                    matrix(g, new int[] {n})), text("activation", g.one("Relu", "Tanh", "Sigmoid")));
        }));
        for (QuantGraphs.Kind kind : QuantGraphs.Kind.values()) {
            all.add(FuzzRecipe.of("quantised " + kind, Math.toIntExact(kind.since()),
                    g -> embedded(g, kind::build, 1)));
        }
        all.add(FuzzRecipe.of("QDQ", 13, g -> embedded(g, QdqGraphs::build, 1)));
        all.add(FuzzRecipe.of("com.microsoft.QLinearAdd", 11, g -> embedded(g, m -> {
            DataType t = m.one(DataType.INT8, DataType.UINT8);
            int[] shape = {m.pick(1, 4), m.pick(1, 6)};
            m.output(m.contrib(m.one("QLinearAdd", "QLinearMul"), String.join(",", m.any(m.codes(t, shape)), scale(m),
                    m.constant(m.codes(t)), m.any(m.codes(t, shape)), scale(m), m.constant(m.codes(t)), scale(m),
                    m.constant(m.codes(t)))), t);
        }, 1)));
        return all;
    }

    private static String scale(RandomModel m) {
        return m.constant(m.floats(0.01, 0.1));
    }

    private static Item matrix(FuzzGraph g, int[] batch, int... last) {
        return g.leaf(g.values.reals(DataType.FLOAT, -1, 1, FuzzShapes.joined(batch, last)));
    }

    /** A graph that was built by itself becomes a unit of this one. */
    private static void embedded(FuzzGraph g, Consumer<RandomModel> builder, int steps) {
        RandomModel m = new RandomModel(g.random.nextLong(), g.opset());
        builder.accept(m);
        Map<String, String> names = new HashMap<>();
        List<String> read = new ArrayList<>();
        m.inputs().forEach((name, t) -> take(names, read, name, g.fixed(t)));
        m.constants().forEach((name, t) -> take(names, read, name, g.constant(t)));
        List<NodeProto> nodes = new ArrayList<>();
        for (NodeProto n : m.graph().getNodeList()) {
            NodeProto.Builder renamed = n.toBuilder().clearInput().clearOutput().setName("n_" + g.fresh());
            n.getInputList().forEach(i -> renamed.addInput(names.getOrDefault(i, "")));
            n.getOutputList().forEach(o -> renamed.addOutput(names.computeIfAbsent(o, k -> g.fresh())));
            nodes.add(renamed.build());
        }
        g.unit(new Unit(nodes, read, m.graph().getOutputList().stream().map(o -> names.get(o.getName())).toList(),
                ROUNDED, steps));
    }

    private static void take(Map<String, String> names, List<String> read, String name, Item item) {
        names.put(name, item.name());
        read.add(item.name());
    }
}
