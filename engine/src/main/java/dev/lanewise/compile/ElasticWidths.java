package dev.lanewise.compile;

import dev.lanewise.elastic.Elastic;
import dev.lanewise.elastic.HiddenLayer;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.linear.Linear;
import dev.lanewise.op.quant.CentredQuantize;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes the width of feed-forward blocks a symbol that each run gives a value. A block is a linear layer from d to m, elementwise
 * functions, and a linear layer back to d, with no other reader in between; gated blocks have two first layers. Steps take their
 * widths from the shapes of their values, so a submodel is the same plan at other sizes.
 */
final class ElasticWidths {
    private static final String SYMBOL = "width of block ";

    private final Map<Value, List<Node>> uses;
    private final Set<Value> outputs;

    private ElasticWidths(Graph graph) {
        this.uses = graph.consumers();
        this.outputs = new HashSet<>(graph.outputs());
    }

    static Graph apply(Graph graph) {
        ElasticWidths pass = new ElasticWidths(graph);
        Map<Value, Value> replacements = new IdentityHashMap<>();
        int blocks = 0;
        for (Node n : graph.nodes()) {
            List<Node> first = pass.firstLayers(n);
            if (!first.isEmpty()) {
                Dim width = Dim.symbol(SYMBOL + blocks++);
                for (Node layer : first) {
                    Linear l = (Linear) layer.operator();
                    replacements.put(layer.output(), Node.of(layer.name(), l.withWidth(width), layer.inputs(),
                            List.of(layer.output().name())).output());
                }
            }
        }
        return graph.replace(replacements);
    }

    /** The first layers of the block that ends in {@code last}; none where it ends none. */
    private List<Node> firstLayers(Node last) {
        if (!(last.operator() instanceof Linear l) || l.parts() != 1 || l.width() != null) {
            return List.of();
        }
        List<Node> found = new ArrayList<>();
        int size = weights(last).fact().constant().dim(1);
        int hidden = weights(last).fact().constant().dim(0);
        boolean isBlock = collect(last.input(0), last, found) && found.stream().map(ElasticWidths::weights)
                .allMatch(w -> w.fact().constant().dim(0) == size && w.fact().constant().dim(1) == hidden);
        return isBlock ? found : List.of();
    }

    private static Value weights(Node linear) {
        return linear.input(((Linear) linear.operator()).weightsAt());
    }

    /** Walks back from a value that only {@code reader} reads to the linear layers that it is made of. */
    private boolean collect(Value v, Node reader, List<Node> found) {
        Node n = v.producer();
        if (n == null || !v.fact().hasShape() || !isOnlyReader(reader, n)) {
            return false;
        }
        return switch (n.operator()) {
            case Linear l when l.parts() == 1 && !l.residual() && l.width() == null -> found.add(n);
            case Unary u -> collect(n.input(0), n, found);
            case Gelu g -> collect(n.input(0), n, found);
            case CentredQuantize q -> collect(n.input(0), n, found);
            case Binary(Binary.Function f) when f == Binary.Function.MUL ->
                    collect(n.input(0), n, found) && collect(n.input(1), n, found);
            default -> false;
        };
    }

    private boolean isOnlyReader(Node reader, Node of) {
        return of.outputs().stream().noneMatch(outputs::contains) && of.outputs().stream()
                .allMatch(o -> uses.getOrDefault(o, List.of()).stream().allMatch(r -> r == reader));
    }

    /** The symbols of the widths, in the order of the blocks. */
    static List<String> symbols(Graph graph) {
        return graph.nodes().stream().filter(n -> n.operator() instanceof Linear l && l.width() != null)
                .map(n -> ((Linear) n.operator()).width().toString()).distinct().toList();
    }

    /** What the blocks of a graph with elastic widths are; null where it has none. */
    static Elastic describe(Graph graph, List<Double> nested) {
        Map<String, HiddenLayer> layers = new LinkedHashMap<>();
        long fixed = 0;
        for (Node n : graph.nodes()) {
            if (!(n.operator() instanceof Linear l)) {
                continue;
            }
            int k = weights(n).fact().constant().dim(0);
            int columns = 0;
            for (int p = 0; p < l.parts(); p++) {
                columns += n.input(l.weightsAt() + p).fact().constant().dim(1);
            }
            String in = n.input(0).fact().hasShape() ? last(n.input(0)) : "";
            if (l.width() != null) {
                String symbol = l.width().toString();
                HiddenLayer known = layers.getOrDefault(symbol, new HiddenLayer(symbol, n.name(), columns, 0));
                layers.put(symbol, new HiddenLayer(symbol, known.name(), columns, known.neuronCost() + k));
            } else if (layers.containsKey(in)) {
                HiddenLayer known = layers.get(in);
                layers.put(in, new HiddenLayer(in, known.name(), known.width(), known.neuronCost() + columns));
            } else {
                fixed += (long) k * columns;
            }
        }
        if (layers.isEmpty()) {
            return null;
        }
        long parameters = graph.constants().stream().mapToLong(v -> v.fact().constant().size()).sum();
        long elastic = layers.values().stream().mapToLong(l -> (long) l.width() * l.neuronCost()).sum();
        return new Elastic(List.copyOf(layers.values()), nested, fixed, parameters - elastic);
    }

    private static String last(Value v) {
        Dim[] shape = v.fact().shape();
        return shape.length == 0 ? "" : shape[shape.length - 1].toString();
    }
}
