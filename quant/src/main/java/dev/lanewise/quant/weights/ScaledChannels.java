package dev.lanewise.quant.weights;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Activation;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.norm.LayerNormalization;
import dev.lanewise.op.norm.RMSNormalization;
import dev.lanewise.op.shape.Identity;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A value whose channels may be divided by any positive numbers and multiplied back in the matrices that read it, without a further
 * operation: what comes before it has constants that take the division.
 *
 * @param input {@code [..., k]}
 * @param readers the matrices, which are all that reads it
 * @param before constants, of k along an axis each, that the division goes into
 */
record ScaledChannels(Value input, List<WeightMatrix> readers, List<Along> before) {
    /** A constant and the axis of it that runs over channels. */
    record Along(Value constant, int axis) {
    }

    /** All of a graph, in the order of the matrices. */
    static List<ScaledChannels> of(Graph graph, List<WeightMatrix> matrices) {
        Map<Value, List<WeightMatrix>> byInput = new LinkedHashMap<>();
        matrices.stream().filter(m -> !m.isTable() && !m.isFilter())
                .forEach(m -> byInput.computeIfAbsent(m.input(), v -> new ArrayList<>()).add(m));
        Map<Value, List<Node>> uses = graph.consumers();
        List<ScaledChannels> found = new ArrayList<>();
        byInput.forEach((input, readers) -> {
            int k = readers.getFirst().k();
            Walk walk = new Walk(uses, new HashSet<>(graph.outputs()), k);
            boolean own = readers.stream().allMatch(m -> walk.isOwn(m.constant()))
                    && uses.get(input).size() == readers.size() && !walk.outputs.contains(input);
            List<Along> before = own && input.fact().hasShape()
                    ? walk.back(input, List.of(input.fact().rank() - 1)) : null;
            if (before != null) {
                found.add(new ScaledChannels(input, readers, before));
            }
        });
        return found;
    }

    /** From a value backwards, as long as each operator gives a scaled result for a scaled input. */
    private record Walk(Map<Value, List<Node>> uses, Set<Value> outputs, int k) {
        private static final Set<Unary.Function> HOMOGENEOUS =
                Set.of(Unary.Function.RELU, Unary.Function.ABS, Unary.Function.NEG);

        private boolean isOwn(Value constant) {
            return constant.producer() == null && constant.isConstant() && !outputs.contains(constant)
                    && uses.getOrDefault(constant, List.of()).size() == 1;
        }

        /**
         * Constants that divide the channels of a value; null where there are none.
         *
         * @param axes that channels run along: the last, or heads and a head's channels
         */
        private List<Along> back(Value v, List<Integer> axes) {
            Node n = v.producer();
            if (n == null) {
                return null;
            }
            boolean last = axes.size() == 1 && axes.getFirst() == v.fact().rank() - 1;
            return switch (n.operator()) {
                case Identity op -> through(n.input(0), axes);
                case Unary(Unary.Function f) when HOMOGENEOUS.contains(f) -> through(n.input(0), axes);
                case Activation a when a.function() == Activation.Function.LEAKY_RELU -> through(n.input(0), axes);
                case Binary(Binary.Function f) when last -> binary(f, n);
                case LayerNormalization op when last && lastAxis(op.axis(), v) -> constants(n, 1, 2);
                case RMSNormalization op when last && lastAxis(op.axis(), v) -> constants(n, 1);
                case MatMul op when last && n.input(1).isConstant() -> columns(n, 1);
                case MatMul op when sameHeads(n, axes) -> through(n.input(1), axes);
                case Gemm g when last && !g.transposeA() && g.alpha() == 1 && g.beta() == 1 ->
                        both(columns(n, g.transposeB() ? 0 : 1), n.input(2) == null ? List.of() : constants(n, 2));
                case Transpose(List<Integer> perm) -> through(n.input(0), axes.stream()
                        .map(a -> perm.isEmpty() ? v.fact().rank() - 1 - a : perm.get(a)).toList());
                case Reshape op -> reshaped(n, v, axes);
                default -> null;
            };
        }

        private List<Along> through(Value v, List<Integer> axes) {
            boolean inside = v.producer() != null && uses.get(v).size() == 1 && !outputs.contains(v)
                    && v.fact().hasShape();
            return inside ? back(v, axes) : null;
        }

        private List<Along> binary(Binary.Function f, Node n) {
            Value a = n.input(0);
            Value b = n.input(1);
            boolean constant = a.isConstant() || b.isConstant();
            Value computed = a.isConstant() ? b : a;
            Value number = a.isConstant() ? a : b;
            return switch (f) {
                case ADD -> both(side(a), side(b));
                case MUL -> constant && isNumber(number) ? deeper(computed) : either(side(b), side(a));
                case DIV -> b.isConstant() && isNumber(b) ? deeper(a) : null;
                default -> null;
            };
        }

        private static boolean isNumber(Value v) {
            return v.fact().isConcrete() && v.fact().size().is(1);
        }

        private List<Along> side(Value v) {
            return v.isConstant() ? constant(v) : deeper(v);
        }

        private List<Along> deeper(Value v) {
            boolean whole = v.fact().hasShape() && v.fact().rank() > 0 && v.fact().shape()[v.fact().rank() - 1].is(k);
            return whole ? through(v, List.of(v.fact().rank() - 1)) : null;
        }

        /** Channels are the last axis of the constant, and its only one. */
        private List<Along> constant(Value v) {
            boolean fits = isOwn(v) && isFloat(v) && v.fact().rank() > 0 && v.fact().size().is(k)
                    && v.fact().shape()[v.fact().rank() - 1].is(k);
            return fits ? List.of(new Along(v, v.fact().rank() - 1)) : null;
        }

        private static boolean isFloat(Value v) {
            Tensor t = v.fact().constant();
            return t != null && t.type() == DataType.FLOAT;
        }

        private List<Along> constants(Node n, int... inputs) {
            List<Along> all = List.of();
            for (int i : inputs) {
                all = n.input(i) == null ? all : both(all, constant(n.input(i)));
            }
            return all;
        }

        private List<Along> columns(Node n, int axis) {
            Value w = n.input(1);
            boolean fits = isOwn(w) && isFloat(w) && w.fact().rank() == 2 && w.fact().shape()[axis].is(k);
            return fits ? List.of(new Along(w, axis)) : null;
        }

        private static List<Along> both(List<Along> a, List<Along> b) {
            if (a == null || b == null) {
                return null;
            }
            List<Along> all = new ArrayList<>(a);
            all.addAll(b);
            return all;
        }

        private static List<Along> either(List<Along> a, List<Along> b) {
            return a != null ? a : b;
        }

        private static boolean lastAxis(int axis, Value v) {
            return axis == -1 || axis == v.fact().rank() - 1;
        }

        /** Weighted sums over rows of the right operand: head by head, so each channel of it goes to the same of the result. */
        private static boolean sameHeads(Node n, List<Integer> axes) {
            Dim[] y = n.output().fact().shape();
            Dim[] b = n.input(1).fact().hasShape() ? n.input(1).fact().shape() : new Dim[0];
            return axes.getLast() == y.length - 1 && b.length == y.length
                    && (axes.size() == 1 || axes.getFirst() < y.length - 2)
                    && axes.stream().allMatch(a -> y[a].equals(b[a]));
        }

        /** Between {@code [..., k]} and {@code [..., heads, k / heads]}. */
        private List<Along> reshaped(Node n, Value v, List<Integer> axes) {
            Value x = n.input(0);
            if (!x.fact().hasShape()) {
                return null;
            }
            Dim[] from = x.fact().shape();
            Dim[] to = v.fact().shape();
            boolean joins = axes.equals(List.of(to.length - 1)) && from.length > 1 && endsInHeads(from);
            boolean splits = axes.equals(List.of(to.length - 2, to.length - 1)) && endsInHeads(to) && from.length > 0
                    && from[from.length - 1].is(k);
            return joins ? through(x, List.of(from.length - 2, from.length - 1))
                    : splits ? through(x, List.of(from.length - 1)) : null;
        }

        private boolean endsInHeads(Dim[] shape) {
            return Dim.product(Arrays.copyOfRange(shape, shape.length - 2, shape.length)).is(k);
        }
    }
}
