package dev.lanewise.loaders.onnx;

import dev.lanewise.LanewiseException;
import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.graph.Value;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.FunctionProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the nodes of a graph or function body, in order, from values by name. A call of a function that the model itself
 * defines is replaced by the function's body, whatever operator bears the same name.
 */
final class NodeImporter {
    private final Map<FunctionKey, FunctionProto> functions = new HashMap<>();
    private final Limits limits;
    private final TensorReader tensors;
    private final Set<FunctionKey> open = new HashSet<>();
    private final Set<String> unsupportedForms = new TreeSet<>();
    private int count;

    private record FunctionKey(String domain, String name, String overload) {
        static FunctionKey of(NodeProto n) {
            return new FunctionKey(Registry.domain(n.getDomain()), n.getOpType(), n.getOverload());
        }
    }

    NodeImporter(List<FunctionProto> functions, Limits limits, TensorReader tensors) {
        this.limits = limits;
        this.tensors = tensors;
        for (FunctionProto f : functions) {
            FunctionKey key = new FunctionKey(Registry.domain(f.getDomain()), f.getName(), f.getOverload());
            if (this.functions.put(key, f) != null) {
                throw new ModelFormatException(null, function(f), "one function of a name", "two",
                        "correct the model file");
            }
        }
    }

    private static String function(FunctionProto f) {
        return "function '" + ModelFormatException.printable(f.getName()) + "'";
    }

    /** All operators that the nodes, and the functions they call, need and that have no importer. */
    Set<String> unsupported(List<NodeProto> nodes, OpsetImports opsets) {
        Set<String> found = new TreeSet<>();
        collectUnsupported(nodes, opsets, new HashSet<>(), found);
        return found;
    }

    private void collectUnsupported(List<NodeProto> nodes, OpsetImports opsets, Set<FunctionKey> seen,
            Set<String> found) {
        for (NodeProto n : nodes) {
            FunctionKey key = FunctionKey.of(n);
            FunctionProto f = functions.get(key);
            if (f != null) {
                if (seen.add(key)) {
                    collectUnsupported(f.getNodeList(), OpsetImports.of(f.getOpsetImportList()), seen, found);
                }
            } else if (Registry.ALL.find(n.getDomain(), n.getOpType()) == null) {
                found.add(OnnxNode.feature(key.domain, key.name, opsets.version(key.domain, where(n))));
            }
        }
    }

    /**
     * Makes the nodes and puts their outputs into {@code values}; a null value is a missing optional input. At the end, all
     * forms of operators that turned out not to be supported are thrown together.
     */
    void run(List<NodeProto> nodes, OpsetImports opsets, Map<String, Value> values) {
        body(nodes, opsets, values, "");
        if (!unsupportedForms.isEmpty()) {
            throw new UnsupportedModelException(null, List.copyOf(unsupportedForms));
        }
    }

    private void body(List<NodeProto> nodes, OpsetImports opsets, Map<String, Value> values, String prefix) {
        count = Math.addExact(count, nodes.size());
        if (count > limits.nodes()) {
            throw new ModelFormatException(null, null, "at most " + limits.nodes() + " nodes with functions expanded",
                    "more",
                    "raise Limits.nodes");
        }
        int index = 0;
        for (NodeProto n : NodeOrder.sorted(nodes, values.keySet())) {
            String name = prefix + (n.getName().isEmpty() ? n.getOpType() + "_" + index : n.getName());
            index++;
            if (!n.getInputList().stream().allMatch(i -> i.isEmpty() || values.containsKey(i))) {
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

    private List<Value> one(NodeProto n, String name, OpsetImports opsets, Map<String, Value> values) {
        List<Value> inputs = new ArrayList<>();
        n.getInputList().forEach(i -> inputs.add(i.isEmpty() ? null : values.get(i)));
        FunctionProto f = functions.get(FunctionKey.of(n));
        if (f != null) {
            return call(f, n, name, inputs);
        }
        String domain = Registry.domain(n.getDomain());
        OnnxNode node = new OnnxNode(name, domain, n.getOpType(), opsets.version(domain, where(n)),
                n.getAttributeList(), inputs,
                outputNames(n), tensors);
        try {
            return Registry.ALL.find(domain, n.getOpType()).read(node);
        } catch (LanewiseException e) {
            throw e instanceof ModelFormatException m ? m.at(where(n)) : e;
        } catch (ArithmeticException | IndexOutOfBoundsException | NegativeArraySizeException | NullPointerException
                | IllegalArgumentException | IllegalStateException | ClassCastException e) {
            // an operator's own checks missed this; the promise of a typed error holds all the same
            throw new ModelFormatException(null, where(n), "inputs and attributes that fit the operator", e.toString(),
                    "check the node", e);
        }
    }

    /** Names of outputs without missing ones at the end; a missing one in the middle is named after the node. */
    private static List<String> outputNames(NodeProto n) {
        List<String> names = new ArrayList<>(n.getOutputList());
        while (!names.isEmpty() && names.getLast().isEmpty()) {
            names.removeLast();
        }
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).isEmpty()) {
                names.set(i, n.getName() + ":" + i);
            }
        }
        return names;
    }

    private static void put(NodeProto n, List<Value> outputs, Map<String, Value> values) {
        for (int i = 0; i < n.getOutputCount(); i++) {
            if (n.getOutput(i).isEmpty()) {
                continue;
            }
            if (i >= outputs.size()) {
                throw new ModelFormatException(null, where(n), "at most " + outputs.size() + " outputs",
                        n.getOutputCount() + " outputs", "remove the extra outputs");
            }
            values.put(n.getOutput(i), outputs.get(i));
        }
    }

    private List<Value> call(FunctionProto f, NodeProto n, String name, List<Value> inputs) {
        FunctionKey key = FunctionKey.of(n);
        if (!open.add(key)) {
            throw new ModelFormatException(null, function(f), "functions that do not call themselves", "a recursion",
                    "correct the model file");
        }
        if (open.size() > limits.nesting()) {
            throw new ModelFormatException(null, function(f),
                    "at most " + limits.nesting() + " functions inside each other", "more",
                    "raise Limits.nesting");
        }
        if (inputs.size() > f.getInputCount()) {
            throw new ModelFormatException(null, where(n), "at most " + f.getInputCount() + " inputs",
                    Integer.toString(inputs.size()),
                    "remove the extra inputs");
        }
        Map<String, Value> inner = new LinkedHashMap<>();
        for (int i = 0; i < f.getInputCount(); i++) {
            inner.put(f.getInput(i), i < inputs.size() ? inputs.get(i) : null);
        }
        Map<String, AttributeProto> given = new HashMap<>();
        f.getAttributeProtoList().forEach(a -> given.put(a.getName(), a));
        n.getAttributeList().forEach(a -> given.put(a.getName(), a));
        List<NodeProto> nodes = f.getNodeList().stream().map(b -> withAttributes(b, given)).toList();
        body(nodes, OpsetImports.of(f.getOpsetImportList()), inner, name + "/");
        open.remove(key);
        if (!unsupportedForms.isEmpty()) {
            throw new UnsupportedModelException(null, List.copyOf(unsupportedForms));
        }
        List<Value> outputs = new ArrayList<>();
        for (String output : f.getOutputList()) {
            if (!inner.containsKey(output)) {
                throw new ModelFormatException(null, function(f), "outputs that a node produces",
                        "'" + ModelFormatException.printable(output) + "'", "correct the model file");
            }
            outputs.add(inner.get(output));
        }
        return Collections.unmodifiableList(outputs);
    }

    /** The body node with references to the function's attributes replaced by what the call gives, or gone. */
    private static NodeProto withAttributes(NodeProto body, Map<String, AttributeProto> given) {
        if (body.getAttributeList().stream().allMatch(a -> a.getRefAttrName().isEmpty())) {
            return body;
        }
        NodeProto.Builder out = body.toBuilder().clearAttribute();
        for (AttributeProto a : body.getAttributeList()) {
            if (a.getRefAttrName().isEmpty()) {
                out.addAttribute(a);
            } else if (given.containsKey(a.getRefAttrName())) {
                out.addAttribute(given.get(a.getRefAttrName()).toBuilder().setName(a.getName()));
            }
        }
        return out.build();
    }

    private static String where(NodeProto n) {
        return "node '" + ModelFormatException.printable(n.getName()) + "' ("
                + ModelFormatException.printable(n.getOpType()) + ")";
    }
}
