package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Value;
import dev.lanewise.op.attention.Attention;
import dev.lanewise.op.attention.RotaryEmbedding;
import dev.lanewise.op.attention.TensorScatter;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.logic.Compare;
import dev.lanewise.op.logic.Logical;
import dev.lanewise.op.logic.Where;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.ConstantOfShape;
import dev.lanewise.op.shape.Expand;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Shape;
import dev.lanewise.op.shape.Split;
import java.util.List;

/** Importers of {@code GroupQueryAttention} and {@code RotaryEmbedding} in the domain {@code com.microsoft}. */
final class GroupedAttentionImports {
    private GroupedAttentionImports() {
    }

    /** How an operator type is read; null for what is not among these. */
    static OperatorImporter find(String type) {
        return switch (type) {
            case "GroupQueryAttention" -> GroupedAttentionImports::groupQueryAttention;
            case "RotaryEmbedding" -> GroupedAttentionImports::rotaryEmbedding;
            default -> null;
        };
    }

    /** Positions are given one by one, or as the first one of every sequence. */
    private static List<Value> rotaryEmbedding(OnnxNode n) {
        Compose c = new Compose(n);
        ContribAttentionImports.refuse(n, "is_packed_batching");
        if (n.real("scale", 1) != 1) {
            throw n.unsupported("scale=" + n.real("scale", 1));
        }
        Value x = c.required(0);
        Value positions = c.required(1);
        int rank = c.rank(x);
        if (c.rank(positions) < 2) {
            Value tokens = c.dimension(x, rank == 4 ? 2 : 1);
            Value one = c.make(new Reshape(false), positions, c.node().constant(Tensor.of(new long[0], 0)));
            positions = expanded(c, new Ranges(c).from(one, tokens), x, tokens);
        }
        int turned = Math.toIntExact(n.integer("rotary_embedding_dim", 0));
        int heads = Math.toIntExact(n.integer("num_heads", 0));
        if (rank == 3 && heads == 0) {
            Dim half = c.rank(c.required(2)) == 2 ? c.required(2).fact().shape()[1] : Dim.ZERO;
            int size = 2 * ContribImports.known(n, half, "a cache's width");
            int width = ContribImports.known(n, x.fact().shape()[2], "a width");
            if (turned != 0 || size == 0 || width % size != 0) {
                throw n.error("num_heads, or caches whose width divides that of the input", "none and " + x.fact(),
                        "give num_heads");
            }
            heads = width / size;
        }
        return n.node(new RotaryEmbedding(heads, turned, n.integer("interleaved", 0) != 0), x, c.required(2),
                c.required(3), positions);
    }

    /** {@code [tokens]} as {@code [batch, tokens]}. */
    private static Value expanded(Compose c, Value row, Value x, Value tokens) {
        Value shape = c.make(new Concat(0), c.unsqueeze(c.dimension(x, 0), 0), c.unsqueeze(tokens, 0));
        return c.make(new Expand(), row, shape);
    }

    private static List<Value> groupQueryAttention(OnnxNode n) {
        Compose c = new Compose(n);
        refuseForms(n);
        HeadsCore queries = HeadsCore.of(c);
        HeadsCore keys = new HeadsCore(c, Math.toIntExact(n.requiredInteger("kv_num_heads")), queries.scale());
        if (keys.heads() < 1 || queries.heads() % keys.heads() != 0) {
            throw n.error("kv_num_heads that divides num_heads", keys.heads() + " of " + queries.heads(),
                    "correct kv_num_heads");
        }
        Value x = c.required(0);
        DataType type = x.fact().type();
        List<Value> joined = joined(c, x, queries.heads(), keys.heads());
        Value q = queries.split(queries.wide(joined.get(0)));
        Value k = keys.split(keys.wide(joined.get(1)));
        Value v = keys.split(keys.wide(joined.get(2)));
        Value tokens = c.dimension(x, 1);
        Value total = c.make(new Reshape(false), c.cast(c.required(6), DataType.INT64),
                n.constant(Tensor.of(new long[0], 0)));
        Value past = pastLengths(c, tokens, total);
        if (n.integer("do_rotary", 0) != 0) {
            Value positions = n.input(9) != null ? n.input(9)
                    : c.add(c.unsqueeze(past, 1), new Ranges(c).upTo(tokens));
            q = turned(c, q, positions);
            k = turned(c, k, positions);
        }
        Value presentKeys = present(c, n.input(3), k, past, total);
        Value presentValues = present(c, n.input(4), v, past, total);
        Value mask = mask(c, tokens, c.dimension(presentKeys, 2), past);
        if (n.input(10) != null) {
            Value bias = c.cast(n.input(10), DataType.FLOAT);
            mask = c.make(new Where(), mask, bias, c.number(Float.NEGATIVE_INFINITY, DataType.FLOAT));
        }
        Attention op = new Attention(false, 0, 0, queries.scale(), n.real("softcap", 0), Attention.Scores.RAW);
        Value y = queries.join(c.make(op, q, presentKeys, presentValues, mask));
        return List.of(c.cast(y, type), c.cast(presentKeys, type), c.cast(presentValues, type));
    }

    private static void refuseForms(OnnxNode n) {
        ContribAttentionImports.refuse(n, "smooth_softmax", "qk_output", "kv_cache_bit_width");
        ContribAttentionImports.refuseInput(n, 11, "head_sink");
        ContribAttentionImports.refuseInput(n, 12, "k_scale");
        ContribAttentionImports.refuseInput(n, 13, "v_scale");
        for (String a : List.of("k_quant_type", "v_quant_type")) {
            if (!n.text(a, "NONE").equals("NONE")) {
                throw n.unsupported(a + "=" + n.text(a, ""));
            }
        }
        if (n.outputCount() > 3) {
            throw n.unsupported("with scores as an output");
        }
        if (n.input(3) == null != (n.input(4) == null)) {
            throw n.error("past keys and past values", "one of them", "give both or none");
        }
    }

    /** q, k and v, which the query may hold side by side. */
    private static List<Value> joined(Compose c, Value x, int heads, int keyHeads) {
        OnnxNode n = c.node();
        if (n.input(1) != null && n.input(2) != null) {
            return List.of(x, n.input(1), n.input(2));
        }
        if (n.input(1) != null || n.input(2) != null || c.rank(x) != 3) {
            throw n.error("query, key and value, or all packed in the query", "some of them", "check the inputs");
        }
        int width = ContribImports.known(n, x.fact().shape()[2], "a width");
        int parts = heads + 2 * keyHeads;
        if (width % parts != 0) {
            throw n.error("a packed query whose width " + parts + " heads divide", x.fact().toString(),
                    "check num_heads and kv_num_heads");
        }
        int size = width / parts;
        return n.intermediates(new Split(2, 3), x,
                c.integers((long) heads * size, (long) keyHeads * size, (long) keyHeads * size));
    }

    /** INT64 {@code [batch]}: tokens of each sequence before those of this run; none where a prompt starts. */
    private static Value pastLengths(Compose c, Value tokens, Value total) {
        Value last = c.cast(c.reshape(c.required(5), -1), DataType.INT64);
        Value before = c.binary(Binary.Function.SUB, c.add(last, c.integer(1)), tokens);
        return c.make(new Where(), c.make(new Compare(Compare.Function.EQUAL), total, tokens), c.integer(0), before);
    }

    private static Value turned(Compose c, Value x, Value positions) {
        boolean interleaved = c.node().integer("rotary_interleaved", 0) != 0;
        Value cosines = c.cast(c.required(7), DataType.FLOAT);
        Value sines = c.cast(c.required(8), DataType.FLOAT);
        Dim half = c.rank(cosines) == 2 ? cosines.fact().shape()[1] : Dim.ZERO;
        int width = 2 * ContribImports.known(c.node(), half, "a cache's width");
        return c.make(new RotaryEmbedding(0, width, interleaved), x, cosines, sines, positions);
    }

    /** The cache, made as long as all tokens need, with the new ones behind those of the past. */
    private static Value present(Compose c, Value past, Value now, Value pastLengths, Value total) {
        if (past == null) {
            return now;
        }
        Value wide = c.cast(past, DataType.FLOAT);
        Value missing = c.binary(Binary.Function.MAX, c.integer(0),
                c.binary(Binary.Function.SUB, total, c.dimension(wide, 2)));
        Value shape = c.make(new Concat(0), c.make(new Shape(0, 2), wide), c.unsqueeze(missing, 0),
                c.make(new Shape(3, null), wide));
        Value zeros = c.make(new ConstantOfShape(Tensor.of(new float[1], 1)), shape);
        Value room = c.make(new Concat(2), wide, zeros);
        return c.make(new TensorScatter(2, false), room, now, pastLengths);
    }

    /** BOOL {@code [batch, 1, queries, keys]}: keys up to the query's own position, and not beyond a window before it. */
    private static Value mask(Compose c, Value tokens, Value keys, Value past) {
        Ranges ranges = new Ranges(c);
        Value key = ranges.upTo(keys);
        Value own = c.unsqueeze(c.add(c.unsqueeze(past, 1), ranges.upTo(tokens)), 1, 3);
        Value seen = c.make(new Compare(Compare.Function.LESS_OR_EQUAL), key, own);
        long window = c.node().integer("local_window_size", -1);
        if (window <= 0) {
            return seen;
        }
        Value first = c.binary(Binary.Function.SUB, own, c.integer(window));
        return c.make(new Logical(Logical.Function.AND), seen,
                c.make(new Compare(Compare.Function.GREATER), key, first));
    }
}
