package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Value;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Split;
import java.util.ArrayList;
import java.util.List;

/** Importers of {@code Attention} and {@code MultiHeadAttention} in the domain {@code com.microsoft}. */
final class ContribAttentionImports {
    private ContribAttentionImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "Attention" -> ContribAttentionImports::attention;
            case "MultiHeadAttention" -> ContribAttentionImports::multiHeadAttention;
            default -> null;
        };
    }

    private static List<Value> attention(OnnxNode n) {
        Compose c = new Compose(n);
        refuse(n, "do_rotary", "past_present_share_buffer");
        refuseInput(n, 6, "past_sequence_length");
        Value x = c.required(0);
        if (c.rank(x) != 3) {
            throw n.error("input [batch, tokens, width]", x.fact().toString(), "reshape it");
        }
        Value w = c.required(1);
        int[] sizes = sizes(n, c.rank(w) == 2 ? w.fact().shape()[1] : null);
        List<Value> projections = projections(c, x, w, n.input(2), sizes);
        return attention(c, x, projections, n.input(3), n.input(4), n.input(5));
    }

    /** Widths of q, k and v. */
    static int[] sizes(OnnxNode n, Dim all) {
        if (all == null) {
            throw n.error("weights of rank 2", "another rank", "check the weights");
        }
        int width = ContribImports.known(n, all, "a width of the weights");
        long[] given = n.integers("qkv_hidden_sizes");
        int[] sizes = {width / 3, width / 3, width - width / 3 * 2};
        for (int i = 0; given != null && i < 3; i++) {
            sizes[i] = given.length == 3 ? Math.toIntExact(given[i]) : -1;
        }
        boolean fits = sizes[0] > 0 && sizes[0] == sizes[1] && sizes[2] > 0
                && (long) sizes[0] + sizes[1] + sizes[2] == width && (given != null || width % 3 == 0);
        if (!fits) {
            throw n.error("qkv_hidden_sizes of three numbers, the first two the same, that add up to " + width,
                    given == null ? "none" : List.of(sizes[0], sizes[1], sizes[2]).toString(),
                    "correct qkv_hidden_sizes");
        }
        return sizes;
    }

    /** One product for each of q, k and v where the weights are constant, which are packed together again later. */
    private static List<Value> projections(Compose c, Value x, Value w, Value bias, int[] sizes) {
        List<Value> biases = bias == null ? null : parts(c, bias, 0, sizes);
        List<Value> made = new ArrayList<>();
        if (w.fact().constant() == null) {
            made.addAll(split(c, c.make(new MatMul(), x, w), 2, sizes));
        } else {
            parts(c, w, 1, sizes).forEach(part -> made.add(c.make(new MatMul(), x, part)));
        }
        for (int i = 0; i < 3 && biases != null; i++) {
            made.set(i, c.add(made.get(i), biases.get(i)));
        }
        return made;
    }

    private static List<Value> split(Compose c, Value x, int axis, int[] sizes) {
        return c.node().intermediates(new Split(axis, 3), x, c.integers(sizes[0], sizes[1], sizes[2]));
    }

    /** Cut along the last axis; constants stay constants. */
    static List<Value> parts(Compose c, Value x, int axis, int[] sizes) {
        Tensor whole = x.fact().constant();
        if (whole == null) {
            return split(c, x, axis, sizes);
        }
        List<Value> parts = new ArrayList<>();
        for (Tensor part : new Split(axis, 3).evaluate(new Tensor[] {whole,
            Tensor.of(new long[] {sizes[0], sizes[1], sizes[2]}, 3)})) {
            parts.add(c.node().constant(part.asDeferred()));
        }
        return parts;
    }

    /** The part that {@code Attention} and its quantised form share: after the projections. */
    static List<Value> attention(Compose c, Value x, List<Value> projections, Value mask, Value past, Value bias) {
        OnnxNode n = c.node();
        HeadsCore core = HeadsCore.of(c);
        DataType type = projections.get(0).fact().type();
        Value q = core.wide(projections.get(0));
        Value k = core.wide(projections.get(1));
        Value v = core.wide(projections.get(2));
        Value tokens = c.dimension(x, 1);
        Value before = past == null ? null : c.dimension(past, 3);
        Value keys = past == null ? tokens : c.add(before, tokens);
        AttentionMasks masks = new AttentionMasks(c, x, c.dimension(x, 0), tokens, keys);
        Value added = masks.sum(masks.padding(mask), n.integer("unidirectional", 0) != 0 ? masks.causal(before) : null,
                bias == null ? null : core.wide(bias));
        if (past == null && n.outputCount() < 2) {
            return List.of(c.cast(core.joined(q, k, v, added), type));
        }
        Value keysSplit = core.after(past == null ? null : c.make(new Gather(0), past, c.integer(0)), core.split(k));
        Value valuesSplit = core.after(past == null ? null : c.make(new Gather(0), past, c.integer(1)), core.split(v));
        Value present = c.make(new Concat(0), c.unsqueeze(keysSplit, 0), c.unsqueeze(valuesSplit, 0));
        return List.of(c.cast(core.split(core.split(q), keysSplit, valuesSplit, added), type), c.cast(present, type));
    }

    private static List<Value> multiHeadAttention(OnnxNode n) {
        Compose c = new Compose(n);
        refuseInput(n, 8, "past_sequence_length");
        refuseInput(n, 9, "cache_indirection");
        if (n.outputCount() > 3) {
            throw n.unsupported("with scores as an output");
        }
        HeadsCore core = HeadsCore.of(c);
        Value x = c.required(0);
        DataType type = x.fact().type();
        AttentionInputs in = AttentionInputs.of(core);
        if ((n.input(6) == null) != (n.input(7) == null)) {
            throw n.error("past keys and past values", "one of them", "give both or none");
        }
        Value tokens = c.dimension(x, 1);
        Value before = n.input(6) == null ? null : c.dimension(n.input(6), 2);
        Value now = in.split() ? c.dimension(in.k(), 2) : c.dimension(in.k(), 1);
        AttentionMasks masks = new AttentionMasks(c, x, c.dimension(x, 0), tokens,
                before == null ? now : c.add(before, now));
        Value added = masks.sum(masks.padding(n.input(4)),
                n.integer("unidirectional", 0) != 0 ? masks.causal(before) : null,
                n.input(5) == null ? null : core.wide(n.input(5)));
        if (before == null && !in.split() && n.outputCount() < 2) {
            return List.of(c.cast(core.joined(in.q(), in.k(), in.v(), added), type));
        }
        Value k = core.after(n.input(6), in.split() ? in.k() : core.split(in.k()));
        Value v = core.after(n.input(7), in.split() ? in.v() : core.split(in.v()));
        return List.of(c.cast(core.split(core.split(in.q()), k, v, added), type), c.cast(k, type), c.cast(v, type));
    }

    static void refuse(OnnxNode n, String... attributes) {
        for (String a : attributes) {
            if (n.integer(a, 0) != 0) {
                throw n.unsupported(a + "=" + n.integer(a, 0));
            }
        }
    }

    static void refuseInput(OnnxNode n, int i, String name) {
        if (n.input(i) != null) {
            throw n.unsupported("with input " + name);
        }
    }
}
