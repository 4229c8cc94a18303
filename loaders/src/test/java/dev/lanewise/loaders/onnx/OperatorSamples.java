package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.integer;

import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import dev.lanewise.loaders.onnx.FuzzModel.Leaf;
import dev.lanewise.loaders.onnx.FuzzModel.Unit;
import dev.lanewise.loaders.onnx.OperatorNames.Name;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Valid nodes of each operator: those of the random graphs that are held against ONNX Runtime, and some of operators that it does
 * not have.
 */
final class OperatorSamples {
    private static final int OLDEST = 6;
    /** Operator sets of the random graphs end here, which is what ONNX Runtime knows. */
    private static final int NEWEST_COMPARED = 25;
    /** So many tries for the newest operator set of a recipe; the older ones end with the first that is a node alone. */
    private static final int SEEDS = 6;
    private static final int KEPT = 4;

    private final Map<Name, SortedSet<Integer>> compared = new HashMap<>();
    private final Map<Name, SortedSet<Integer>> alone = new HashMap<>();
    /** For each operator, units by operator set. */
    private final Map<Name, TreeMap<Integer, List<FuzzModel>>> units = new HashMap<>();

    OperatorSamples() {
        for (FuzzRecipe recipe : FuzzRecipe.all()) {
            for (int opset = OLDEST; opset <= NEWEST_COMPARED; opset++) {
                add(recipe, opset, compared);
            }
        }
        others().forEach(recipe -> add(recipe, recipe.since(), alone));
    }

    /** Operator sets in which random graphs use it. */
    SortedSet<Integer> compared(Name name) {
        return compared.getOrDefault(name, new TreeSet<>());
    }

    /** Operator sets of the other samples. */
    SortedSet<Integer> alone(Name name) {
        return alone.getOrDefault(name, new TreeSet<>());
    }

    /** Of the newest operator set, those of a single node where there are any. */
    List<FuzzModel> of(Name name) {
        List<FuzzModel> found = new ArrayList<>();
        for (List<FuzzModel> some : units.getOrDefault(name, new TreeMap<>()).descendingMap().values()) {
            found.addAll(some);
        }
        List<FuzzModel> single = found.stream().filter(m -> m.units().getFirst().nodes().size() == 1).toList();
        return (single.isEmpty() ? found : single).stream().limit(KEPT).toList();
    }

    private void add(FuzzRecipe recipe, int opset, Map<Name, SortedSet<Integer>> seen) {
        boolean isNewest = opset >= Math.min(recipe.until(), NEWEST_COMPARED);
        boolean found = false;
        for (int seed = 1; recipe.isIn(opset) && seed <= SEEDS && (isNewest || !found); seed++) {
            FuzzGraph g = new FuzzGraph(seed, opset);
            try {
                recipe.add(g);
            } catch (FuzzGraph.Unfit | FuzzGraph.Refused e) {
                continue;
            }
            FuzzModel whole = g.build();
            found |= whole.units().stream().allMatch(u -> u.nodes().size() == 1);
            for (Unit u : whole.units()) {
                FuzzModel part = asInModels(whole.part(u));
                u.nodes().stream().map(Name::of).distinct().forEach(name -> {
                    seen.computeIfAbsent(name, k -> new TreeSet<>()).add(opset);
                    if (isNewest) {
                        units.computeIfAbsent(name, k -> new TreeMap<>())
                                .computeIfAbsent(opset, k -> new ArrayList<>()).add(part);
                    }
                });
            }
        }
    }

    /** The first value given by the run, the others constants, where it is taken so. Shapes are said. */
    private static FuzzModel asInModels(FuzzModel m) {
        FuzzModel typical = given(m, true);
        return OperatorTrial.of(typical) != null ? typical : given(m, false);
    }

    private static FuzzModel given(FuzzModel m, boolean typical) {
        Map<String, Leaf> leaves = new LinkedHashMap<>();
        m.leaves().forEach((name, leaf) -> {
            boolean constant = typical ? !leaves.isEmpty() : leaf.isConstant();
            leaves.put(name, new Leaf(leaf.tensor(), constant ? null
                    : Arrays.stream(leaf.tensor().shape()).mapToObj(d -> (Object) d).toList()));
        });
        return new FuzzModel(m.opset(), m.units(), leaves, m.values(), m.outputs());
    }

    private static Item real(FuzzGraph g, int... shape) {
        return g.fixed(g.values.reals(DataType.FLOAT, -2, 2, shape));
    }

    private static List<FuzzRecipe> others() {
        return List.of(
                FuzzRecipe.of("BitCast", 26, g -> g.op("BitCast", 0, List.of(real(g, 2, 3)),
                        integer("to", ElementTypes.number(DataType.INT32)))),
                FuzzRecipe.of("CumProd", 26, g -> g.op("CumProd", 0, List.of(real(g, 2, 3), g.scalar(1)))),
                FuzzRecipe.of("SwiGLU", 27, g -> g.op("SwiGLU", 0, List.of(real(g, 2, 3), real(g, 2, 3)))),
                FuzzRecipe.of("LinearAttention", 27, g -> g.op("LinearAttention", 0,
                        List.of(real(g, 1, 3, 4), real(g, 1, 3, 4), real(g, 1, 3, 4)), integer("q_num_heads", 2),
                        integer("kv_num_heads", 2), OnnxModels.text("update_rule", "linear"))),
                FuzzRecipe.of("CausalConvWithState", 27, g -> g.ops("", "CausalConvWithState", 0, 2,
                        List.of(real(g, 1, 4, 6), g.constant(g.values.reals(DataType.FLOAT, -1, 1, 4, 1, 3))))),
                FuzzRecipe.of("FlexAttention", 27, g -> g.ops(PreviewImports.DOMAIN, "FlexAttention", 0, 1,
                        List.of(real(g, 1, 2, 3, 4), real(g, 1, 2, 3, 4), real(g, 1, 2, 3, 4)))),
                FuzzRecipe.of("SimplifiedLayerNormalization", 27, g -> g.contrib("SimplifiedLayerNormalization", 0,
                        List.of(real(g, 2, 8), g.constant(g.values.reals(DataType.FLOAT, -1, 1, 8))))));
    }
}
