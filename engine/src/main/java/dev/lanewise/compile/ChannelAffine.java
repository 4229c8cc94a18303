package dev.lanewise.compile;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.norm.BatchNormalization;
import dev.lanewise.op.norm.UnifiedNormalization;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * {@code y = scale x + shift} for each channel (last axis) of x, in double: rounding is left to whoever makes weights of it.
 *
 * @param data the value x
 * @param scales whether any step of it multiplies
 */
record ChannelAffine(Value data, double[] scale, double[] shift, boolean scales) {
    /** What a node does to one of its inputs if it is such a function, else null. */
    static ChannelAffine of(Node n) {
        return switch (n == null ? null : n.operator()) {
            case UnifiedNormalization u -> n.input(0).fact().hasShape() ? new ChannelAffine(n.input(0),
                    u.factors(constant(n, 1), constant(n, 3)), doubles(constant(n, 2)), true) : null;
            case BatchNormalization b when !b.training() && isVectors(n, 1, 4) && hasRank(n.input(0), 2) -> batch(n, b);
            case Binary(Binary.Function f) -> binary(n, f);
            case null, default -> null;
        };
    }

    private static Tensor constant(Node n, int input) {
        return n.input(input).fact().constant();
    }

    private static double[] doubles(Tensor t) {
        double[] d = new double[t.size()];
        Arrays.setAll(d, i -> t.floats()[i]);
        return d;
    }

    private static boolean hasRank(Value v, int rank) {
        return v.fact().type() == DataType.FLOAT && v.fact().hasShape() && v.fact().rank() == rank;
    }

    private static boolean isVectors(Node n, int first, int last) {
        for (int i = first; i <= last; i++) {
            if (n.input(i) == null || !n.input(i).isConstant() || !hasRank(n.input(i), 1)) {
                return false;
            }
        }
        return true;
    }

    private static ChannelAffine batch(Node n, BatchNormalization b) {
        double[] scale = doubles(constant(n, 1));
        double[] shift = doubles(constant(n, 2));
        for (int c = 0; c < scale.length; c++) {
            scale[c] /= Math.sqrt(constant(n, 4).floats()[c] + (double) b.epsilon());
            shift[c] -= scale[c] * constant(n, 3).floats()[c];
        }
        return new ChannelAffine(n.input(0), scale, shift, true);
    }

    private static ChannelAffine binary(Node n, Binary.Function f) {
        for (int side = 0; side < 2; side++) {
            Value x = n.input(1 - side);
            double[] v = side == 0 && (f == Binary.Function.SUB || f == Binary.Function.DIV) ? null
                    : vector(n.input(side), x);
            if (v == null) {
                continue;
            }
            double[] ones = new double[v.length];
            Arrays.fill(ones, 1);
            double[] zeros = new double[v.length];
            switch (f) {
                case ADD -> {
                    return new ChannelAffine(x, ones, v, false);
                }
                case SUB -> {
                    return new ChannelAffine(x, ones, mapped(v, d -> -d), false);
                }
                case MUL -> {
                    return new ChannelAffine(x, v, zeros, true);
                }
                case DIV -> {
                    return new ChannelAffine(x, mapped(v, d -> 1 / d), zeros, true);
                }
                default -> {
                    return null;
                }
            }
        }
        return null;
    }

    private static double[] mapped(double[] v, DoubleUnaryOperator f) {
        return Arrays.stream(v).map(f).toArray();
    }

    /** A constant with one element for each channel of x, or null. */
    private static double[] vector(Value v, Value x) {
        Tensor t = v.fact().constant();
        if (t == null || t.type() != DataType.FLOAT || t.rank() == 0 || t.size() < 2 || x.isConstant()
                || !x.fact().hasShape() || x.fact().rank() < t.rank() || t.dim(t.rank() - 1) != t.size()) {
            return null;
        }
        return x.fact().shape()[x.fact().rank() - 1].is(t.size()) ? doubles(t) : null;
    }

    /** This function of what {@code first} gives. */
    ChannelAffine after(ChannelAffine first) {
        double[] s = scale.clone();
        double[] t = shift.clone();
        for (int c = 0; c < s.length; c++) {
            t[c] += s[c] * first.shift[c];
            s[c] *= first.scale[c];
        }
        return new ChannelAffine(first.data, s, t, scales || first.scales);
    }

    /** The scale alone. */
    ChannelAffine withoutShift() {
        return new ChannelAffine(data, scale, new double[shift.length], scales);
    }

    int channels() {
        return scale.length;
    }

    boolean shifts() {
        return Arrays.stream(shift).anyMatch(d -> d != 0);
    }

    /** Whether the last axis of v is the channels. */
    boolean fits(Value v) {
        Dim[] shape = v.fact().shape();
        return v.fact().type() == DataType.FLOAT && shape != null && shape.length > 0
                && shape[shape.length - 1].is(channels());
    }
}
