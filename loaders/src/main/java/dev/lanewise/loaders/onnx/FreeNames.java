package dev.lanewise.loaders.onnx;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The names that graphs inside a node read from around it. */
final class FreeNames {
    private FreeNames() {
    }

    static Set<String> of(NodeProto node) {
        Set<String> free = new LinkedHashSet<>();
        for (GraphProto graph : node.graphs()) {
            Set<String> defined = new HashSet<>();
            graph.inputs().forEach(i -> defined.add(i.name()));
            graph.initialisers().forEach(t -> defined.add(t.name()));
            graph.nodes().forEach(n -> defined.addAll(n.outputs()));
            for (NodeProto n : graph.nodes()) {
                add(n.inputs(), defined, free);
                add(List.copyOf(of(n)), defined, free);
            }
            add(graph.outputs().stream().map(ValueInfoProto::name).toList(), defined, free);
        }
        return free;
    }

    private static void add(List<String> names, Set<String> defined, Set<String> free) {
        names.stream().filter(n -> !n.isEmpty() && !defined.contains(n)).forEach(free::add);
    }
}
