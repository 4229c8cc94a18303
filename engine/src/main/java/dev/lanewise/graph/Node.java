package dev.lanewise.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** An operator applied to values. Output facts are inferred when the node is made, so a graph is always typed. */
public final class Node {
    private final String name;
    private final Operator operator;
    private final List<Value> inputs;
    private final List<Value> outputs;
    private final List<Assumption> assumptions;

    private Node(String name, Operator operator, List<Value> inputs, List<String> outputNames) {
        this.name = name;
        this.operator = operator;
        this.inputs = Collections.unmodifiableList(new ArrayList<>(inputs));
        List<Assumption> assumed = new ArrayList<>();
        List<Fact> facts = operator.infer(new Inference(name, operator, this.inputs, assumed::add));
        if (outputNames.size() > facts.size()) {
            throw new Inference(name, operator, this.inputs, assumed::add).error("at most " + facts.size() + " outputs",
                    outputNames.size() + " outputs", "remove the extra outputs");
        }
        List<Value> made = new ArrayList<>();
        for (int i = 0; i < facts.size(); i++) {
            String valueName = i < outputNames.size() ? outputNames.get(i) : name + ":" + i;
            made.add(Value.output(valueName, facts.get(i), this));
        }
        this.outputs = List.copyOf(made);
        this.assumptions = List.copyOf(assumed);
    }

    /** A node with named outputs; a missing optional input is null, fewer names than outputs are filled up. */
    public static Node of(String name, Operator operator, List<Value> inputs, List<String> outputNames) {
        return new Node(name, operator, inputs, outputNames);
    }

    public static Node of(String name, Operator operator, Value... inputs) {
        return new Node(name, operator, java.util.Arrays.asList(inputs), List.of());
    }

    public String name() {
        return name;
    }

    public Operator operator() {
        return operator;
    }

    /** Inputs in order; a missing optional one is null. */
    public List<Value> inputs() {
        return inputs;
    }

    /** Input {@code i}, or null where it is missing. */
    public Value input(int i) {
        return i < inputs.size() ? inputs.get(i) : null;
    }

    public List<Value> outputs() {
        return outputs;
    }

    public Value output() {
        return outputs.getFirst();
    }

    public List<Assumption> assumptions() {
        return assumptions;
    }

    @Override
    public String toString() {
        return outputs + " = " + operator
                + inputs.stream().map(v -> v == null ? "-" : v.name()).collect(Collectors.joining(", ", "(", ")"));
    }
}
