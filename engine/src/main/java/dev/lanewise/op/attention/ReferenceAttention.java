package dev.lanewise.op.attention;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.scalar.ScalarMath;

/**
 * Attention by definition, on FLOAT. The order of operations is that of {@link AttentionTile}: queries are scaled,
 * scores are chains over the head size, softmax runs over blocks of 512 keys with a running maximum and sum, and
 * values are summed in one chain over the keys before the division.
 */
final class ReferenceAttention {

    private final Attention op;
    private final Tensor[] in;
    private final boolean heads;
    private final int batch;
    private final int queryHeads;
    private final int keyHeads;
    private final int queries;
    private final int past;
    private final int keys;
    private final int depth;
    private final int valueDepth;
    private final Tensor y;
    private final Tensor scores;

    ReferenceAttention(Attention op, Tensor[] in) {
        this.op = op;
        this.in = in;
        this.heads = in[0].rank() == 4;
        this.batch = in[0].dim(0);
        this.queryHeads = heads ? in[0].dim(1) : op.queryHeads();
        this.keyHeads = heads ? in[1].dim(1) : op.keyHeads();
        this.queries = in[0].dim(heads ? 2 : 1);
        this.past = in[Attention.PAST_KEY] == null ? 0 : in[Attention.PAST_KEY].dim(2);
        this.keys = past + in[1].dim(heads ? 2 : 1);
        this.depth = heads ? in[0].dim(3) : in[0].dim(2) / queryHeads;
        this.valueDepth = heads ? in[2].dim(3) : in[2].dim(2) / keyHeads;
        if (keyHeads == 0 || queryHeads % keyHeads != 0) {
            throw new InvalidInputException(null, "heads of k that divide those of q", queryHeads + " and " + keyHeads,
                    "check the heads");
        }
        this.y = heads ? Tensor.zeros(DataType.FLOAT, batch, queryHeads, queries, valueDepth)
                : Tensor.zeros(DataType.FLOAT, batch, queries, queryHeads * valueDepth);
        this.scores = Tensor.zeros(DataType.FLOAT, batch, queryHeads, queries, keys);
    }

    Tensor[] run() {
        Tensor presentKey = joined(in[Attention.PAST_KEY], in[1], depth);
        Tensor presentValue = joined(in[Attention.PAST_VALUE], in[2], valueDepth);
        float[] transposed = new float[depth * keys];
        for (int head = 0; head < batch * queryHeads; head++) {
            int b = head / queryHeads;
            int keyHead = b * keyHeads + head % queryHeads / (queryHeads / keyHeads);
            transpose(presentKey.floats(), keyHead * keys * depth, transposed);
            for (int i = 0; i < queries; i++) {
                query(b, head, i, transposed, presentValue.floats(), keyHead * keys * valueDepth);
            }
        }
        return new Tensor[] {y, presentKey, presentValue, scores};
    }

    /** Past and new tokens as {@code [batch, heads, keys, width]}. */
    private Tensor joined(Tensor before, Tensor now, int width) {
        Tensor all = Tensor.zeros(DataType.FLOAT, batch, keyHeads, keys, width);
        for (int h = 0; h < batch * keyHeads; h++) {
            if (before != null) {
                System.arraycopy(before.floats(), h * past * width, all.floats(), h * keys * width, past * width);
            }
            for (int t = 0; t < keys - past; t++) {
                int from = heads ? (h * (keys - past) + t) * width
                        : ((h / keyHeads * (keys - past) + t) * keyHeads + h % keyHeads) * width;
                System.arraycopy(now.floats(), from, all.floats(), (h * keys + past + t) * width, width);
            }
        }
        return all;
    }

    private void transpose(float[] k, int from, float[] transposed) {
        for (int j = 0; j < keys; j++) {
            for (int d = 0; d < depth; d++) {
                transposed[d * keys + j] = k[from + j * depth + d];
            }
        }
    }

    private int rowOf(int b, int head, int i, int width) {
        return heads ? (head * queries + i) * width : ((b * queries + i) * queryHeads + head % queryHeads) * width;
    }

    private void query(int b, int head, int i, float[] k, float[] v, int vAt) {
        float scale = Float.isNaN(op.scale()) ? (float) (1 / Math.sqrt(depth)) : op.scale();
        float[] s = new float[keys];
        int qAt = rowOf(b, head, i, depth);
        for (int d = 0; d < depth; d++) {
            float q = in[0].floats()[qAt + d] * scale;
            for (int j = 0; j < keys; j++) {
                s[j] = Math.fma(q, k[d * keys + j], s[j]);
            }
        }
        int scoresAt = (head * queries + i) * keys;
        keep(Attention.Scores.RAW, s, scoresAt);
        for (int j = 0; j < keys && op.softCap() > 0; j++) {
            s[j] = op.softCap() * ScalarMath.tanh(s[j] / op.softCap());
        }
        keep(Attention.Scores.CAPPED, s, scoresAt);
        mask(b, head % queryHeads, i, s);
        keep(Attention.Scores.MASKED, s, scoresAt);
        float[] state = values(s, v, vAt, rowOf(b, head, i, valueDepth));
        if (op.scores() == Attention.Scores.PROBABILITIES) {
            for (int j = 0; j < keys && state[1] != 0; j++) {
                scores.floats()[scoresAt + j] = ScalarMath.exp(s[j] - state[0]) / state[1];
            }
        }
    }

    private void keep(Attention.Scores stage, float[] s, int at) {
        if (op.scores() == stage) {
            System.arraycopy(s, 0, scores.floats(), at, keys);
        }
    }

    /** Adds the mask; what a query must not see becomes -infinity, whatever its score. */
    private void mask(int b, int head, int i, float[] s) {
        Tensor valid = in[Attention.VALID_KEYS];
        long seen = valid == null ? keys : Math.clamp(valid.longs()[b], 0, keys);
        long visible = seen;
        if (op.causal()) {
            long offset = past > 0 || in[Attention.PAST_KEY] != null ? past : valid == null ? 0 : seen - queries;
            visible = Math.min(visible, i + offset + 1);
        }
        Tensor mask = in[Attention.MASK];
        int width = mask == null ? keys : mask.dim(mask.rank() - 1);
        int row = mask == null ? 0 : maskRow(mask, b, head, i) * width;
        for (int j = 0; j < keys; j++) {
            if (j >= visible || j >= width) {
                s[j] = Float.NEGATIVE_INFINITY;
            } else if (mask != null && mask.type() == DataType.BOOL) {
                s[j] = mask.bytes()[row + j] == 0 ? Float.NEGATIVE_INFINITY : s[j];
            } else if (mask != null) {
                float m = mask.floats()[row + j];
                s[j] = m == Float.NEGATIVE_INFINITY ? m : s[j] + m;
            }
        }
    }

    private static int maskRow(Tensor mask, int b, int head, int i) {
        int row = 0;
        int[] position = {b, head, i};
        for (int d = 0; d < mask.rank() - 1; d++) {
            int size = mask.dim(d);
            row = row * size + (size == 1 ? 0 : position[3 - (mask.rank() - 1) + d]);
        }
        return row;
    }

    /**
     * Weights the values by the softmax of {@code s}, block by block as {@link AttentionTile} does; returns the softmax's
     * maximum and sum.
     */
    private float[] values(float[] s, float[] v, int vAt, int yAt) {
        float max = Float.NEGATIVE_INFINITY;
        float sum = 0;
        float[] sums = new float[valueDepth];
        for (int first = 0; first < keys; first += AttentionTile.KEYS) {
            int end = Math.min(first + AttentionTile.KEYS, keys);
            float before = max;
            for (int j = first; j < end; j++) {
                max = s[j] > max ? s[j] : max;
            }
            float shift = max == Float.NEGATIVE_INFINITY ? 0 : max + 0f;
            float factor = ScalarMath.exp(before - shift);
            for (int d = 0; d < valueDepth; d++) {
                sums[d] *= factor;
            }
            float added = 0;
            for (int j = first; j < end; j++) {
                float weight = ScalarMath.exp(s[j] - shift);
                added += weight;
                for (int d = 0; d < valueDepth; d++) {
                    sums[d] = Math.fma(weight, v[vAt + j * valueDepth + d], sums[d]);
                }
            }
            sum = sum * factor + added;
        }
        for (int d = 0; d < valueDepth; d++) {
            y.floats()[yAt + d] = sum == 0 ? 0 : sums[d] / sum;
        }
        return new float[] {max, sum};
    }
}
