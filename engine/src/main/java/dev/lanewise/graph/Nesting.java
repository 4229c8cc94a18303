package dev.lanewise.graph;

import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Typing and rewriting of graphs that are inside operators. */
public final class Nesting {
    /** How symbols begin that stand for sizes which differ from one call of a graph to the next. */
    public static final String FRESH = "~";

    private Nesting() {
    }

    /** The graph typed for these inputs; null where they do not fit. */
    public static Graph typed(Graph graph, List<Fact> inputs) {
        try {
            return graph.retype(inputs);
        } catch (ModelFormatException e) {
            return null;
        }
    }

    /** The graph typed for inputs of any shape. */
    public static Graph general(Graph graph) {
        return graph.retype(graph.inputs().stream()
                .map(v -> v.isConstant() ? v.fact() : v.fact().withoutShape()).toList());
    }

    /** The last {@code count} of a node's facts, for the last inputs of its graphs. */
    public static List<Fact> captured(List<Fact> facts, int count) {
        return facts.subList(facts.size() - count, facts.size());
    }

    /** Whether the types of a graph's values rest on relations of sizes that differ from one call to the next. */
    public static boolean restsOnFresh(Graph graph) {
        return graph.assumptions().stream().anyMatch(a -> isFresh(a.left()) || isFresh(a.right()));
    }

    /** The fact without a shape where that has sizes which differ from one call to the next. */
    public static Fact settled(Fact fact) {
        if (fact.element() != null || !fact.hasShape()) {
            return fact.withoutShape();
        }
        for (Dim d : fact.shape()) {
            if (isFresh(d)) {
                return fact.withoutShape();
            }
        }
        return Fact.of(fact.type(), fact.shape());
    }

    private static boolean isFresh(Dim d) {
        boolean[] found = {false};
        if (!d.isConstant()) {
            d.eval(symbol -> {
                found[0] |= symbol.startsWith(FRESH);
                return 1;
            });
        }
        return found[0];
    }

    /** What is known of a tensor that is there: type and shape. */
    public static Fact fact(Tensor t) {
        return t == null ? null : fact(t, null);
    }

    /** The same for a value of which {@code known} held before. */
    public static Fact fact(Tensor t, Fact known) {
        if (t.type().isElement()) {
            return Fact.of(t.type(), Dim.constants(t.shape()));
        }
        Fact element = known != null ? known.element() : t.size() == 0 ? null : fact(t.elements().getFirst(), null);
        return new Fact(t.type(), null, null, null, element);
    }

    /**
     * The graph with sizes of its inputs that are no numbers named anew, equal ones alike, so that all it takes to know them is
     * the inputs themselves; inputs that are constants are put into it.
     */
    public static Graph selfContained(Graph graph) {
        Map<Dim, Dim> names = new HashMap<>();
        List<Fact> facts = new ArrayList<>();
        Map<Value, Value> constants = new IdentityHashMap<>();
        List<Value> inputs = new ArrayList<>();
        for (Value v : graph.inputs()) {
            Fact f = v.fact();
            if (f.constant() != null) {
                constants.put(v, Value.constant(v.name(), f.constant()));
                f = Fact.of(f.type(), f.shape());
            }
            facts.add(new Fact(f.type(), renamed(f.shape(), names), null, renamed(f.content(), names), f.element()));
            inputs.add(v);
        }
        Graph sunk = constants.isEmpty() ? graph
                : withInputs(inputs, graph.replace(constants));
        return sunk.retype(facts);
    }

    /** A rewritten graph with the inputs that it had, those included that nothing reads any more. */
    private static Graph withInputs(List<Value> inputs, Graph graph) {
        return new Graph(inputs, graph.nodes(), graph.outputs(), graph.outputNames());
    }

    private static Dim[] renamed(Dim[] dims, Map<Dim, Dim> names) {
        if (dims == null) {
            return null;
        }
        Dim[] renamed = new Dim[dims.length];
        for (int i = 0; i < dims.length; i++) {
            Dim d = dims[i];
            renamed[i] = d.isConstant() ? d : names.computeIfAbsent(d, k -> Dim.symbol("s" + names.size()));
        }
        return renamed;
    }

    /** A node whose captures that are constants are constants of its graphs instead; the node itself where it has none. */
    public static Node sink(Node node, Nested operator) {
        int first = node.inputs().size() - operator.captures();
        boolean any = node.inputs().subList(first, node.inputs().size()).stream().anyMatch(Value::isConstant);
        if (!any) {
            return node;
        }
        List<Value> kept = new ArrayList<>(node.inputs().subList(0, first));
        node.inputs().stream().skip(first).filter(v -> !v.isConstant()).forEach(kept::add);
        List<Graph> graphs = operator.graphs().stream().map(g -> sink(g, node.inputs(), operator.captures())).toList();
        return Node.of(node.name(), operator.with(graphs, kept.size() - first), kept,
                node.outputs().stream().map(Value::name).toList());
    }

    private static Graph sink(Graph graph, List<Value> nodeInputs, int captures) {
        int own = graph.inputs().size() - captures;
        int first = nodeInputs.size() - captures;
        List<Value> inputs = new ArrayList<>(graph.inputs().subList(0, own));
        Map<Value, Value> constants = new IdentityHashMap<>();
        for (int i = 0; i < captures; i++) {
            Value given = nodeInputs.get(first + i);
            if (given.isConstant()) {
                constants.put(graph.inputs().get(own + i), given);
            } else {
                inputs.add(graph.inputs().get(own + i));
            }
        }
        return withInputs(inputs, graph.replace(constants));
    }

    /** Values that compute the outputs of a graph from other values in place of its inputs. */
    public static List<Value> inlined(Graph graph, List<Value> inputs) {
        Map<Value, Value> replacements = new IdentityHashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            replacements.put(graph.inputs().get(i), Objects.requireNonNull(inputs.get(i)));
        }
        return graph.replace(replacements).outputs();
    }
}
