package dev.lanewise.compile;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Nested;
import dev.lanewise.graph.Nesting;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.control.If;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What is done to graphs inside operators before they are planned. */
final class Subgraphs {
    private Subgraphs() {
    }

    /** Brings constants of the graph into the graphs inside it, and folds those. */
    static Graph fold(Graph graph, UnaryOperator<Graph> fold) {
        Map<Value, Value> replacements = new IdentityHashMap<>();
        for (Node n : graph.nodes()) {
            if (n.operator() instanceof Nested nested) {
                Node sunk = Nesting.sink(n, nested);
                Nested operator = (Nested) sunk.operator();
                List<Graph> folded = operator.graphs().stream().map(fold).toList();
                Node made = Node.of(n.name(), operator.with(folded, operator.captures()), sunk.inputs(),
                        n.outputs().stream().map(Value::name).toList());
                replace(n, made.outputs(), replacements);
            }
        }
        return graph.replace(replacements);
    }

    /** Folds, puts the branch in place of each condition that is known, and so on until none is. */
    static Graph decide(Graph graph, UnaryOperator<Graph> fold) {
        Graph decided = fold.apply(graph);
        for (Map<Value, Value> known = branches(decided); !known.isEmpty(); known = branches(decided)) {
            decided = fold.apply(decided.replace(known));
        }
        return decided;
    }

    private static Map<Value, Value> branches(Graph graph) {
        Map<Value, Value> replacements = new IdentityHashMap<>();
        for (Node n : graph.nodes()) {
            if (n.operator() instanceof If choice && choice.decided(n.input(0).fact()) != null) {
                List<Value> captures = n.inputs().subList(1, n.inputs().size());
                replace(n, Nesting.inlined(choice.decided(n.input(0).fact()), captures), replacements);
            }
        }
        return replacements;
    }

    private static void replace(Node n, List<Value> outputs, Map<Value, Value> replacements) {
        for (int i = 0; i < n.outputs().size(); i++) {
            replacements.put(n.outputs().get(i), outputs.get(i));
        }
    }
}
