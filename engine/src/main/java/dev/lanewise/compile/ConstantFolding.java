package dev.lanewise.compile;

import dev.lanewise.LanewiseException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Evaluation;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Nested;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.shape.Dimensions;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Replaces what does not depend on the inputs' data: nodes of constants by their value, and shape arithmetic by the
 * expressions it computes, so that {@code Shape → Gather → Concat} chains disappear.
 */
final class ConstantFolding {
    private final FoldingBudget budget;
    private final boolean shapes;
    private final Map<Value, Value> folded = new IdentityHashMap<>();

    private ConstantFolding(FoldingBudget budget, boolean shapes) {
        this.budget = budget;
        this.shapes = shapes;
    }

    /** @param budget for the values that folding makes; nodes beyond it stay and run */
    static Graph apply(Graph graph, FoldingBudget budget) {
        return apply(graph, new ConstantFolding(budget, true));
    }

    /** Folds what follows from constants alone, so that the graph can still be typed for other shapes. */
    static Graph constants(Graph graph, FoldingBudget budget) {
        return apply(graph, new ConstantFolding(budget, false));
    }

    private static Graph apply(Graph graph, ConstantFolding pass) {
        graph.nodes().forEach(pass::visit);
        return graph.replace(pass.folded);
    }

    private void visit(Node n) {
        if (n.operator() instanceof Nested) {
            return; // a loop need not end
        }
        if (n.operator() instanceof Dimensions || !n.operator().isDeterministic()) {
            return;
        }
        if (n.inputs().stream().allMatch(v -> v == null || constant(v) != null)) {
            if (defer(n)) {
                return;
            }
            if (affordable(n)) {
                evaluate(n);
                return;
            }
        }
        for (Value out : n.outputs()) {
            Fact f = out.fact();
            if (shapes && f.content() != null && f.type() == dev.lanewise.DataType.INT64) {
                folded.put(out, contentOf(out, f));
            }
        }
    }

    private static Value contentOf(Value out, Fact f) {
        if (Arrays.stream(f.content()).allMatch(d -> d.isConstant())) {
            long[] elements = Arrays.stream(f.content()).mapToLong(d -> d.value()).toArray();
            return Value.constant(out.name(),
                    f.rank() == 0 ? Tensor.of(elements) : Tensor.of(elements, elements.length));
        }
        return Node.of(out.name(), new Dimensions(List.of(f.content()), f.rank() == 0), List.of(), List.of(out.name()))
                .output();
    }

    private Tensor constant(Value v) {
        Value r = folded.getOrDefault(v, v);
        return r.fact().constant();
    }

    /** Sizes are checked before anything is computed: a tiny file can ask for an enormous constant. */
    private boolean affordable(Node n) {
        long bytes = 0;
        for (Value out : n.outputs()) {
            if (!out.fact().isConcrete()) {
                return false;
            }
            for (var d : out.fact().shape()) {
                if (d.value() > budget.left()) {
                    return false;
                }
            }
            try {
                bytes = Math.addExact(bytes,
                        Math.multiplyExact(out.fact().size().value(), out.fact().type().storage().bytes()));
            } catch (ArithmeticException overflow) {
                return false;
            }
        }
        return budget.take(bytes);
    }

    /** Takes what the operator has to say of its result; false where that is nothing. */
    private boolean defer(Node n) {
        Tensor[] results = n.operator().defer(constants(n));
        if (results != null) {
            put(n, results);
        }
        return results != null;
    }

    private Tensor[] constants(Node n) {
        Tensor[] inputs = new Tensor[n.inputs().size()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = n.input(i) == null ? null : constant(n.input(i));
        }
        return inputs;
    }

    private void evaluate(Node n) {
        Tensor[] inputs = constants(n);
        Tensor[] results;
        try {
            results = Evaluation.of(n, inputs);
        } catch (LanewiseException e) {
            return; // it may be a branch that is not taken; whoever runs the node is told
        }
        for (Tensor t : inputs) {
            if (t != null && t.deferred() != null) {
                t.deferred().release();
            }
        }
        put(n, results);
    }

    private void put(Node n, Tensor[] results) {
        for (int i = 0; i < results.length && i < n.outputs().size(); i++) {
            if (results[i] != null) {
                folded.put(n.outputs().get(i), Value.constant(n.outputs().get(i).name(), results[i].asDeferred()));
            }
        }
    }
}
