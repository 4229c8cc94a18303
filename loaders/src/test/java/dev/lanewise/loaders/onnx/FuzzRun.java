package dev.lanewise.loaders.onnx;

import ai.onnxruntime.OrtException;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import dev.lanewise.loaders.onnx.FuzzModel.Unit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** One random graph, made from its seed and run in both engines. */
final class FuzzRun {
    private static final List<FuzzRecipe> RECIPES = FuzzRecipe.all().stream()
            .filter(r -> r.name().matches(System.getProperty("lanewise.fuzz.only", ".*"))).toList();
    /** Those that have one of the recipes. */
    private static final int[] OPSETS = IntStream.of(6, 7, 8, 9, 10, 11, 11, 12, 13, 13, 14, 15, 16, 17, 17, 18, 19,
            20, 21, 22, 23, 24, 25, 25).filter(o -> RECIPES.stream().anyMatch(r -> r.isIn(o))).toArray();
    private static final int TRIALS = 4;

    private final long seed;
    private final FuzzTally tally;

    FuzzRun(long seed, FuzzTally tally) {
        this.seed = seed;
        this.tally = tally;
    }

    /** Null where the engines agree, or disagree for a known reason; else what is wrong. */
    String run() throws OrtException {
        int opset = OPSETS[new Random(seed).nextInt(OPSETS.length)];
        FuzzGraph g = new FuzzGraph(seed, opset);
        List<FuzzRecipe> recipes = RECIPES.stream().filter(r -> r.isIn(opset)).toList();
        int wanted = g.pick(1, 12);
        String refusal = null;
        for (int i = 0; i < 3 * wanted && g.units() < wanted; i++) {
            FuzzRecipe r = recipes.get(g.random.nextInt(recipes.size()));
            try {
                r.add(g);
            } catch (FuzzGraph.Unfit e) {
                continue;
            } catch (FuzzGraph.Refused e) {
                refusal = refusal == null ? refused(e) : refusal;
            }
        }
        FuzzModel model = g.build();
        tally.graph(model.units().size());
        String found = model.units().isEmpty() ? null : compare(model);
        return refusal == null ? found : found == null ? refusal : refusal + "\n" + found;
    }

    /** What both refuse is not valid. */
    private String refused(FuzzGraph.Refused e) {
        Unit unit = e.unit().units().getFirst();
        try {
            FuzzCheck.onnxRuntime(e.unit());
        } catch (OrtException there) {
            tally.invalid(unit, there.getMessage());
            return null;
        }
        String reason = FuzzExplained.refusal(unit, e.getCause());
        if (reason != null) {
            tally.count(unit, FuzzTally.Fate.EXPLAINED);
            tally.explained(reason);
            return null;
        }
        return "refused: " + e.getCause() + "\n" + e.unit();
    }

    private String compare(FuzzModel whole) throws OrtException {
        String own = own(whole);
        if (own != null) {
            return own;
        }
        FuzzModel model = whole;
        List<Tensor> there;
        try {
            there = FuzzCheck.onnxRuntime(model);
        } catch (OrtException e) {
            model = withoutRefused(whole);
            if (model.units().isEmpty()) {
                return null;
            }
            if (model.units().size() == whole.units().size()) {
                return refusedWhole(model, e);
            }
            try {
                there = FuzzCheck.onnxRuntime(model);
            } catch (OrtException again) {
                return refusedWhole(model, again);
            }
        }
        return agreement(model, there);
    }

    /** Of a graph each of whose nodes ONNX Runtime takes. */
    private String refusedWhole(FuzzModel model, OrtException e) {
        if (FuzzExplained.isKnownRefusal(e.getMessage())) {
            tally.explained("ONNX Runtime refuses a graph whose nodes it takes: " + e.getMessage()
                    .replaceAll("(?s)Name:'.*", "Subgraph must have the shape set for all outputs"));
            return null;
        }
        return "ONNX Runtime refuses the whole but none of its nodes: " + e.getMessage() + "\n" + model;
    }

    /** Compiled or as written, it gives what its nodes give one by one. */
    private String own(FuzzModel model) {
        for (boolean optimise : new boolean[] {false, true}) {
            String difference;
            try {
                difference = FuzzCheck.difference(model, FuzzCheck.lanewise(model, optimise));
            } catch (RuntimeException e) {
                difference = e.toString();
            }
            if (difference != null && !isConditioned(model, difference)) {
                return (optimise ? "optimised: " : "as written: ") + difference + "\n"
                        + FuzzShrinker.smallest(model, m -> ownDifference(m, optimise));
            }
        }
        return null;
    }

    private static String ownDifference(FuzzModel m, boolean optimise) {
        try {
            return FuzzCheck.difference(m, FuzzCheck.lanewise(m, optimise));
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    /** Without nodes that ONNX Runtime refuses, or takes another way for a known reason, so that the rest can be compared. */
    private FuzzModel withoutRefused(FuzzModel model) {
        List<Unit> kept = new ArrayList<>();
        for (Unit u : model.units()) {
            FuzzModel part = model.part(u);
            try {
                List<Tensor> found = FuzzCheck.onnxRuntime(part);
                String reason = FuzzCheck.difference(part, found) == null ? null
                        : FuzzExplained.difference(part, found);
                if (reason == null) {
                    kept.add(u);
                } else {
                    tally.count(u, FuzzTally.Fate.EXPLAINED);
                    tally.explained(reason);
                }
            } catch (OrtException e) {
                tally.refusal(u, e.getMessage());
            }
        }
        List<String> outputs = new ArrayList<>(model.outputs());
        kept.forEach(u -> u.outputs().stream().filter(o -> !outputs.contains(o)).forEach(outputs::add));
        return model.only(kept, outputs);
    }

    private String agreement(FuzzModel model, List<Tensor> there) throws OrtException {
        String difference = FuzzCheck.difference(model, there);
        if (difference == null) {
            model.units().forEach(u -> tally.count(u, FuzzTally.Fate.AGREED));
            for (int i = 0; i < there.size(); i++) {
                String output = model.outputs().get(i);
                if (model.maker(output).steps() > 0 && there.get(i).type().isInteger()) {
                    tally.steps(model, output, there.get(i));
                }
            }
            return null;
        }
        List<Unit> differing = FuzzCheck.differing(model);
        StringBuilder unexplained = new StringBuilder();
        for (Unit u : model.units()) {
            FuzzModel part = model.part(u);
            List<Tensor> found = differing.contains(u) ? FuzzCheck.onnxRuntime(part) : null;
            String own = found == null ? null : FuzzCheck.difference(part, found);
            String reason = own == null ? null : FuzzExplained.difference(part, found);
            if (own == null) {
                tally.count(u, FuzzTally.Fate.AGREED);
            } else if (reason != null) {
                tally.count(u, FuzzTally.Fate.EXPLAINED);
                tally.explained(reason);
            } else {
                unexplained.append(own).append('\n').append(part).append('\n');
            }
        }
        if (differing.isEmpty()) {
            if (isConditioned(model, difference)) {
                tally.explained("rounding that later nodes of a graph magnify");
                return null;
            }
            return "each node agrees, the graph does not: " + difference + "\n" + model;
        }
        return unexplained.isEmpty() ? null : unexplained.toString();
    }

    /** Whether changes of the size of its nodes' rounding change the output that differs by as much as it differs. */
    private boolean isConditioned(FuzzModel model, String difference) {
        String output = difference.split("[ :]")[0];
        if (!model.outputs().contains(output) || model.values().get(output).exact()) {
            return false;
        }
        Random random = new Random(seed);
        for (int trial = 0; trial < TRIALS; trial++) {
            Map<String, Item> values = new LinkedHashMap<>(model.values());
            try {
                for (Unit u : model.units()) {
                    FuzzModel part = new FuzzModel(model.opset(), model.units(), model.leaves(), values,
                            model.outputs()).part(u);
                    List<Tensor> outputs = FuzzReference.outputs(part);
                    for (int i = 0; i < outputs.size(); i++) {
                        Item old = model.values().get(u.outputs().get(i));
                        values.put(old.name(), new Item(old.name(), old.exact() ? old.tensor()
                                : FuzzCheck.shaken(outputs.get(i), FuzzCheck.slack(part, u, old.name()), random),
                                old.exact()));
                    }
                }
            } catch (RuntimeException e) {
                return false;
            }
            FuzzModel shaken = model.only(List.of(model.maker(output)), List.of(output));
            if (FuzzCheck.difference(shaken, List.of(values.get(output).tensor())) != null) {
                return true;
            }
        }
        return false;
    }
}
