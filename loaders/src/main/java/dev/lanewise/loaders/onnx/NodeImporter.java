package dev.lanewise.loaders.onnx;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelFormatException;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the nodes of a graph or function body, in order, from values by name. A call of a function that the model itself
 * defines is replaced by the function's body, whatever operator bears the same name.
 */
final class NodeImporter {
    private final Functions functions;
    private final TensorReader tensors;
    private final Set<String> unsupportedForms = new TreeSet<>();

    NodeImporter(Functions functions, TensorReader tensors) {
        this.functions = functions;
        this.tensors = tensors;
    }

    /** All operators that the nodes, and the functions they call, need and that have no importer. */
    Set<String> unsupported(List<NodeProto> nodes, OpsetImports opsets) {
        Set<String> found = new TreeSet<>();
        collectUnsupported(nodes, opsets, Collections.newSetFromMap(new IdentityHashMap<>()), found);
        return found;
    }

    private void collectUnsupported(List<NodeProto> nodes, OpsetImports opsets, Set<FunctionProto> seen,
            Set<String> found) {
        for (NodeProto n : nodes) {
            n.graphs().forEach(g -> collectUnsupported(g.nodes(), opsets, seen, found));
            FunctionProto f = functions.find(n);
            if (f != null) {
                if (seen.add(f)) {
                    collectUnsupported(f.nodes(), OpsetImports.of(f.opsetImports()), seen, found);
                }
            } else if (Registry.find(n.domain(), n.operator()) == null) {
                String domain = Registry.domain(n.domain());
                found.add(OnnxNode.feature(domain, n.operator(), opsets.version(domain, where(n))));
            }
        }
    }

    /**
     * Makes the nodes and puts their outputs into {@code values}; a null value is a missing optional input. At the end, all
     * forms of operators that turned out not to be supported are thrown together.
     */
    void run(List<NodeProto> nodes, OpsetImports opsets, Scope values) {
        whole(nodes, opsets, values, "");
    }

    /** A body of which all must be supported. */
    private void whole(List<NodeProto> nodes, OpsetImports opsets, Scope values, String prefix) {
        body(nodes, opsets, values, prefix);
        if (!unsupportedForms.isEmpty()) {
            throw new UnsupportedModelException(null, List.copyOf(unsupportedForms));
        }
    }

    private void body(List<NodeProto> given, OpsetImports opsets, Scope values, String prefix) {
        List<NodeProto> nodes = given.stream().map(b -> withAttributes(b, values.given())).toList();
        int index = 0;
        for (NodeProto n : NodeOrder.sorted(nodes, values)) {
            String name = prefix + (n.name().isEmpty() ? n.operator() + "_" + index : n.name());
            index++;
            if (!n.inputs().stream().allMatch(i -> i.isEmpty() || values.has(i))
                    || !FreeNames.of(n).stream().allMatch(values::has)) {
                continue; // it needs what an unsupported form would have made
            }
            try {
                List<Value> outputs = one(n, name, opsets, values);
                put(n, outputs, values);
            } catch (UnsupportedModelException e) {
                unsupportedForms.addAll(e.features());
            }
        }
    }

    private List<Value> one(NodeProto n, String name, OpsetImports opsets, Scope values) {
        List<Value> inputs = new ArrayList<>();
        n.inputs().forEach(i -> inputs.add(i.isEmpty() ? null : values.get(i)));
        FunctionProto f = functions.find(n);
        if (f != null) {
            return call(f, n, name, inputs, values);
        }
        String domain = Registry.domain(n.domain());
        OnnxNode node = new OnnxNode(name, domain, n.operator(), opsets.version(domain, where(n)),
                n.attributes(), inputs, outputNames(n), tensors,
                (graphs, isLoop, facts) -> new SubgraphImporter(tensors,
                        (inner, scope) -> whole(inner, opsets, scope, name + "/"))
                        .read(graphs, values, isLoop, facts, where(n)));
        try {
            return Registry.find(domain, n.operator()).read(node);
        } catch (ModelFormatException e) {
            throw e.at(where(n));
        } catch (InvalidInputException e) {
            throw new ModelFormatException(null, where(n), e.expected(), e.found(), "check the node", e);
        } catch (ArithmeticException | IndexOutOfBoundsException | NegativeArraySizeException | NullPointerException
                | IllegalArgumentException | IllegalStateException | ClassCastException e) {
            // an operator's own checks missed this; the promise of a typed error holds all the same
            throw new ModelFormatException(null, where(n), "inputs and attributes that fit the operator",
                    e instanceof ArithmeticException ? "numbers that overflow" : e.toString(), "check the node", e);
        }
    }

    /** Names of outputs without missing ones at the end; a missing one in the middle is named after the node. */
    private static List<String> outputNames(NodeProto n) {
        List<String> names = new ArrayList<>(n.outputs());
        while (!names.isEmpty() && names.getLast().isEmpty()) {
            names.removeLast();
        }
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).isEmpty()) {
                names.set(i, n.name() + ":" + i);
            }
        }
        return names;
    }

    private static void put(NodeProto n, List<Value> outputs, Scope values) {
        for (int i = 0; i < n.outputs().size(); i++) {
            if (n.outputs().get(i).isEmpty()) {
                continue;
            }
            if (i >= outputs.size()) {
                throw new ModelFormatException(null, where(n), "at most " + outputs.size() + " outputs",
                        n.outputs().size() + " outputs", "remove the extra outputs");
            }
            values.put(n.outputs().get(i), outputs.get(i));
        }
    }

    private List<Value> call(FunctionProto f, NodeProto n, String name, List<Value> inputs, Scope caller) {
        if (inputs.size() > f.inputs().size()) {
            throw new ModelFormatException(null, where(n), "at most " + f.inputs().size() + " inputs",
                    Integer.toString(inputs.size()),
                    "remove the extra inputs");
        }
        Map<String, AttributeProto> given = new HashMap<>();
        f.attributes().forEach(a -> given.put(a.name(), a));
        n.attributes().forEach(a -> given.put(a.name(), a));
        Scope inner = caller.call(given);
        for (int i = 0; i < f.inputs().size(); i++) {
            inner.put(f.inputs().get(i), i < inputs.size() ? inputs.get(i) : null);
        }
        whole(f.nodes(), OpsetImports.of(f.opsetImports()), inner, name + "/");
        List<Value> outputs = new ArrayList<>();
        for (String output : f.outputs()) {
            if (!inner.has(output)) {
                throw new ModelFormatException(null, Functions.where(f), "outputs that a node produces",
                        "'" + ModelFormatException.printable(output) + "'", "correct the model file");
            }
            outputs.add(inner.get(output));
        }
        return Collections.unmodifiableList(outputs);
    }

    /** The body node with references to the function's attributes replaced by what the call gives, or gone. */
    private static NodeProto withAttributes(NodeProto body, Map<String, AttributeProto> given) {
        if (body.attributes().stream().allMatch(a -> a.reference().isEmpty())) {
            return body;
        }
        List<AttributeProto> attributes = new ArrayList<>();
        for (AttributeProto a : body.attributes()) {
            if (a.reference().isEmpty()) {
                attributes.add(a);
            } else if (given.containsKey(a.reference())) {
                attributes.add(new AttributeProto(a.name(), given.get(a.reference()).message()));
            }
        }
        return body.withAttributes(attributes);
    }

    private static String where(NodeProto n) {
        return "node '" + ModelFormatException.printable(n.name()) + "' ("
                + ModelFormatException.printable(n.operator()) + ")";
    }
}
