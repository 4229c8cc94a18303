package dev.lanewise.loaders.onnx;

import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The functions that a model defines. How far their calls expand is known, and limited, before any is expanded. */
final class Functions {
    private final Map<Key, FunctionProto> functions = new HashMap<>();
    private final Limits limits;

    private record Key(String domain, String name, String overload) {
    }

    /** Nodes that something becomes with all calls expanded, and the depth of calls inside calls. */
    private record Extent(long nodes, int depth) {
    }

    Functions(List<FunctionProto> all, Limits limits) {
        this.limits = limits;
        for (FunctionProto f : all) {
            if (functions.put(new Key(Registry.domain(f.domain()), f.name(), f.overload()), f) != null) {
                throw new ModelFormatException(null, where(f), "one function of a name", "two",
                        "correct the model file");
            }
        }
    }

    /** The function that a node calls, or null where the node is an operator. */
    FunctionProto find(NodeProto n) {
        return functions.get(new Key(Registry.domain(n.domain()), n.operator(), n.overload()));
    }

    static String where(FunctionProto f) {
        return "function '" + ModelFormatException.printable(f.name()) + "'";
    }

    /** Refuses recursion, and more nodes or deeper calls than the limits allow. */
    void check(List<NodeProto> nodes) {
        if (!functions.isEmpty()) {
            extent(nodes, new IdentityHashMap<>(), Collections.newSetFromMap(new IdentityHashMap<>()));
        }
    }

    private Extent extent(List<NodeProto> nodes, Map<FunctionProto, Extent> known, Set<FunctionProto> open) {
        long count = nodes.size();
        int depth = 0;
        for (NodeProto n : nodes) {
            for (GraphProto inside : n.graphs()) {
                Extent inner = extent(inside.nodes(), known, open);
                depth = Math.max(depth, inner.depth);
                count += inner.nodes;
            }
            FunctionProto f = find(n);
            if (f == null) {
                continue;
            }
            Extent inner = known.get(f);
            if (inner == null) {
                if (!open.add(f)) {
                    throw new ModelFormatException(null, where(f), "functions that do not call themselves",
                            "a recursion",
                            "correct the model file");
                }
                checkDepth(open.size());
                inner = extent(f.nodes(), known, open);
                open.remove(f);
                known.put(f, inner);
            }
            depth = Math.max(depth, inner.depth + 1);
            checkDepth(depth + open.size());
            count += inner.nodes;
            if (count > limits.nodes()) {
                throw new ModelFormatException(null, where(f),
                        "at most " + limits.nodes() + " nodes with functions expanded",
                        "more", "raise Limits.nodes");
            }
        }
        return new Extent(count, depth);
    }

    private void checkDepth(int depth) {
        if (depth > limits.nesting()) {
            throw new ModelFormatException(null, "functions",
                    "at most " + limits.nesting() + " calls inside each other", "more",
                    "raise Limits.nesting");
        }
    }
}
