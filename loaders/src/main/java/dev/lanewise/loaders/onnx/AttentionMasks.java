package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Binary;
import dev.lanewise.op.logic.Compare;
import dev.lanewise.op.logic.Logical;
import dev.lanewise.op.logic.Where;
import dev.lanewise.op.shape.Concat;
import dev.lanewise.op.shape.Reshape;
import dev.lanewise.op.shape.Split;
import java.util.List;

/**
 * The forms of masks of attention in ONNX Runtime's domain, brought to FLOAT {@code [batch|1, 1, queries|1, keys]} that is added to
 * the scores.
 *
 * @param batch,queries,keys INT64 scalars
 */
record AttentionMasks(Compose c, Value x, Value batch, Value queries, Value keys) {
    private static final float FILTER = -10000;

    /** A mask as the operators {@code Attention} and {@code MultiHeadAttention} take it, or null for none. */
    Value padding(Value mask) {
        if (mask == null) {
            return null;
        }
        if (mask.fact().type() != DataType.INT32) {
            throw c.node().error("an INT32 mask", mask.fact().type().toString(), "cast the mask");
        }
        Value seen = switch (c.rank(mask)) {
            case 1 -> positions(mask);
            case 2 -> c.unsqueeze(positive(mask), 1, 2);
            case 3 -> c.unsqueeze(positive(mask), 1);
            default -> throw c.node().unsupported("with a mask of rank " + c.rank(mask));
        };
        return added(seen, c.node().real("mask_filter_value", FILTER));
    }

    private Value positive(Value mask) {
        return c.make(new Compare(Compare.Function.GREATER), mask, c.number(0, DataType.INT32));
    }

    private Value added(Value seen, float otherwise) {
        return c.make(new Where(), seen, c.number(0, DataType.FLOAT), c.number(otherwise, DataType.FLOAT));
    }

    /** Ends of the sequences, or ends and then starts. */
    private Value positions(Value mask) {
        Dim count = mask.fact().shape()[0];
        Dim sequences = x.fact().shape()[0];
        boolean known = count.isConstant() && sequences.isConstant();
        if (count.equals(sequences) || !known && !count.equals(sequences.times(2))) {
            return before(mask);
        }
        if (!count.equals(sequences.times(2))) {
            throw c.node().unsupported("with a mask of " + count + " positions for " + sequences + " sequences");
        }
        List<Value> parts = c.node().intermediates(new Split(0, 2), mask);
        Value started = c.make(new Compare(Compare.Function.GREATER_OR_EQUAL), all(), ofSequence(parts.get(1)));
        return c.make(new Logical(Logical.Function.AND), before(parts.get(0)), started);
    }

    private Value before(Value ends) {
        return c.make(new Compare(Compare.Function.LESS), all(), ofSequence(ends));
    }

    private Value all() {
        return new Ranges(c).upTo(keys);
    }

    /** INT64 {@code [batch, 1, 1, 1]}; that there is one number for each sequence is checked when it runs. */
    Value ofSequence(Value numbers) {
        Value shape = c.make(new Concat(0), c.unsqueeze(batch, 0), c.integers(1, 1, 1));
        return c.make(new Reshape(false), c.cast(numbers, DataType.INT64), shape);
    }

    /** Query i sees keys up to i and those of the past. */
    Value causal(Value past) {
        Ranges ranges = new Ranges(c);
        Value last = past == null ? ranges.upTo(queries) : ranges.from(past, queries);
        return c.unsqueeze(added(c.make(new Compare(Compare.Function.LESS_OR_EQUAL), all(), c.unsqueeze(last, 1)),
                Float.NEGATIVE_INFINITY), 0, 1);
    }

    /** The sum of those that are there; null where none is. */
    Value sum(Value... masks) {
        Value sum = null;
        for (Value m : masks) {
            sum = sum == null ? m : m == null ? sum : c.binary(Binary.Function.ADD, sum, m);
        }
        return sum;
    }
}
