package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.FuzzGraph.ROUNDED;
import static dev.lanewise.loaders.onnx.FuzzRecipe.when;
import static dev.lanewise.loaders.onnx.OnnxModels.real;

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

/** Operators of ONNX Runtime's own domain, and quantised ones; most in the graphs that are made for them elsewhere. */
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
        for (QuantGraphs.Kind kind : QuantGraphs.Kind.values()) {
            all.add(FuzzRecipe.of("quantised " + kind, Math.toIntExact(kind.since()),
                    g -> embedded(g, kind::build, ROUNDED, 1)));
        }
        all.add(FuzzRecipe.of("QDQ", 13, g -> embedded(g, QdqGraphs::build, ROUNDED, 1)));
        for (ContribGraph graph : ContribGraph.all()) {
            all.add(FuzzRecipe.of("com.microsoft." + graph.operator(), 11,
                    g -> embedded(g, graph.builder(), Math.max(graph.tolerance(), ROUNDED), graph.steps())));
        }
        return all;
    }

    /** A graph that was built by itself becomes a unit of this one. */
    private static void embedded(FuzzGraph g, Consumer<RandomModel> builder, double tolerance, int steps) {
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
            n.getOutputList()
                    .forEach(o -> renamed.addOutput(o.isEmpty() ? "" : names.computeIfAbsent(o, k -> g.fresh())));
            nodes.add(renamed.build());
        }
        g.unit(new Unit(nodes, read, m.graph().getOutputList().stream().map(o -> names.get(o.getName())).toList(),
                tolerance, steps));
    }

    private static void take(Map<String, String> names, List<String> read, String name, Item item) {
        names.put(name, item.name());
        read.add(item.name());
    }
}
