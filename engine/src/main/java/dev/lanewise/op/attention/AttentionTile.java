package dev.lanewise.op.attention;

import dev.lanewise.kernel.BinaryFunction;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;

/**
 * Attention of 32 queries of one head of one sequence, over heap arrays. The scores of a block of keys lie with the queries
 * side by side: keys and values are read where they are, and softmax needs no sum across lanes. Blocks of keys are taken by
 * position with a running maximum and sum (online softmax: Milakov and Gimelshein 2018, Dao et al. 2022), so scratch memory does
 * not grow with the keys, and what a block holds does not depend on how many keys follow it. A key whose mask is a large
 * negative number leaves every bit of the result as it is.
 */
final class AttentionTile {
    private static final int PANEL = PackedMatrix.PANEL;
    /** Queries of one tile. */
    static final int QUERIES = PANEL;
    /** Keys of one softmax block: their scores (16 KiB) stay in the L1 cache. */
    static final int KEYS = 128;

    private final Kernels kernels;
    private final int heads;
    private final float scale;
    private final boolean packed;

    private int batches;
    private int queries;
    private int keys;
    private int depth;
    private int valueDepth;
    private int queryStride;
    private int keyStride;
    private int valueStride;
    /** Mask strides, 0 where the mask is broadcast. */
    private int maskBatch;
    private int maskHead;
    private int maskQuery;
    private int queryBlocks;
    private int valuePanels;

    /** Where parts of the scratch memory begin: queries as a panel, scores, softmax state, sums, padded values, mask. */
    private int scoresAt;
    private int stateAt;
    private int sumsAt;
    private int valuesAt;
    private int maskAt;
    private int scratch;

    AttentionTile(Kernels kernels, int heads, float scale, boolean packed) {
        this.kernels = kernels;
        this.heads = heads;
        this.scale = scale;
        this.packed = packed;
    }

    void shapes(int[] q, int[] k, int[] v, int[] mask) {
        batches = q[0];
        queries = q[1];
        keys = k[1];
        queryStride = q[2];
        keyStride = k[2];
        valueStride = v[2];
        depth = packed ? q[2] / 3 / heads : q[2] / heads;
        valueDepth = packed ? depth : v[2] / heads;
        queryBlocks = (queries + QUERIES - 1) / QUERIES;
        valuePanels = (valueDepth + PANEL - 1) / PANEL;
        maskQuery = 0;
        if (mask != null) {
            maskQuery = mask[2] == 1 ? 0 : mask[3];
            maskHead = mask[1] == 1 ? 0 : mask[2] * mask[3];
            maskBatch = mask[0] == 1 ? 0 : mask[1] * mask[2] * mask[3];
        }
        scoresAt = depth * QUERIES;
        stateAt = scoresAt + KEYS * QUERIES;
        sumsAt = stateAt + 3 * QUERIES;
        valuesAt = sumsAt + QUERIES * valuePanels * PANEL;
        maskAt = valuesAt + (valuesFillPanels() ? 0 : KEYS * PANEL);
        scratch = maskAt + (maskQuery == 0 ? 0 : KEYS * QUERIES);
    }

    /** Whether panels of values end with a head. */
    private boolean valuesFillPanels() {
        return valueDepth % PANEL == 0;
    }

    int tiles() {
        return batches * heads * queryBlocks;
    }

    int scratch() {
        return scratch;
    }

    void run(int index, float[] q, int qOffset, float[] k, int kOffset, float[] v, int vOffset, float[] mask,
            int maskOffset, float[] out, int outOffset, float[] scratch) {
        int batch = index / queryBlocks / heads;
        int head = index / queryBlocks % heads;
        int first = index % queryBlocks * QUERIES;
        int rows = Math.min(QUERIES, queries - first);
        int width = heads * depth;
        int qAt = qOffset + (batch * queries + first) * queryStride + head * depth;
        int kAt = kOffset + batch * keys * keyStride + head * depth + (packed ? width : 0);
        int vAt = vOffset + batch * keys * valueStride + head * valueDepth + (packed ? 2 * width : 0);
        int mAt = maskOffset + batch * maskBatch + head * maskHead + first * maskQuery;
        int outAt = outOffset + ((batch * queries + first) * heads + head) * valueDepth;
        kernels.transposePanel(rows, depth, q, qAt, queryStride, scale, scratch, 0);
        for (int j = 0; j < QUERIES; j++) {
            scratch[stateAt + j] = Float.NEGATIVE_INFINITY;
            scratch[stateAt + QUERIES + j] = 0;
        }
        for (int at = 0; at < keys; at += KEYS) {
            int count = Math.min(KEYS, keys - at);
            kernels.gemmPanel(count, QUERIES, depth, k, kAt + at * keyStride, keyStride, scratch, 0, scratch, scoresAt,
                    QUERIES, false);
            softmax(rows, count, mask, mAt + at, scratch);
            weighValues(rows, count, at > 0, v, vAt + at * valueStride, scratch);
        }
        int stride = valuePanels * PANEL;
        for (int r = 0; r < rows; r++) {
            int to = outAt + r * heads * valueDepth;
            if (valuesFillPanels()) {
                kernels.binary(BinaryFunction.DIV, scratch, sumsAt + r * stride, 1, scratch, stateAt + QUERIES + r, 0,
                        out, to, valueDepth);
            } else {
                // whole vectors, then a copy: the rest of one would be divided element by element
                kernels.binary(BinaryFunction.DIV, scratch, sumsAt + r * stride, 1, scratch, stateAt + QUERIES + r, 0,
                        scratch, sumsAt + r * stride, stride);
                System.arraycopy(scratch, sumsAt + r * stride, out, to, valueDepth);
            }
        }
    }

    private void softmax(int rows, int count, float[] mask, int mAt, float[] scratch) {
        if (maskQuery == 0) {
            kernels.softmaxColumns(count, scratch, scoresAt, mask, mAt, false, scratch, stateAt);
        } else {
            kernels.transposePanel(rows, count, mask, mAt, maskQuery, 1, scratch, maskAt);
            kernels.softmaxColumns(count, scratch, scoresAt, scratch, maskAt, true, scratch, stateAt);
        }
    }

    /** Adds the block's values, times their weights, to what the earlier blocks came to, times its factor. */
    private void weighValues(int rows, int count, boolean accumulate, float[] v, int vAt, float[] scratch) {
        int stride = valuePanels * PANEL;
        for (int r = 0; r < rows && accumulate; r++) {
            kernels.binary(BinaryFunction.MUL, scratch, sumsAt + r * stride, 1, scratch, stateAt + 2 * QUERIES + r, 0,
                    scratch, sumsAt + r * stride, stride);
        }
        for (int p = 0; p < valuePanels; p++) {
            // columns of another head cost less than a copy of this one's, and nobody reads what they come to
            if (valuesFillPanels() || vAt + (count - 1) * valueStride + (p + 1) * PANEL <= v.length) {
                kernels.gemmTransposed(rows, count, scratch, scoresAt, QUERIES, v, vAt + p * PANEL, valueStride,
                        scratch, sumsAt + p * PANEL, stride, accumulate);
            } else {
                PackedMatrix.packPanel(v, vAt + p * PANEL, valueStride, count,
                        Math.min(PANEL, valueDepth - p * PANEL), scratch, valuesAt);
                kernels.gemmTransposed(rows, count, scratch, scoresAt, QUERIES, scratch, valuesAt, PANEL, scratch,
                        sumsAt + p * PANEL, stride, accumulate);
            }
        }
    }
}
