package dev.lanewise.models.checkpoint;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.adaptive.AdaptiveComputation;
import dev.lanewise.op.adaptive.FoldedGate;
import dev.lanewise.op.adaptive.LearnerGate;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Unsqueeze;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Adaptive computation modules as nodes. Tensors of a module {@code name}: {@code w1 [size, learners*b]}, {@code b1 [learners*b]},
 * {@code w2 [learners*b, size]}, and the layers of its gate {@code gating_network.net.i} or {@code gating_network.fc}.
 */
final class ModuleLayers {
    private final Modules modules;
    private final Weights weights;
    private final int size;
    private final int fixed;
    private final List<Value> levels = new ArrayList<>();

    /** @param fixed learners of every token, or 0 for what the gates choose */
    ModuleLayers(Modules modules, Weights weights, int size, int fixed) {
        this.modules = modules;
        this.weights = weights;
        this.size = size;
        this.fixed = fixed;
    }

    /** Modules {@code prefix.part} of the same z {@code [batch, tokens, size]}; each gives {@code [batch, tokens, size]}. */
    List<Value> apply(Value z, String prefix, String... parts) {
        if (fixed > 0) {
            return Arrays.stream(parts).map(p -> fixed(prefix, p).apply(z)).toList();
        }
        List<Integer> least = new ArrayList<>();
        List<Value> matrices = new ArrayList<>();
        List<Value> biases = new ArrayList<>();
        for (String part : parts) {
            FoldedGate gate = gate(name(prefix, part), part);
            least.add(modules.least().get(part));
            matrices.add(Value.constant(name(prefix, part) + ".gate", gate.weights()));
            biases.add(Value.constant(name(prefix, part) + ".gate.bias", gate.bias()));
        }
        List<Value> inputs = new ArrayList<>(List.of(z));
        inputs.addAll(matrices);
        inputs.addAll(biases);
        List<String> names = Arrays.stream(parts).map(p -> name(prefix, p) + ".learners").toList();
        List<Value> chosen = Node.of(prefix + ".gates", new LearnerGate(least, modules.skipLast()), inputs, names)
                .outputs();
        levels.addAll(chosen);
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            String name = name(prefix, parts[i]);
            results.add(Layers.node(name, module(parts[i], -1), z, chosen.get(i), up(name), bias(name), down(name)));
        }
        return results;
    }

    /** A module that gives each token the same number of learners, to be applied to any number of values. */
    UnaryOperator<Value> fixed(String prefix, String part) {
        String name = name(prefix, part);
        weights.below(name + ".gating_network").forEach(t -> weights.ignore(name + ".gating_network." + t));
        Value up = up(name);
        Value bias = bias(name);
        Value down = down(name);
        return z -> Layers.node(name, module(part, fixed), z, up, bias, down);
    }

    /** How many learners each token got, INT32 {@code [modules, batch, tokens]}; null where that is fixed. */
    Value learners() {
        if (levels.isEmpty()) {
            return null;
        }
        Value front = Value.constant("learners.axis", Tensor.of(new long[] {0}, 1));
        Value[] each = levels.stream().map(l -> Layers.node(l.name() + ".row", new Unsqueeze(), l, front))
                .toArray(Value[]::new);
        return Layers.node("learners", new Concat(0), each);
    }

    private static String name(String prefix, String part) {
        return prefix + "." + part;
    }

    private AdaptiveComputation module(String part, int k) {
        return new AdaptiveComputation(modules.learners(), modules.function(part), k, true, false, false);
    }

    /** Hidden values of all learners of a module. */
    static int width(Weights weights, String name, int size, int learners) {
        int width = weights.columns(name + ".w1", size);
        if (width % learners != 0) {
            throw weights.error(name + ".w1", "columns for " + learners + " learners of one width",
                    width + " columns", "correct acm.learners of config.json");
        }
        return width;
    }

    private int width(String name) {
        return width(weights, name, size, modules.learners());
    }

    private Value up(String name) {
        return weights.constant(name + ".w1", size, width(name));
    }

    private Value bias(String name) {
        return weights.constant(name + ".b1", width(name));
    }

    private Value down(String name) {
        return weights.constant(name + ".w2", width(name), size);
    }

    private FoldedGate gate(String name, String part) {
        String gate = name + ".gating_network.";
        weights.ignore(gate + "gs_tau");
        boolean single = weights.has(gate + "fc.weight");
        int count = single ? 1 : (int) weights.below(name + ".gating_network.net").stream()
                .filter(t -> t.endsWith(".weight")).count();
        List<Tensor> matrices = new ArrayList<>();
        List<Tensor> biases = new ArrayList<>();
        int inner = size;
        for (int i = 0; i < Math.max(1, count); i++) {
            String layer = gate + (single ? "fc" : "net." + i);
            int outputs = i < count - 1 ? weights.rows(layer + ".weight", inner) : modules.choices(part);
            matrices.add(weights.floats(layer + ".weight", outputs, inner));
            biases.add(weights.floats(layer + ".bias", outputs));
            inner = outputs;
        }
        return FoldedGate.of(matrices, biases);
    }
}
