package dev.lanewise.op.nhwc;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.elementwise.Activation;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Clip;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.nn.AveragePool;
import dev.lanewise.op.nn.Conv;
import dev.lanewise.op.nn.ConvTranspose;
import dev.lanewise.op.nn.GlobalPool;
import dev.lanewise.op.nn.MaxPool;
import dev.lanewise.op.nn.Window;
import dev.lanewise.op.norm.BatchNormalization;
import dev.lanewise.op.norm.Dropout;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Resize;
import dev.lanewise.op.shape.ResizeSampling;
import dev.lanewise.op.shape.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Moves convolutions with constant weights, and what lies between them, to channels last, where outputs of a pixel are
 * neighbours. Each value there has a twin {@code [n, ..., c]}; nodes that stay read it through a transposition, so a layout
 * is seen in the graph, and changes only where a chain begins or ends. On the way a convolution takes in the normalisation,
 * sum and activation that follow it.
 */
public final class ChannelsLast {
    private final Map<Value, List<Node>> uses;
    private final Map<Value, Value> twins = new IdentityHashMap<>();
    private final Map<Value, Value> replacements = new IdentityHashMap<>();
    private final List<Value> outputs;

    private ChannelsLast(Graph graph) {
        uses = graph.consumers();
        outputs = graph.outputs();
    }

    public static Graph apply(Graph graph) {
        ChannelsLast pass = new ChannelsLast(graph);
        graph.nodes().forEach(pass::visit);
        return graph.replace(pass.replacements);
    }

    private void visit(Node n) {
        if (n.outputs().isEmpty() || n.output().fact().type() != DataType.FLOAT || !n.output().fact().hasShape()) {
            return;
        }
        Value twin = twin(n);
        if (twin == null) {
            return;
        }
        Value back = transposed(twin, first(twin.fact().rank()));
        if (Arrays.equals(back.fact().shape(), n.output().fact().shape())) {
            twins.put(n.output(), twin);
            replacements.put(n.output(), back);
        }
    }

    private Value twin(Node n) {
        return switch (n.operator()) {
            case Conv c -> convolution(n, c);
            case ConvTranspose c -> spread(n, c);
            case BatchNormalization(float epsilon, float momentum, boolean training) when !training ->
                    normalised(n, epsilon);
            case Unary(Unary.Function f) -> f.kernel() != null ? activated(n, f.kernel()) : pointwise(n);
            case Binary(Binary.Function f) -> f == Binary.Function.ADD ? sum(n) : pointwise(n);
            case Activation a -> pointwise(n);
            case Clip() -> clipped(n);
            case Resize r -> resized(n, r);
            case MaxPool(Window w, boolean columnMajor) -> uses.containsKey(n.outputs().get(1)) ? null
                    : pooled(n, new PoolNhwc(PoolNhwc.Kind.MAX, w, false));
            case AveragePool(Window w, boolean countPadding) ->
                    pooled(n, new PoolNhwc(PoolNhwc.Kind.MEAN, w, countPadding));
            case GlobalPool(GlobalPool.Kind kind, int p) -> switch (kind) {
                case AVERAGE -> pooled(n, new PoolNhwc(PoolNhwc.Kind.MEAN, null, false));
                case MAX -> pooled(n, new PoolNhwc(PoolNhwc.Kind.MAX, null, false));
                case LP -> null;
            };
            case Concat(int axis) when axis == 1 || axis == 1 - n.output().fact().rank() -> moved(n, new Concat(-1));
            case Dropout() when n.inputs().size() < 3 && !uses.containsKey(n.outputs().get(1)) -> twins.get(n.input(0));
            default -> null;
        };
    }

    private Value pooled(Node n, PoolNhwc pool) {
        return n.output().fact().rank() <= 4 ? moved(n, pool) : null;
    }

    /** The operator on twins, if all inputs have one. */
    private Value moved(Node n, Operator operator) {
        return n.inputs().stream().allMatch(twins::containsKey)
                ? node(n, operator, n.inputs().stream().map(twins::get).toList()) : null;
    }

    private Value convolution(Node n, Conv c) {
        Value w = n.input(1);
        Value bias = n.input(2);
        int rank = n.output().fact().rank();
        if (rank > 4 || !w.isConstant() || w.fact().constant().size() == 0
                || bias != null && !bias.isConstant() || !n.input(0).fact().hasShape()) {
            return null;
        }
        List<Value> inputs = new ArrayList<>(List.of(last(n.input(0)), w));
        if (bias != null) {
            inputs.add(bias);
        }
        return node(n, new ConvNhwc(c.group(), c.window(), bias != null, null, false, null), inputs);
    }

    /** A transposed convolution whose windows lie side by side is a product for each pixel, and a block of pixels made of that. */
    private Value spread(Node n, ConvTranspose c) {
        Value w = n.input(1);
        Value bias = n.input(2);
        boolean constants = w.isConstant() && w.fact().type() == DataType.FLOAT && (bias == null || bias.isConstant());
        if (!constants || w.fact().rank() != 4 || !c.tiles(w.fact().constant().shape())
                || !n.input(0).fact().hasShape()) {
            return null;
        }
        Tensor weights = w.fact().constant();
        int block = weights.dim(2) * weights.dim(3);
        int outputs = weights.dim(1);
        float[] rows = new float[weights.size()];
        for (int i = 0; i < rows.length; i++) {
            int q = i % block;
            int m = i / block % outputs;
            rows[(q * outputs + m) * weights.dim(0) + i / block / outputs] = weights.floats()[i];
        }
        List<Value> inputs = new ArrayList<>(List.of(last(n.input(0)), Value.constant(w.name() + " channels last",
                Tensor.of(rows, block * outputs, weights.dim(0), 1, 1))));
        if (bias != null) {
            inputs.add(repeated(bias, block));
        }
        Window each = new Window(List.of(), List.of(), List.of(), List.of(), Window.Padding.VALID, false);
        Value product = Node.of(n.name(), new ConvNhwc(1, each, bias != null, null, false, null), inputs,
                List.of(n.output().name() + " of pixels")).output();
        return node(n, new SpreadNhwc(weights.dim(2), weights.dim(3)), List.of(product));
    }

    private Value normalised(Node n, float epsilon) {
        boolean constants = IntStream.range(1, 5).allMatch(i -> n.input(i).isConstant()
                && n.input(i).fact().type() == DataType.FLOAT);
        Sole conv = soleConv(n.input(0));
        if (!constants || conv == null || conv.op.epsilon() != null || conv.op.residual()
                || conv.op.activation() != null) {
            return null;
        }
        ConvNhwc c = conv.op;
        List<Value> inputs = new ArrayList<>(conv.node.inputs());
        n.inputs().subList(1, 5).forEach(v -> inputs.add(conv.ofProduct(v)));
        return conv.replaced(n, new ConvNhwc(c.group(), c.window(), c.bias(), epsilon, false, null), inputs);
    }

    private Value activated(Node n, UnaryFunction f) {
        Sole conv = soleConv(n.input(0));
        if (conv != null && conv.op.activation() == null) {
            ConvNhwc c = conv.op;
            return conv.replaced(n, new ConvNhwc(c.group(), c.window(), c.bias(), c.epsilon(), c.residual(), f),
                    conv.node.inputs());
        }
        return pointwise(n);
    }

    private Value sum(Node n) {
        for (int side = 0; side < 2; side++) {
            Sole conv = soleConv(n.input(side));
            Value added = n.input(1 - side);
            if (conv == null || conv.op.activation() != null || conv.op.residual()) {
                continue;
            }
            ConvNhwc c = conv.op;
            if (conv.spread == null && twins.containsKey(added)
                    && Arrays.equals(added.fact().shape(), n.input(side).fact().shape())) {
                List<Value> inputs = new ArrayList<>(conv.node.inputs());
                inputs.add(twins.get(added));
                return conv.replaced(n, new ConvNhwc(c.group(), c.window(), c.bias(), c.epsilon(), true, null), inputs);
            }
            Value constant = constant(added, n.output().fact().rank());
            if (constant != null && c.epsilon() == null
                    && Arrays.equals(n.output().fact().shape(), n.input(side).fact().shape())) {
                return biased(n, conv, constant);
            }
        }
        return pointwise(n);
    }

    /** A constant for all channels or one for each, as bias or as a part of it. */
    private static Value biased(Node n, Sole conv, Value constant) {
        ConvNhwc c = conv.op;
        List<Value> inputs = new ArrayList<>(conv.node.inputs());
        Value added = constant.fact().constant().size() == 1 ? constant : conv.ofProduct(constant);
        float[] parts = added.fact().constant().floats();
        float[] before = c.bias() ? inputs.get(2).fact().constant().floats() : null;
        float[] bias = new float[inputs.get(1).fact().constant().dim(0)];
        for (int i = 0; i < bias.length; i++) {
            bias[i] = parts[parts.length == 1 ? 0 : i] + (before == null ? 0 : before[i]);
        }
        Value value = Value.constant(added.name() + " as bias", Tensor.of(bias, bias.length));
        if (c.bias()) {
            inputs.set(2, value);
        } else {
            inputs.add(2, value);
        }
        return conv.replaced(n, new ConvNhwc(c.group(), c.window(), true, null, false, null), inputs);
    }

    /**
     * The same operator on twins. Operands that are broadcast stay so, whatever the order of the axes; a constant is one element or
     * one for each channel.
     */
    private Value pointwise(Node n) {
        if (n.inputs().stream().noneMatch(twins::containsKey)) {
            return null;
        }
        int rank = n.output().fact().rank();
        List<Value> inputs = new ArrayList<>();
        for (Value v : n.inputs()) {
            Value operand = twins.containsKey(v) && v.fact().rank() == rank ? twins.get(v) : constant(v, rank);
            if (operand == null) {
                return null;
            }
            inputs.add(operand);
        }
        return node(n, n.operator(), inputs);
    }

    /** A constant that may meet values with channels last; null where v is none. */
    private static Value constant(Value v, int rank) {
        if (v == null || !v.isConstant() || v.fact().rank() > rank) {
            return null;
        }
        Tensor t = v.fact().constant();
        int axis = 1 - rank + t.rank();
        return t.size() == 1 ? v
                : axis >= 0 && t.dim(axis) == t.size()
                        ? Value.constant(v.name() + " channels last", t.reshape(t.size()))
                : null;
    }

    /** With scales for all axes; elements of other kinds than the nearest are mixed axis by axis in the order of the axes. */
    private Value resized(Node n, Resize r) {
        Value x = twins.get(n.input(0));
        Value scales = n.input(2);
        if (x == null || scales == null || !scales.isConstant() || !r.axes().isEmpty()
                || r.sampling().mode() != ResizeSampling.Mode.NEAREST
                || r.sampling().coordinates() == ResizeSampling.Coordinates.TF_CROP_AND_RESIZE) {
            return null;
        }
        float[] old = scales.fact().constant().floats();
        List<Integer> order = last(old.length);
        float[] moved = new float[old.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = old[order.get(i)];
        }
        Value constant = Value.constant(scales.name() + " channels last", Tensor.of(moved, moved.length));
        return node(n, r, Arrays.asList(x, null, constant));
    }

    private Value clipped(Node n) {
        Value x = twins.get(n.input(0));
        if (x == null) {
            return null;
        }
        List<Value> inputs = new ArrayList<>(n.inputs());
        inputs.set(0, x);
        return node(n, n.operator(), inputs);
    }

    /** The convolution that v's twin comes from, if v has no other reader than one. */
    private Sole soleConv(Value v) {
        Value twin = twins.get(v);
        Node n = twin == null || uses.get(v).size() != 1 || outputs.contains(v) ? null : twin.producer();
        if (n == null) {
            return null;
        }
        SpreadNhwc spread = n.operator() instanceof SpreadNhwc s ? s : null;
        Node conv = spread == null ? n : n.input(0).producer();
        return conv != null && conv.operator() instanceof ConvNhwc c ? new Sole(conv, c, spread) : null;
    }

    /** A convolution with one reader. Where its outputs are spread over blocks of pixels, what follows goes before the spreading. */
    private record Sole(Node node, ConvNhwc op, SpreadNhwc spread) {
        /** A constant for each channel, as one for each output of the convolution. */
        Value ofProduct(Value v) {
            return spread == null ? v : repeated(v, spread.height() * spread.width());
        }

        /** What n gives, as the convolution with another operator. */
        Value replaced(Node n, ConvNhwc operator, List<Value> inputs) {
            if (spread == null) {
                return ChannelsLast.node(node, n, operator, inputs);
            }
            Value product = Node.of(node.name(), operator, inputs, List.of(n.output().name() + " of pixels")).output();
            return ChannelsLast.node(node, n, spread, List.of(product));
        }
    }

    private static Value repeated(Value constant, int times) {
        float[] once = constant.fact().constant().floats();
        float[] all = new float[times * once.length];
        for (int q = 0; q < times; q++) {
            System.arraycopy(once, 0, all, q * once.length, once.length);
        }
        return Value.constant(constant.name() + " repeated", Tensor.of(all, all.length));
    }

    private Value last(Value v) {
        return twins.computeIfAbsent(v, x -> transposed(x, last(x.fact().rank())));
    }

    private static Value transposed(Value v, List<Integer> perm) {
        return Node.of(v.name() + " transposed", new Transpose(perm), v).output();
    }

    private static Value node(Node n, Operator operator, List<Value> inputs) {
        return node(n, n, operator, inputs);
    }

    /** A node called as {@code name}'s that gives what {@code out} gives. */
    private static Value node(Node name, Node out, Operator operator, List<Value> inputs) {
        return Node.of(name.name(), operator, inputs, List.of(out.output().name() + " channels last")).output();
    }

    /** The permutation from {@code [n, c, ...]} to {@code [n, ..., c]}. */
    static List<Integer> last(int rank) {
        List<Integer> perm = new ArrayList<>(IntStream.range(2, rank).boxed().toList());
        perm.addFirst(0);
        perm.addLast(1);
        return perm;
    }

    static List<Integer> first(int rank) {
        List<Integer> perm = new ArrayList<>(IntStream.range(1, rank - 1).boxed().toList());
        perm.addFirst(rank - 1);
        perm.addFirst(0);
        return perm;
    }
}
