package dev.lanewise.loaders.onnx;

import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.loaders.onnx.AttributeProto.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the importer of an operator sees: the node's type and version, its attributes with their types checked, its inputs
 * as values of the graph under construction, and ways to make nodes.
 */
final class OnnxNode {
    private final String name;
    private final String domain;
    private final String type;
    private final int opset;
    private final Map<String, AttributeProto> attributes;
    private final List<Value> inputs;
    private final List<String> outputNames;
    private final TensorReader tensors;
    private final GraphReader graphReader;
    private int made;

    /** Makes graphs of a node from what the file has. */
    interface GraphReader {
        Subgraphs read(List<GraphProto> graphs, boolean isLoop, List<Fact> given);
    }

    OnnxNode(String name, String domain, String type, int opset, List<AttributeProto> attributes, List<Value> inputs,
            List<String> outputNames, TensorReader tensors, GraphReader graphReader) {
        this.name = name;
        this.domain = domain;
        this.type = type;
        this.opset = opset;
        this.inputs = withoutTail(inputs);
        this.outputNames = outputNames;
        this.tensors = tensors;
        this.graphReader = graphReader;
        this.attributes = new LinkedHashMap<>();
        for (AttributeProto a : attributes) {
            if (this.attributes.put(a.name(), a) != null) {
                throw error("attributes with different names",
                        "two named '" + ModelFormatException.printable(a.name()) + "'",
                        "remove one");
            }
        }
    }

    private static List<Value> withoutTail(List<Value> inputs) {
        int count = inputs.size();
        while (count > 0 && inputs.get(count - 1) == null) {
            count--;
        }
        return Collections.unmodifiableList(new ArrayList<>(inputs.subList(0, count)));
    }

    /** Operator type as written in the file, such as {@code Gemm}. */
    String type() {
        return type;
    }

    /** Version of the operator's domain that the model imports. */
    int opset() {
        return opset;
    }

    /** Names of the attributes that are there, in the order of the file. */
    Set<String> attributes() {
        return Collections.unmodifiableSet(attributes.keySet());
    }

    boolean has(String attribute) {
        return attributes.containsKey(attribute);
    }

    long integer(String attribute, long ifAbsent) {
        AttributeProto a = find(attribute, Kind.INT);
        return a == null ? ifAbsent : a.integer();
    }

    long requiredInteger(String attribute) {
        if (!has(attribute)) {
            throw error("attribute '" + attribute + "'", "none", "add the attribute");
        }
        return integer(attribute, 0);
    }

    float real(String attribute, float ifAbsent) {
        AttributeProto a = find(attribute, Kind.FLOAT);
        return a == null ? ifAbsent : a.real();
    }

    String text(String attribute, String ifAbsent) {
        AttributeProto a = find(attribute, Kind.STRING);
        return a == null ? ifAbsent : utf8(a.text());
    }

    /** Elements of an INTS attribute, or null where it is absent. */
    long[] integers(String attribute) {
        AttributeProto a = find(attribute, Kind.INTS);
        return a == null ? null : a.integers();
    }

    /** Elements of a FLOATS attribute, or null where it is absent. */
    float[] reals(String attribute) {
        AttributeProto a = find(attribute, Kind.FLOATS);
        return a == null ? null : a.reals();
    }

    /** Elements of a STRINGS attribute, or null where it is absent. */
    String[] texts(String attribute) {
        AttributeProto a = find(attribute, Kind.STRINGS);
        return a == null ? null : a.texts().stream().map(OnnxNode::utf8).toArray(String[]::new);
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A TENSOR attribute, or null where it is absent. */
    Tensor tensor(String attribute) {
        AttributeProto a = find(attribute, Kind.TENSOR);
        return a == null ? null : tensors.read(a.tensor(), where() + ", attribute '" + attribute + "'");
    }

    /**
     * GRAPH attributes, all of which must be there.
     *
     * @param isLoop whether they run more than once
     * @param given what is known of each graph's own inputs, null for what it declares itself
     */
    Subgraphs graphs(boolean isLoop, List<Fact> given, String... names) {
        List<GraphProto> graphs = new ArrayList<>();
        for (String attribute : names) {
            if (!has(attribute)) {
                throw error("attribute '" + attribute + "'", "none", "add the attribute");
            }
            graphs.add(find(attribute, Kind.GRAPH).graph());
        }
        return graphReader.read(graphs, isLoop, given);
    }

    /** A TYPE_PROTO attribute, or null where it is absent. */
    Fact type(String attribute) {
        AttributeProto a = find(attribute, Kind.TYPE_PROTO);
        return a == null ? null : Ports.fact(new ValueInfoProto(attribute, a.type()), tensors.limits()).withoutShape();
    }

    private AttributeProto find(String attribute, Kind wanted) {
        AttributeProto a = attributes.get(attribute);
        if (a != null && a.kind() != wanted) {
            throw error("attribute '" + attribute + "' of type " + wanted, a.kind().toString(),
                    "correct the attribute's type");
        }
        return a;
    }

    /** Number of inputs; missing ones in the middle are counted, missing ones at the end are not. */
    int inputCount() {
        return inputs.size();
    }

    /** Input {@code i}, or null where it is missing. */
    Value input(int i) {
        return i < inputs.size() ? inputs.get(i) : null;
    }

    /** Input {@code i}; an error where it is missing. */
    Value required(int i) {
        if (input(i) == null) {
            throw error("input " + i, "none", "give the input");
        }
        return input(i);
    }

    /** Number of outputs that the node names. */
    int outputCount() {
        return outputNames.size();
    }

    /** A node with all inputs as they are and outputs named as in the file. */
    List<Value> node(Operator operator) {
        return Node.of(name, operator, inputs, outputNames).outputs();
    }

    /** A node with the inputs given and outputs named as in the file. */
    List<Value> node(Operator operator, Value... given) {
        return Node.of(name, operator, withoutTail(Arrays.asList(given)), outputNames).outputs();
    }

    /** A node that makes the first {@code count} of the outputs. */
    List<Value> node(int count, Operator operator, Value... given) {
        return Node.of(name, operator, withoutTail(Arrays.asList(given)),
                outputNames.subList(0, Math.min(count, outputNames.size()))).outputs();
    }

    /** First output of a node that the file does not have. */
    Value intermediate(Operator operator, Value... given) {
        return intermediates(operator, given).getFirst();
    }

    /** All outputs of a node that the file does not have. */
    List<Value> intermediates(Operator operator, Value... given) {
        return Node.of(nextName(), operator, withoutTail(Arrays.asList(given)), List.of()).outputs();
    }

    Value constant(Tensor value) {
        return Value.constant(nextName(), value);
    }

    private String nextName() {
        return name + "/" + made++;
    }

    /** An error about this node. */
    ModelFormatException error(String expected, String found, String advice) {
        return new ModelFormatException(null, where(), expected, found, advice);
    }

    /** For a valid form of this operator that the engine does not have, such as {@code mode=cubic}. */
    UnsupportedModelException unsupported(String form) {
        return new UnsupportedModelException(null, List.of(feature(domain, type, opset) + " " + form));
    }

    static String feature(String domain, String type, long opset) {
        return ModelFormatException.printable(domain) + "." + ModelFormatException.printable(type) + "-" + opset;
    }

    private String where() {
        return "node '" + ModelFormatException.printable(name) + "' (" + type + "-" + opset + ")";
    }
}
