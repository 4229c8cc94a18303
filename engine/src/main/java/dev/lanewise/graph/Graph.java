package dev.lanewise.graph;

import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An immutable, typed computation in topological order, the same whatever file it came from. Output names are kept apart
 * from the values, since a rewrite may replace the value behind a name.
 *
 * @param inputs values that a caller gives
 * @param nodes every node after the producers of its inputs
 * @param outputs values that a caller gets, in order
 * @param outputNames their public names
 */
public record Graph(List<Value> inputs, List<Node> nodes, List<Value> outputs, List<String> outputNames) {
    public Graph {
        inputs = List.copyOf(inputs);
        nodes = List.copyOf(nodes);
        outputs = List.copyOf(outputs);
        outputNames = List.copyOf(outputNames);
    }

    /** The graph of all that {@code outputs} need, nodes sorted; what no output needs is not in it. */
    public static Graph of(List<Value> inputs, List<Value> outputs, List<String> outputNames) {
        return new Rewriter(Map.of()).rewrite(inputs, outputs, outputNames);
    }

    /**
     * This graph with values replaced. Nodes downstream of a replaced value are made anew (and typed anew); nodes that no
     * output needs any more are gone. The replacement itself may be built from replaced values.
     */
    public Graph replace(Map<Value, Value> replacements) {
        return replacements.isEmpty() ? this : new Rewriter(replacements).rewrite(inputs, outputs, outputNames);
    }

    /** This graph with inputs bound to other facts, typed anew from there: how a plan for exact shapes is made. */
    public Graph retype(List<Fact> inputFacts) {
        Map<Value, Value> replacements = new IdentityHashMap<>();
        List<Value> renewed = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            Value input = Value.input(inputs.get(i).name(), inputFacts.get(i));
            renewed.add(input);
            replacements.put(inputs.get(i), input);
        }
        return new Rewriter(replacements).rewrite(renewed, outputs, outputNames);
    }

    /** Assumptions about dimensions that the nodes' types rest on, each once. */
    public List<Assumption> assumptions() {
        return nodes.stream().flatMap(n -> n.assumptions().stream()).distinct().toList();
    }

    /** The nodes that read each value. */
    public Map<Value, List<Node>> consumers() {
        Map<Value, List<Node>> uses = new IdentityHashMap<>();
        for (Node n : nodes) {
            for (Value v : n.inputs()) {
                if (v != null) {
                    uses.computeIfAbsent(v, k -> new ArrayList<>()).add(n);
                }
            }
        }
        return uses;
    }

    /** The distinct constants that nodes or outputs read. */
    public Set<Value> constants() {
        Set<Value> found = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Node n : nodes) {
            n.inputs().stream().filter(v -> v != null && v.isConstant() && v.producer() == null).forEach(found::add);
        }
        outputs.stream().filter(v -> v.isConstant() && v.producer() == null).forEach(found::add);
        return found;
    }

    /**
     * Runs every node's reference evaluation in order: the meaning of the graph.
     *
     * @param inputs tensors in the order of {@link #inputs()}
     * @return tensors in the order of {@link #outputs()}
     */
    public Tensor[] evaluate(Tensor... inputs) {
        Map<Value, Tensor> values = new IdentityHashMap<>();
        for (int i = 0; i < inputs.length; i++) {
            values.put(this.inputs.get(i), inputs[i]);
        }
        for (Node n : nodes) {
            Tensor[] in = n.inputs().stream().map(v -> v == null ? null : tensor(values, v)).toArray(Tensor[]::new);
            Tensor[] out = n.operator().evaluate(in);
            for (int i = 0; i < out.length && i < n.outputs().size(); i++) {
                values.put(n.outputs().get(i), out[i]);
            }
        }
        return outputs.stream().map(v -> tensor(values, v)).toArray(Tensor[]::new);
    }

    private static Tensor tensor(Map<Value, Tensor> values, Value v) {
        Tensor known = values.get(v);
        return known != null ? known : v.fact().constant();
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("inputs " + inputs + "\n");
        nodes.forEach(n -> out.append(n).append('\n'));
        return out.append("outputs ").append(outputs).toString();
    }

    /** Walks back from the outputs, making anew what a replacement touches; an explicit stack, for graphs of any depth. */
    private static final class Rewriter {
        private final Map<Value, Value> replacements;
        private final Map<Value, Value> done = new IdentityHashMap<>();
        private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
        private final List<Node> order = new ArrayList<>();

        Rewriter(Map<Value, Value> replacements) {
            this.replacements = replacements;
        }

        Graph rewrite(List<Value> inputs, List<Value> outputs, List<String> outputNames) {
            List<Value> renewed = new ArrayList<>();
            for (Value v : outputs) {
                visit(v);
                renewed.add(renewed(v));
            }
            return new Graph(inputs, order, renewed, outputNames);
        }

        private Value resolve(Value v) {
            Value r = v;
            int steps = 0;
            while (replacements.containsKey(r)) {
                r = replacements.get(r);
                if (++steps > replacements.size()) {
                    throw new IllegalStateException("replacements of " + v.name() + " form a cycle");
                }
            }
            return r;
        }

        private Value renewed(Value v) {
            Value r = resolve(v);
            return r.producer() == null ? r : done.get(r);
        }

        private void visit(Value start) {
            Deque<Node> stack = new ArrayDeque<>();
            push(stack, start);
            while (!stack.isEmpty()) {
                Node n = stack.peek();
                if (done.containsKey(n.output())) {
                    stack.pop();
                } else if (open.add(n)) {
                    n.inputs().stream().filter(v -> v != null).forEach(v -> push(stack, v));
                } else {
                    stack.pop();
                    finish(n);
                }
            }
        }

        private void push(Deque<Node> stack, Value v) {
            Node n = resolve(v).producer();
            if (n == null || done.containsKey(n.output())) {
                return;
            }
            if (open.contains(n)) {
                throw new ModelFormatException(null, "node '" + n.name() + "'", "a graph without cycles", "a cycle",
                        "correct it");
            }
            stack.push(n);
        }

        private void finish(Node n) {
            boolean same = true;
            List<Value> inputs = new ArrayList<>();
            for (Value v : n.inputs()) {
                Value r = v == null ? null : renewed(v);
                same &= r == v;
                inputs.add(r);
            }
            Node kept = n;
            if (!same) {
                kept = Node.of(n.name(), n.operator(), inputs, n.outputs().stream().map(Value::name).toList());
            }
            order.add(kept);
            for (int i = 0; i < n.outputs().size(); i++) {
                done.put(n.outputs().get(i), kept.outputs().get(i));
            }
        }
    }

    /** The names of all inputs' dimensions, and of their elements where those are known by name, in order of appearance. */
    public List<String> symbols() {
        Set<String> names = new java.util.LinkedHashSet<>();
        for (Value v : inputs) {
            if (v.fact().hasShape()) {
                Arrays.stream(v.fact().shape()).filter(d -> !d.isConstant()).forEach(d -> names.add(d.toString()));
            }
            if (v.fact().content() != null) {
                Arrays.stream(v.fact().content()).filter(d -> !d.isConstant()).forEach(d -> names.add(d.toString()));
            }
        }
        return List.copyOf(names);
    }
}
