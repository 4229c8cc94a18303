package dev.lanewise.loaders.onnx;

import dev.lanewise.graph.Value;
import dev.lanewise.op.shape.Gather;
import java.util.List;

/**
 * Queries, keys and values of {@code MultiHeadAttention}, in FLOAT and with the bias added, whatever form the node gives them in.
 *
 * @param q joined
 * @param k joined, or if {@code split} {@code [batch, heads, tokens, d]}
 */
record AttentionInputs(Value q, Value k, Value v, boolean split) {
    static AttentionInputs of(HeadsCore core) {
        Compose c = core.c();
        OnnxNode n = c.node();
        Value x = core.wide(c.required(0));
        Value key = n.input(1) == null ? null : core.wide(n.input(1));
        Value value = n.input(2) == null ? null : core.wide(n.input(2));
        int rank = c.rank(x);
        AttentionInputs in;
        if (rank == 5 && key == null && value == null) {
            in = new AttentionInputs(packed(c, x, 0), packed(c, x, 1), packed(c, x, 2), false);
        } else if (rank == 3 && key != null && value == null && c.rank(key) == 5) {
            in = new AttentionInputs(x, packed(c, key, 0), packed(c, key, 1), false);
        } else if (rank == 3 && key != null && value != null && c.rank(key) == c.rank(value)
                && (c.rank(key) == 3 || c.rank(key) == 4)) {
                    in = new AttentionInputs(x, key, value, c.rank(key) == 4);
                } else {
                    throw n.error(
                            "query of rank 3 with key and value of rank 3 or 4, or key of rank 5, or query of rank 5 alone",
                            x.fact() + ", " + (key == null ? "none" : key.fact()) + " and "
                                    + (value == null ? "none" : value.fact()),
                            "check the inputs");
                }
        return n.input(3) == null ? in : in.plus(c, core.wide(n.input(3)));
    }

    /** Part {@code i} of {@code [batch, tokens, heads, parts, d]}, joined. */
    private static Value packed(Compose c, Value x, long i) {
        return c.reshape(c.make(new Gather(3), x, c.integer(i)), 0, 0, -1);
    }

    /** Keys and values that come split are a cache, which has its bias already. */
    private AttentionInputs plus(Compose c, Value bias) {
        int width = ContribImports.known(c.node(), bias.fact().size(), "a bias of unknown size");
        int[] sizes = {last(c, q), 0, 0};
        sizes[1] = split ? sizes[0] : last(c, k);
        sizes[2] = width - sizes[0] - sizes[1];
        List<Value> parts = ContribAttentionImports.parts(c, bias, 0, sizes);
        return split ? new AttentionInputs(c.add(q, parts.get(0)), k, v, true)
                : new AttentionInputs(c.add(q, parts.get(0)), c.add(k, parts.get(1)), c.add(v, parts.get(2)), false);
    }

    private static int last(Compose c, Value x) {
        return ContribImports.known(c.node(), x.fact().shape()[c.rank(x) - 1], "a width");
    }
}
