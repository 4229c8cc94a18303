package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Value;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.reduce.Softmax;
import dev.lanewise.op.shape.Concat;

/**
 * Attention of several heads written out as exporters do, in FLOAT, which is the form that the compiler knows. Values
 * {@code [batch, tokens, heads*d]} are called joined here, {@code [batch, heads, tokens, d]} split.
 *
 * @param scale of the scores; NaN for {@code 1/sqrt(d)}
 */
record HeadsCore(Compose c, int heads, float scale) {
    static HeadsCore of(Compose c) {
        OnnxNode n = c.node();
        long heads = n.requiredInteger("num_heads");
        if (heads < 1 || heads > 1 << 20) {
            throw n.error("num_heads of 1 or more", Long.toString(heads), "correct num_heads");
        }
        float scale = n.real("scale", 0);
        return new HeadsCore(c, (int) heads, scale == 0 ? Float.NaN : scale);
    }

    Value split(Value joined) {
        return c.transpose(parted(joined), 0, 2, 1, 3);
    }

    private Value parted(Value joined) {
        if (c.rank(joined) != 3) {
            throw c.node().error("a value [batch, tokens, width]", joined.fact().toString(), "check the inputs");
        }
        Dim width = joined.fact().shape()[2];
        if (width.isConstant() && width.value() % heads != 0) {
            throw c.node().error("heads that divide the width", heads + " heads for " + joined.fact(),
                    "correct num_heads");
        }
        return c.reshape(joined, 0, 0, heads, -1);
    }

    Value join(Value split) {
        return c.reshape(c.transpose(split, 0, 2, 1, 3), 0, 0, -1);
    }

    /** Past and new tokens, split; the past may be missing. */
    Value after(Value past, Value split) {
        return past == null ? split : c.make(new Concat(2), wide(past), split);
    }

    Value wide(Value x) {
        return c.cast(x, DataType.FLOAT);
    }

    /** From joined q, k and v to a joined result; the mask, which is added to the scores, may be missing. */
    Value joined(Value q, Value k, Value v, Value mask) {
        return attention(split(q), c.transpose(parted(k), 0, 2, 3, 1), split(v), mask);
    }

    /** From split q, k and v to a joined result. */
    Value split(Value q, Value k, Value v, Value mask) {
        return attention(q, c.transpose(k, 0, 1, 3, 2), v, mask);
    }

    private Value attention(Value q, Value transposedK, Value v, Value mask) {
        Value scores = c.scaled(c.make(new MatMul(), q, transposedK), factor(q));
        return join(c.make(new MatMul(), c.make(new Softmax(-1), c.plus(scores, mask)), v));
    }

    private float factor(Value q) {
        if (!Float.isNaN(scale)) {
            return scale;
        }
        Dim size = c.rank(q) == 4 ? q.fact().shape()[3] : null;
        return (float) (1 / Math.sqrt(ContribImports.known(c.node(), size, "a head size")));
    }
}
