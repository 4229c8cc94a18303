package dev.lanewise.loaders.onnx;

import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Makes the graphs inside a node: what they read from around becomes their last inputs. */
final class SubgraphImporter {
    /** Each loop inside a loop may have its body typed up to three times over. */
    private static final int MOST_LOOPS = 6;

    /** Makes nodes, in a scope. */
    interface Bodies {
        void make(List<NodeProto> nodes, Scope scope);
    }

    private final TensorReader tensors;
    private final Bodies bodies;

    SubgraphImporter(TensorReader tensors, Bodies bodies) {
        this.tensors = tensors;
        this.bodies = bodies;
    }

    /**
     * The graphs of a node.
     *
     * @param isLoop whether they run more than once
     * @param given what is known of the graphs' own inputs; null for as many as each declares, of the types declared
     */
    Subgraphs read(List<GraphProto> graphs, Scope scope, boolean isLoop, List<Fact> given, String where) {
        if (isLoop && scope.loops() >= MOST_LOOPS) {
            throw new ModelFormatException(null, where, "at most " + MOST_LOOPS + " loops inside each other", "more",
                    "take one apart");
        }
        if (!scope.isGeneral()) {
            try {
                return read(graphs, scope, isLoop, false, given, where);
            } catch (ModelFormatException e) {
                // it may be a branch that is not taken for these shapes; made without them, it is typed when it runs
            }
        }
        return read(graphs, scope, isLoop, true, given, where);
    }

    private Subgraphs read(List<GraphProto> graphs, Scope scope, boolean isLoop, boolean general, List<Fact> given,
            String where) {
        List<Scope> scopes = new ArrayList<>();
        List<List<Value>> own = new ArrayList<>();
        List<List<Value>> outputs = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (GraphProto graph : graphs) {
            Scope inner = scope.inside(isLoop, general);
            own.add(inputs(graph, inner, general, given, where));
            bodies.make(graph.nodes(), inner);
            outputs.add(outputs(graph, inner));
            scopes.add(inner);
            names.addAll(inner.captures());
        }
        List<Graph> made = new ArrayList<>();
        for (int i = 0; i < graphs.size(); i++) {
            Scope inner = scopes.get(i);
            List<Value> inputs = new ArrayList<>(own.get(i));
            names.forEach(n -> inputs.add(inner.capture(n)));
            made.add(Graph.of(inputs, outputs.get(i),
                    graphs.get(i).outputs().stream().map(ValueInfoProto::name).toList()));
        }
        return new Subgraphs(made, names.stream().map(scope::get).toList());
    }

    private List<Value> inputs(GraphProto graph, Scope inner, boolean general, List<Fact> given, String where) {
        if (given != null && graph.inputs().size() != given.size()) {
            throw new ModelFormatException(null, where, "a graph of " + given.size() + " inputs",
                    graph.inputs().size() + " inputs", "correct the graph");
        }
        List<Value> own = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < graph.inputs().size(); i++) {
            ValueInfoProto info = graph.inputs().get(i);
            if (info.name().isEmpty() || !names.add(info.name())) {
                throw Ports.error(info, "inputs with names of their own",
                        info.name().isEmpty() ? "no name" : "the name twice", "correct the model file");
            }
            Fact known = given != null && given.get(i) != null ? given.get(i) : Ports.fact(info, tensors.limits());
            Value input = Value.input(info.name(), general ? known.withoutShape() : known);
            inner.put(info.name(), input);
            own.add(input);
        }
        for (TensorProto proto : graph.initialisers()) {
            String name = proto.name();
            if (names.contains(name)) {
                continue; // a default that the node's input takes the place of
            }
            Tensor tensor = tensors.read(proto, "tensor '" + ModelFormatException.printable(name) + "'");
            if (name.isEmpty() || inner.put(name, Value.constant(name, tensor)) != null) {
                throw new ModelFormatException(null, where, "initialisers with names of their own",
                        "'" + ModelFormatException.printable(name) + "'", "correct the model file");
            }
        }
        if (graph.hasSparseInitialisers()) {
            throw new dev.lanewise.UnsupportedModelException(null, List.of("sparse initialiser"));
        }
        return own;
    }

    private static List<Value> outputs(GraphProto graph, Scope inner) {
        List<Value> outputs = new ArrayList<>();
        for (ValueInfoProto info : graph.outputs()) {
            Value value = inner.has(info.name()) ? inner.get(info.name()) : null;
            if (value == null) {
                throw Ports.error(info, "an output that a node, input or initialiser produces", "none",
                        "correct the model file");
            }
            outputs.add(value);
        }
        return outputs;
    }
}
