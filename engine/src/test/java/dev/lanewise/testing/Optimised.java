package dev.lanewise.testing;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.graph.Graph;
import java.util.List;

/** What the compiler makes of a graph. */
public final class Optimised {
    private Optimised() {
    }

    public static Graph graph(Graph graph) {
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults())) {
            return model.compiled().optimised();
        }
    }

    /** Names of the operators that are left, in order. */
    public static List<String> operators(Graph graph) {
        return graph(graph).nodes().stream().map(n -> n.operator().getClass().getSimpleName()).toList();
    }
}
