package dev.lanewise.quant.gradient;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Elements;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.linear.MatMul;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph that runs node by node and keeps what it computes, so that gradients with respect to chosen values can be had afterwards
 * (reverse mode). What does not depend on the inputs is computed once. For one thread at a time.
 */
public final class Program {
    private final Graph graph;
    private final Map<Value, Tensor> fixed = new IdentityHashMap<>();
    /** Values that depend on a chosen one. */
    private final Set<Value> live = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Value> chosen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Products products;

    /** @param chosen values of the graph that gradients are asked for */
    public Program(Graph graph, List<Value> chosen, KernelMode kernels) {
        this.graph = graph;
        this.products = new Products(kernels);
        this.chosen.addAll(chosen);
        live.addAll(chosen);
        for (Value v : graph.constants()) {
            fixed.put(v, v.fact().constant());
        }
        for (Node n : graph.nodes()) {
            if (n.inputs().stream().anyMatch(v -> v != null && live.contains(v))) {
                n.outputs().stream().filter(Program::isReal).forEach(live::add);
            }
            boolean isFixed = n.operator().isDeterministic() && n.inputs().stream()
                    .allMatch(v -> v == null || fixed.containsKey(v));
            if (isFixed) {
                evaluate(n, fixed);
            }
        }
    }

    /** Shapes and indices change in jumps: nothing flows back through them. */
    private static boolean isReal(Value v) {
        return Arrays.asList(Elements.floats()).contains(v.fact().type());
    }

    private void evaluate(Node n, Map<Value, Tensor> values) {
        Tensor[] in = n.inputs().stream().map(v -> v == null ? null : value(values, v)).toArray(Tensor[]::new);
        boolean floats = n.output().fact().type() == DataType.FLOAT;
        Tensor[] out = switch (n.operator()) {
            case MatMul op when floats ->
                    new Tensor[] {LinearGradients.multiply(in[0], in[1], isFixed(n, 1), products)};
            case Gemm op when floats ->
                    new Tensor[] {LinearGradients.gemm(op, in[0], in[1], in.length > 2 ? in[2] : null,
                            isFixed(n, 1), products)};
            default -> n.operator().evaluate(in);
        };
        for (int i = 0; i < out.length && i < n.outputs().size(); i++) {
            values.put(n.outputs().get(i), out[i]);
        }
    }

    private boolean isFixed(Node n, int input) {
        return n.input(input) != null && fixed.containsKey(n.input(input));
    }

    private Tensor value(Map<Value, Tensor> values, Value v) {
        Tensor known = values.get(v);
        return known != null ? known : fixed.get(v);
    }

    /** Runs the graph on these inputs, by name. */
    public Tape run(Map<String, Tensor> inputs) {
        Map<Value, Tensor> values = new IdentityHashMap<>();
        for (Value v : graph.inputs()) {
            Tensor t = inputs.get(v.name());
            if (t == null) {
                throw new InvalidInputException(v.name(), "a tensor for each input", "none", "give it");
            }
            values.put(v, t);
        }
        for (Node n : graph.nodes()) {
            if (!fixed.containsKey(n.output())) {
                evaluate(n, values);
            }
        }
        products.runEnded();
        return new Tape(values);
    }

    /** All values of one run. */
    public final class Tape {
        private final Map<Value, Tensor> values;

        private Tape(Map<Value, Tensor> values) {
            this.values = values;
        }

        /** A value of the graph, as it was in this run. */
        public Tensor value(Value v) {
            return Program.this.value(values, v);
        }

        /** An output by its name. */
        public Tensor output(String name) {
            return value(Program.this.output(name));
        }

        /**
         * Gradients of {@code sum(seed output)} with respect to the chosen values that the output depends on.
         *
         * @param seed of the output's shape: the gradient of the result with respect to the output
         * @throws MissingGradientException where an operator in between has none
         */
        public Map<Value, Tensor> gradients(String output, Tensor seed) {
            Map<Value, Tensor> gradients = new IdentityHashMap<>();
            Map<Value, Tensor> found = new IdentityHashMap<>();
            gradients.put(Program.this.output(output), seed);
            for (Node n : graph.nodes().reversed()) {
                back(n, gradients, found);
            }
            for (Value v : chosen) {
                if (gradients.containsKey(v)) {
                    found.put(v, gradients.get(v));
                }
            }
            return found;
        }

        private void back(Node n, Map<Value, Tensor> gradients, Map<Value, Tensor> found) {
            Tensor[] of = n.outputs().stream().map(gradients::get).toArray(Tensor[]::new);
            boolean isReached = false;
            for (int o = 0; o < of.length; o++) {
                isReached |= of[o] != null;
            }
            boolean[] wanted = new boolean[n.inputs().size()];
            boolean[] constant = new boolean[wanted.length];
            boolean any = false;
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = n.input(i) != null && live.contains(n.input(i));
                constant[i] = isFixed(n, i);
                any |= wanted[i];
            }
            for (Value v : n.outputs()) {
                Tensor g = gradients.remove(v);
                if (g != null && chosen.contains(v)) {
                    found.put(v, g);
                }
            }
            if (!isReached || !any) {
                return;
            }
            Tensor[] in = n.inputs().stream().map(v -> v == null ? null : value(v)).toArray(Tensor[]::new);
            Tensor[] out = n.outputs().stream().map(this::value).toArray(Tensor[]::new);
            Site site = new Site(n, in, out, of, wanted, constant, products);
            Tensor[] back = Gradients.of(site);
            for (int i = 0; i < wanted.length; i++) {
                if (wanted[i] && back[i] == null) {
                    throw site.missing("a computed input " + i);
                }
                if (wanted[i]) {
                    gradients.merge(n.input(i), back[i], Tape::sum);
                }
            }
        }

        private static Tensor sum(Tensor a, Tensor b) {
            float[] sum = a.floats().clone();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += b.floats()[i];
            }
            return Tensor.of(sum, a.shape());
        }
    }

    private Value output(String name) {
        int at = graph.outputNames().indexOf(name);
        if (at < 0) {
            throw new InvalidInputException("output", "one of " + graph.outputNames(), name, "correct the name");
        }
        return graph.outputs().get(at);
    }
}
