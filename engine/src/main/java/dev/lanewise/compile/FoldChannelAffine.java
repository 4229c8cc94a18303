package dev.lanewise.compile;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.shape.Shape;
import dev.lanewise.op.shape.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Folds what is constant for each channel, a normalisation with fixed statistics or chains of Mul, Add, Sub and Div that exporters
 * write for it, into the weights beside it: into all layers that read it (pre-norm), or where something else reads it too, as a
 * residual does (post-norm), into the layer, table or sum that it is made of. Works on the graph as imported, once for all plans.
 */
final class FoldChannelAffine {
    private final Graph graph;
    private final Map<Value, List<Node>> uses;
    private final Set<Value> outputs;
    private final FoldedWeights weights;
    /** Nodes that a fold of this sweep has changed: others must see them as they have become. */
    private final Set<Node> touched = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Value, Value> replacements = new IdentityHashMap<>();

    private FoldChannelAffine(Graph graph, long budget) {
        this.graph = graph;
        this.uses = elementReaders(graph);
        this.outputs = new HashSet<>(graph.outputs());
        this.weights = new FoldedWeights(uses, budget);
    }

    /** Who reads the elements of each value: whoever asks for its shape does not mind what becomes of them. */
    private static Map<Value, List<Node>> elementReaders(Graph graph) {
        Map<Value, List<Node>> readers = graph.consumers();
        readers.values()
                .forEach(nodes -> nodes.removeIf(n -> n.operator() instanceof Shape || n.operator() instanceof Size));
        readers.values().removeIf(List::isEmpty);
        return readers;
    }

    /** @param maxBytes budget for copies of weights that are needed unfolded too */
    static Graph apply(Graph graph, long maxBytes) {
        Graph g = graph;
        long budget = maxBytes;
        while (true) {
            FoldChannelAffine sweep = new FoldChannelAffine(g, budget);
            sweep.run();
            if (sweep.replacements.isEmpty()) {
                return g;
            }
            g = g.replace(sweep.replacements);
            budget = sweep.weights.budget();
        }
    }

    private void run() {
        for (Node n : graph.nodes()) {
            Value y = n.output();
            ChannelAffine last = ChannelAffine.of(n);
            if (last == null || continues(y)) {
                continue;
            }
            List<Node> chain = new ArrayList<>(List.of(n));
            ChannelAffine whole = last;
            for (Node before = whole.data().producer(); isSoleReader(whole.data()); before = whole.data().producer()) {
                ChannelAffine first = ChannelAffine.of(before);
                if (first == null) {
                    break;
                }
                chain.add(before);
                whole = whole.after(first);
            }
            if (whole.scales() && chain.stream().noneMatch(touched::contains) && !fold(y, whole)) {
                continue;
            }
            touched.addAll(whole.scales() ? chain : List.of());
        }
    }

    /** Whether a value is only a step on the way to a longer chain. */
    private boolean continues(Value y) {
        return isSoleReader(y) && ChannelAffine.of(uses.get(y).getFirst()) instanceof ChannelAffine next
                && next.data() == y;
    }

    private boolean isSoleReader(Value v) {
        return uses.getOrDefault(v, List.of()).size() == 1 && !outputs.contains(v);
    }

    private boolean fold(Value y, ChannelAffine affine) {
        FoldForward forward = new FoldForward(uses, outputs, weights, affine);
        if (forward.into(y)) {
            return accept(forward.nodes(), forward.replacements());
        }
        FoldBackward backward = new FoldBackward(uses, outputs, weights);
        Value absorbed = backward.absorb(affine.data(), affine);
        return absorbed != null && accept(backward.nodes(), Map.of(y, absorbed));
    }

    private boolean accept(List<Node> nodes, Map<Value, Value> renewed) {
        if (nodes.stream().anyMatch(touched::contains)) {
            return false;
        }
        touched.addAll(nodes);
        replacements.putAll(renewed);
        return true;
    }
}
