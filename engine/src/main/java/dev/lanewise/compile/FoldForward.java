package dev.lanewise.compile;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.adaptive.AdaptiveComputation;
import dev.lanewise.op.adaptive.LearnerGate;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.linear.Linear;
import dev.lanewise.op.linear.MatMul;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes {@code s x + t} in front of linear layers into them: rows of the weights are multiplied by s, biases gain t times the weights.
 * All readers must be such layers, be it through nodes that only pick or arrange whole rows.
 */
final class FoldForward {
    /** Nodes that arrange rows, one behind the other, are followed so far. */
    private static final int DEPTH = 16;

    private final Map<Value, List<Node>> uses;
    private final Set<Value> outputs;
    private final FoldedWeights weights;
    private final ChannelAffine affine;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Node> layers = new ArrayList<>();
    private final Map<Value, Value> replacements = new IdentityHashMap<>();

    FoldForward(Map<Value, List<Node>> uses, Set<Value> outputs, FoldedWeights weights, ChannelAffine affine) {
        this.uses = uses;
        this.outputs = outputs;
        this.weights = weights;
        this.affine = affine;
    }

    /** The nodes that change. */
    List<Node> nodes() {
        return nodes;
    }

    Map<Value, Value> replacements() {
        return replacements;
    }

    /** Whether all readers of y could take it in. */
    boolean into(Value y) {
        if (!readers(y, DEPTH) || !layers.stream().allMatch(this::renew)) {
            return false;
        }
        replacements.put(y, affine.data());
        return true;
    }

    private boolean readers(Value v, int depth) {
        if (depth == 0 || outputs.contains(v) || !uses.containsKey(v) || !affine.fits(v)) {
            return false;
        }
        for (Node reader : Set.copyOf(uses.get(v))) {
            nodes.add(reader);
            boolean isFirst = reader.input(0) == v && reader.inputs().stream().filter(i -> i == v).count() == 1;
            if (!isFirst || !(WholeRows.are(reader) ? readers(reader.output(), depth - 1) : isLayer(reader))) {
                return false;
            }
        }
        return true;
    }

    private boolean isLayer(Node n) {
        boolean is = switch (n.operator()) {
            case MatMul m -> FoldedWeights.isMatrix(n.input(1), 0, affine.channels());
            case Gemm g -> isPlain(g, n, affine.channels());
            case Linear l -> isFloat(n, l);
            case LearnerGate g -> true;
            case AdaptiveComputation a -> true;
            default -> false;
        };
        return is && layers.add(n);
    }

    private boolean renew(Node n) {
        return switch (n.operator()) {
            case Gemm g -> gemm(n, g);
            case Linear l -> linear(n, l);
            case LearnerGate g -> gates(n, g);
            case AdaptiveComputation a -> learners(n, a);
            default -> matMul(n);
        };
    }

    private boolean isFloat(Node n, Linear l) {
        boolean fits = l.weights() == Linear.Weights.FLOAT && l.width() == null;
        for (int p = 0; fits && p < l.parts(); p++) {
            fits = FoldedWeights.isMatrix(n.input(l.weightsAt() + p), 0, affine.channels())
                    && (!l.bias() || n.input(l.biasAt() + p).isConstant());
        }
        return fits;
    }

    /** {@code x B + C} with constants, C a row. */
    static boolean isPlain(Gemm g, Node n, int channels) {
        Value c = n.input(2);
        int outputs = n.input(1).isConstant() && n.input(1).fact().rank() == 2
                ? n.input(1).fact().constant().dim(g.transposeB() ? 0 : 1) : -1;
        return g.alpha() == 1 && g.beta() == 1 && !g.transposeA()
                && FoldedWeights.isMatrix(n.input(1), g.transposeB() ? 1 : 0, channels)
                && (c == null || c.isConstant() && c.fact().constant().size() == outputs && c.fact().rank() > 0
                        && c.fact().constant().dim(c.fact().rank() - 1) == outputs);
    }

    private boolean matMul(Node n) {
        Value w = weights.scaled(n.input(1), 0, affine.scale());
        if (w == null) {
            return false;
        }
        Value product = Node.of(n.name(), n.operator(), List.of(n.input(0), w), List.of(n.output().name())).output();
        if (!affine.shifts()) {
            replacements.put(n.output(), product);
            return true;
        }
        double[] added = FoldedWeights.through(n.input(1), false, affine.shift());
        List<Node> readers = uses.getOrDefault(n.output(), List.of());
        ChannelAffine next =
                readers.size() == 1 && !outputs.contains(n.output()) ? ChannelAffine.of(readers.getFirst()) : null;
        boolean biased = next != null && !next.scales() && next.data() == n.output();
        for (int j = 0; biased && j < added.length; j++) {
            added[j] += next.shift()[j];
        }
        Value bias = FoldedWeights.vector(n.name() + ".bias", null, null, added);
        if (bias == null) {
            return false;
        }
        Node sum = biased ? readers.getFirst() : n;
        if (biased) {
            nodes.add(sum);
        }
        replacements.put(sum.output(), Node.of(sum.name(), new Binary(Binary.Function.ADD), List.of(product, bias),
                List.of(sum.output().name())).output());
        return true;
    }

    private boolean gemm(Node n, Gemm g) {
        Value w = weights.scaled(n.input(1), g.transposeB() ? 1 : 0, affine.scale());
        Value c = FoldedWeights.vector(n.name() + ".bias", n.input(2), null,
                FoldedWeights.through(n.input(1), g.transposeB(), affine.shift()));
        return w != null && c != null && renew(n, g, List.of(n.input(0), w, c));
    }

    private boolean linear(Node n, Linear l) {
        List<Value> inputs = new ArrayList<>(n.inputs().subList(0, l.weightsAt()));
        List<Value> biases = new ArrayList<>();
        for (int p = 0; p < l.parts(); p++) {
            Value w = n.input(l.weightsAt() + p);
            inputs.add(weights.scaled(w, 0, affine.scale()));
            biases.add(FoldedWeights.vector(w.name() + ".bias", l.bias() ? n.input(l.biasAt() + p) : null, null,
                    FoldedWeights.through(w, false, affine.shift())));
        }
        inputs.addAll(biases);
        inputs.addAll(n.inputs().subList(l.residualAt(), n.inputs().size()));
        return !inputs.contains(null) && renew(n, l.withBias(), inputs);
    }

    private boolean gates(Node n, LearnerGate g) {
        int modules = g.least().size();
        List<Value> inputs = new ArrayList<>(List.of(n.input(0)));
        List<Value> biases = new ArrayList<>();
        for (int m = 1; m <= modules; m++) {
            inputs.add(weights.scaled(n.input(m), 0, affine.scale()));
            biases.add(FoldedWeights.vector(n.name() + ".bias", n.input(m + modules), null,
                    FoldedWeights.through(n.input(m), false, affine.shift())));
        }
        inputs.addAll(biases);
        if (inputs.contains(null)) {
            return false;
        }
        Node renewed = Node.of(n.name(), g, inputs, n.outputs().stream().map(Value::name).toList());
        for (int m = 0; m < modules; m++) {
            replacements.put(n.outputs().get(m), renewed.outputs().get(m));
        }
        return true;
    }

    private boolean learners(Node n, AdaptiveComputation a) {
        Value up = n.input(a.upAt());
        List<Value> inputs = new ArrayList<>(n.inputs().subList(0, a.upAt()));
        inputs.add(weights.scaled(up, 0, affine.scale()));
        inputs.add(FoldedWeights.vector(up.name() + ".bias", a.hiddenBias() ? n.input(a.upAt() + 1) : null, null,
                FoldedWeights.through(up, false, affine.shift())));
        inputs.addAll(n.inputs().subList(a.downAt(), n.inputs().size()));
        return !inputs.contains(null) && renew(n, a.withHiddenBias(), inputs);
    }

    private boolean renew(Node n, Operator operator, List<Value> inputs) {
        replacements.put(n.output(), Node.of(n.name(), operator, inputs, List.of(n.output().name())).output());
        return true;
    }
}
