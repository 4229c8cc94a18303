package dev.lanewise.compile;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Computes equal nodes once: same operator, same inputs. */
final class CommonSubexpressions {
    /** Inputs compare by identity, which {@link Value} does. */
    private record Key(Operator operator, List<Value> inputs) {
    }

    private CommonSubexpressions() {
    }

    static Graph apply(Graph graph) {
        Map<Key, Node> seen = new HashMap<>();
        Map<Value, Value> same = new IdentityHashMap<>();
        for (Node n : graph.nodes()) {
            if (!n.operator().isDeterministic()) {
                continue;
            }
            List<Value> inputs = new ArrayList<>();
            n.inputs().forEach(v -> inputs.add(v == null ? null : same.getOrDefault(v, v)));
            Node first = seen.putIfAbsent(new Key(n.operator(), inputs), n);
            if (first != null) {
                for (int i = 0; i < n.outputs().size(); i++) {
                    same.put(n.outputs().get(i), first.outputs().get(i));
                }
            }
        }
        return graph.replace(same);
    }
}
