package dev.lanewise.compile;

import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Binding;
import dev.lanewise.exec.Body;
import dev.lanewise.exec.Plan;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Nesting;
import dev.lanewise.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph inside an operator, compiled as a model is: one plan whose sizes are expressions, and a bounded cache of plans for
 * exact sizes where that one does not do.
 */
final class CompiledBody implements Body {
    private static final long[] NO_SYMBOLS = {};

    private final Graph graph;
    private final Compiler compiler;
    private final Kernels kernels;
    private final Packing packing;
    /** Null where the graph cannot be typed before its inputs are there. */
    private final Plan symbolic;
    private final Map<List<Object>, Plan> exact;

    CompiledBody(Graph typed, Compiler compiler, Kernels kernels, Packing packing) {
        this.graph = Nesting.selfContained(typed);
        this.compiler = compiler;
        this.kernels = kernels;
        this.packing = packing;
        Plan plan = null;
        try {
            plan = plan(graph);
        } catch (ModelFormatException e) {
            // only the inputs of a run can say whether it fits them
        }
        this.symbolic = plan != null && isStatic(plan) ? plan : null;
        this.exact = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<List<Object>, Plan> eldest) {
                return size() > compiler.options().maxPlans();
            }
        };
    }

    private Plan plan(Graph typed) {
        Graph optimised = compiler.optimise(typed);
        return Planner.plan(optimised, Assumptions.of(typed, optimised), kernels, packing,
                g -> new CompiledBody(g, compiler, kernels, packing));
    }

    /** Whether the sizes of what are no sequences follow from those of the inputs, which have ranks. */
    private static boolean isStatic(Plan plan) {
        return plan.inputTypes().stream().allMatch(t -> t.shape() != null || !t.type().isElement())
                && plan.slots().stream().allMatch(s -> s.shape() != null || !s.type().isElement());
    }

    @Override
    public long maxBytes() {
        return compiler.options().maxActivationBytes();
    }

    @Override
    public Choice choose(Tensor[] inputs) {
        if (symbolic != null) {
            long[] values = symbolValues(inputs);
            if (values != null && Binding.holds(symbolic, values)) {
                return new Choice(symbolic, values);
            }
        }
        List<Object> signature = new ArrayList<>();
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < inputs.length; i++) {
            Fact declared = graph.inputs().get(i).fact();
            Fact known = Nesting.fact(inputs[i], declared);
            signature.add(known.hasShape() ? Arrays.asList(known.shape()) : List.of());
            if (declared.content() != null) {
                Dim[] content = Dim.constants(inputs[i].asLongs());
                signature.add(Arrays.asList(content));
                known = known.withContent(content);
            }
            facts.add(known);
        }
        synchronized (exact) {
            return new Choice(exact.computeIfAbsent(signature, k -> plan(graph.retype(facts))), NO_SYMBOLS);
        }
    }

    /** Values of the symbols, or null where the inputs do not fit the names of their sizes. */
    private long[] symbolValues(Tensor[] inputs) {
        long[] values = new long[symbolic.symbols().size()];
        Arrays.fill(values, -1);
        for (int i = 0; i < inputs.length; i++) {
            Fact f = graph.inputs().get(i).fact();
            if (f.shape() != null) {
                if (f.shape().length != inputs[i].rank()) {
                    return null;
                }
                for (int d = 0; d < f.shape().length; d++) {
                    if (!agrees(f.shape()[d], inputs[i].dim(d), 0, values)) {
                        return null;
                    }
                }
            }
            if (f.content() != null) {
                for (int e = 0; e < f.content().length; e++) {
                    if (!agrees(f.content()[e], inputs[i].longAt(e), 1, values)) {
                        return null;
                    }
                }
            }
        }
        return values;
    }

    private boolean agrees(Dim size, long value, long least, long[] values) {
        if (size.isConstant()) {
            return size.value() == value;
        }
        int symbol = symbolic.symbols().indexOf(size.toString());
        if (values[symbol] < 0) {
            values[symbol] = value;
        }
        return values[symbol] == value && value >= least;
    }
}
