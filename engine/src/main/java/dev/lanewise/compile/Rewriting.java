package dev.lanewise.compile;

import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Applies rules one after the other, each until it matches nowhere any more. All matches of a sweep are applied at once. */
final class Rewriting {
    private Rewriting() {
    }

    static Graph apply(Graph graph, List<Rule> rules) {
        Graph g = graph;
        for (Rule rule : rules) {
            for (Map<Value, Value> patches = sweep(g, rule); !patches.isEmpty(); patches = sweep(g, rule)) {
                g = g.replace(patches);
            }
        }
        return g;
    }

    private static Map<Value, Value> sweep(Graph g, Rule rule) {
        Map<Value, List<Node>> uses = g.consumers();
        Map<Value, Value> all = new IdentityHashMap<>();
        for (Node n : g.nodes()) {
            Patch patch = rule.match(n, uses);
            if (patch != null && keepsFacts(patch)) {
                patch.replacements().forEach(all::putIfAbsent);
            }
        }
        return all;
    }

    /** A value keeps its type and shape, whatever computes it; a pattern that would change them is no match. */
    private static boolean keepsFacts(Patch patch) {
        return patch.replacements().entrySet().stream().allMatch(e -> {
            Fact old = e.getKey().fact();
            Fact renewed = e.getValue().fact();
            return old.type() == renewed.type() && Arrays.equals(old.shape(), renewed.shape());
        });
    }
}
