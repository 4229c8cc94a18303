package dev.lanewise.op.attention;

import dev.lanewise.DataType;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Patch;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Pattern;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.reduce.Softmax;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Transpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Recognises multi-head attention written out by an exporter: heads split by Reshape and Transpose, {@code MatMul}, scale as
 * Div or Mul (on the scores, or on queries and keys), an optional mask added, Softmax, {@code MatMul}, heads joined again.
 */
public final class MultiHeadAttentionRule implements Rule {
    private static final List<Integer> SPLIT = List.of(0, 2, 1, 3);
    private static final List<Integer> SPLIT_TRANSPOSED = List.of(0, 2, 3, 1);
    private static final List<Integer> LAST_TWO = List.of(0, 1, 3, 2);

    /** A value with a constant factor taken off it. */
    private record Scaled(Value value, float factor) {
    }

    @Override
    public Patch match(Node join, Map<Value, List<Node>> uses) {
        if (!(join.operator() instanceof Reshape)) {
            return null;
        }
        Node merge = join.input(0).producer();
        Node context = isTranspose(merge, SPLIT) ? merge.input(0).producer() : null;
        if (context == null || !(context.operator() instanceof MatMul)) {
            return null;
        }
        Value v = unsplit(context.input(1));
        Node softmax = context.input(0).producer();
        if (v == null || softmax == null || !(softmax.operator() instanceof Softmax(int axis))
                || axis != 3 && axis != -1) {
            return null;
        }
        Value scores = softmax.input(0);
        Value mask = null;
        if (Pattern.isBinary(scores.producer(), Binary.Function.ADD)) {
            Node sum = scores.producer();
            int side = isScores(sum.input(0)) ? 0 : 1;
            scores = sum.input(side);
            mask = sum.input(1 - side);
        }
        return attention(join, scores, mask, v, context.input(1).fact().shape());
    }

    private static Patch attention(Node join, Value scores, Value mask, Value v, Dim[] values) {
        Scaled scaled = unscale(scores);
        Node product = scaled.value.producer();
        if (product == null || !(product.operator() instanceof MatMul)) {
            return null;
        }
        Scaled left = unscale(product.input(0));
        Scaled right = unscale(product.input(1));
        Value q = unsplit(left.value);
        Value k = unsplitTransposed(right.value);
        if (q == null || k == null) {
            return null;
        }
        Dim[] split = left.value.fact().shape();
        Dim[] keys = right.value.fact().shape();
        if (!sharesNothing(split, keys) || !sharesNothing(split, values) || !split[3].equals(keys[2])) {
            return null;
        }
        Dim[] valueSplit = join.input(0).fact().shape();
        Dim[] out = join.output().fact().shape();
        if (!split[1].isConstant() || !split[3].isConstant() || out == null || out.length != 3
                || !valueSplit[3].isConstant()
                || !out[2].equals(split[1].times(valueSplit[3])) || !fits(mask, scores.fact().shape())) {
            return null;
        }
        List<Value> inputs = new ArrayList<>(List.of(q, k, v));
        if (mask != null) {
            inputs.add(mask);
        }
        float scale = scaled.factor * left.factor * right.factor;
        var op = new MultiHeadAttention((int) split[1].value(), scale, false, mask != null);
        return Patch.replace(join.output(), Node.of(join.name(), op, inputs, List.of(join.output().name())).output());
    }

    private static boolean isScores(Value v) {
        Node n = unscale(v).value.producer();
        return n != null && n.operator() instanceof MatMul;
    }

    /** Whether sequences and heads are as many: keys and values that several queries share are a broadcast. */
    private static boolean sharesNothing(Dim[] queries, Dim[] others) {
        return queries[0].equals(others[0]) && queries[1].equals(others[1]);
    }

    /** The mask must spread over the scores without enlarging them, and say something about every key. */
    private static boolean fits(Value mask, Dim[] scores) {
        if (mask == null) {
            return true;
        }
        Dim[] m = mask.fact().shape();
        if (mask.fact().type() != DataType.FLOAT || m == null || m.length != 4 || !m[3].equals(scores[3])) {
            return false;
        }
        for (int d = 0; d < 3; d++) {
            if (!m[d].is(1) && !m[d].equals(scores[d])) {
                return false;
            }
        }
        return true;
    }

    private static Scaled unscale(Value v) {
        Node n = v.producer();
        if (Pattern.isBinary(n, Binary.Function.DIV) && Pattern.scalar(n.input(1)) != null) {
            return new Scaled(n.input(0), 1 / Pattern.scalar(n.input(1)));
        }
        for (int side = 0; side < 2 && Pattern.isBinary(n, Binary.Function.MUL); side++) {
            if (Pattern.scalar(n.input(1 - side)) != null) {
                return new Scaled(n.input(side), Pattern.scalar(n.input(1 - side)));
            }
        }
        return new Scaled(v, 1);
    }

    private static boolean isTranspose(Node n, List<Integer> permutation) {
        return n != null && n.operator() instanceof Transpose(List<Integer> p) && p.equals(permutation);
    }

    /** {@code [b, s, h*d]} behind {@code [b, h, s, d]}, or null. */
    private static Value unsplit(Value v) {
        return isTranspose(v.producer(), SPLIT) ? unshaped(v.producer().input(0)) : null;
    }

    /** {@code [b, s, h*d]} behind {@code [b, h, d, s]}, transposed in one step or in two. */
    private static Value unsplitTransposed(Value v) {
        if (isTranspose(v.producer(), SPLIT_TRANSPOSED)) {
            return unshaped(v.producer().input(0));
        }
        return isTranspose(v.producer(), LAST_TWO) ? unsplit(v.producer().input(0)) : null;
    }

    private static Value unshaped(Value split) {
        Node n = split.producer();
        Dim[] to = split.fact().shape();
        if (n == null || !(n.operator() instanceof Reshape) || to == null || to.length != 4) {
            return null;
        }
        Dim[] from = n.input(0).fact().shape();
        boolean same = from != null && from.length == 3 && from[0].equals(to[0]) && from[1].equals(to[1])
                && from[2].equals(to[2].times(to[3]));
        return same ? n.input(0) : null;
    }
}
