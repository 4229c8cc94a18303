package dev.lanewise.quant.prune;

import dev.lanewise.InvalidInputException;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Activation;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.shape.Identity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the feed-forward blocks of a graph as a loader made it, whatever nodes the exporter wrote an activation with. */
final class BlockFinder {
    private final Map<Value, List<Node>> uses;
    private final Set<Value> outputs;

    private BlockFinder(Graph graph) {
        this.uses = graph.consumers();
        this.outputs = new HashSet<>(graph.outputs());
    }

    /**
     * The blocks in the order of the graph.
     *
     * @throws InvalidInputException where there are none
     */
    static List<FeedForwardBlock> find(Graph graph) {
        BlockFinder finder = new BlockFinder(graph);
        List<FeedForwardBlock> blocks = new ArrayList<>();
        for (Node n : graph.nodes()) {
            FeedForwardBlock block = finder.endingIn(n);
            if (block != null) {
                blocks.add(block);
            }
        }
        if (blocks.isEmpty()) {
            throw new InvalidInputException("model",
                    "feed-forward blocks (a linear layer, an elementwise activation, a linear layer) with FLOAT weights of their own",
                    "none", "give a transformer with unquantised weights");
        }
        return blocks;
    }

    private FeedForwardBlock endingIn(Node last) {
        StaticLayer second = StaticLayer.of(last);
        if (second == null || !StaticLayer.isOwn(second.weights(), uses)) {
            return null;
        }
        NeuronAxis weights = StaticLayer.origin(second.weights(), second.inputAxis());
        Region region = new Region(second.inputs());
        if (!region.add(last.input(0)) || !region.isClosed(last) || !region.bends) {
            return null;
        }
        region.neurons.add(weights);
        region.matrices.add(weights);
        return new FeedForwardBlock(last.name(), second.inputs(), last.input(0), last, weights, bias(last, second),
                region.neurons, region.matrices);
    }

    /** A constant that is added to the product and to nothing else. */
    private Value bias(Node last, StaticLayer second) {
        Value found = null;
        if (last.operator() instanceof Gemm g) {
            found = g.alpha() == 1 && g.beta() == 1 ? last.input(2) : null;
        } else if (uses.getOrDefault(last.output(), List.of()).size() == 1) {
            Node reader = uses.get(last.output()).getFirst();
            if (reader.operator() instanceof Binary(Binary.Function f) && f == Binary.Function.ADD) {
                found = reader.input(reader.input(0) == last.output() ? 1 : 0);
            }
        }
        NeuronAxis constant = found == null || !StaticLayer.isOwn(found, uses) ? null : StaticLayer.origin(found, 0);
        boolean fits = constant != null && constant.constant().fact().constant().size() == second.outputs();
        return fits ? constant.constant() : null;
    }

    /** The values between the first layers and the last: {@code [..., width]} each, every neuron for itself. */
    private final class Region {
        private final int width;
        private final Set<Value> values = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Set<Node> nodes = Collections.newSetFromMap(new IdentityHashMap<>());
        private final List<NeuronAxis> neurons = new ArrayList<>();
        private final List<NeuronAxis> matrices = new ArrayList<>();
        /** Whether there is more between the layers than sums with constants: two linear layers on end are none. */
        private boolean bends;

        Region(int width) {
            this.width = width;
        }

        /** Walks back from a value to the first layers; false where the walk meets something else. */
        boolean add(Value v) {
            if (values.contains(v)) {
                return true;
            }
            Node n = v.producer();
            if (n == null || !v.fact().hasShape() || v.fact().rank() == 0
                    || !v.fact().shape()[v.fact().rank() - 1].is(width)) {
                return false;
            }
            values.add(v);
            nodes.add(n);
            StaticLayer first = StaticLayer.of(n);
            if (first != null) {
                return addFirst(n, first);
            }
            return switch (n.operator()) {
                case Unary op -> addBent(n);
                case Gelu op -> addBent(n);
                case Activation op -> addBent(n);
                case Identity op -> add(n.input(0));
                case Binary op -> addBinary(n);
                default -> false;
            };
        }

        private boolean addBent(Node n) {
            bends = true;
            return add(n.input(0));
        }

        private boolean addFirst(Node n, StaticLayer first) {
            if (first.outputs() != width || !StaticLayer.isOwn(first.weights(), uses)) {
                return false;
            }
            NeuronAxis w = StaticLayer.origin(first.weights(), 1 - first.inputAxis());
            matrices.add(w);
            neurons.add(w);
            return !(n.operator() instanceof Gemm) || n.input(2) == null || addConstant(n.input(2));
        }

        private boolean addBinary(Node n) {
            boolean all = true;
            int computed = 0;
            for (Value operand : n.inputs()) {
                if (isFixed(operand)) {
                    all &= addConstant(operand);
                } else {
                    computed++;
                    all &= add(operand);
                }
            }
            bends |= computed > 1;
            return all && computed > 0;
        }

        private boolean isFixed(Value v) {
            return v.producer() == null ? v.isConstant()
                    : !values.contains(v) && v.producer().inputs().stream().allMatch(i -> i == null || isFixed(i));
        }

        /** One number for all neurons, or one for each. */
        private boolean addConstant(Value v) {
            if (!v.fact().isConcrete()) {
                return false;
            }
            if (v.fact().size().is(1)) {
                return width != 1;
            }
            Dim[] shape = v.fact().shape();
            if (StaticLayer.origin(v, 0) == null || !v.fact().size().is(width) || !shape[shape.length - 1].is(width)
                    || !StaticLayer.isOwn(v, uses)) {
                return false;
            }
            neurons.add(StaticLayer.origin(v, shape.length - 1));
            return true;
        }

        /** Whether nothing else reads what is inside. */
        boolean isClosed(Node last) {
            return values.stream().noneMatch(outputs::contains)
                    && values.stream().flatMap(v -> uses.getOrDefault(v, List.of()).stream())
                            .allMatch(r -> r == last || nodes.contains(r))
                    && uses.get(last.input(0)).stream().filter(r -> r == last).count() == 1;
        }
    }
}
