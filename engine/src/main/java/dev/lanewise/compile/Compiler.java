package dev.lanewise.compile;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Rule;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.op.attention.PackedProjectionRule;
import java.util.List;

/** The passes over a graph, in order. */
public final class Compiler {
    /** Larger patterns before the smaller ones that they contain. */
    private static final List<Rule> RULES = List.of(new PackedProjectionRule());

    private Compiler() {
    }

    public static CompiledModel compile(Graph graph, Kernels kernels, CompilerOptions options) {
        return new CompiledModel(graph, optimise(graph, options), kernels, options);
    }

    static Graph optimise(Graph graph, CompilerOptions options) {
        if (!options.optimise()) {
            return graph;
        }
        Graph merged = CommonSubexpressions.apply(graph);
        return Rewriting.apply(merged, RULES);
    }
}
