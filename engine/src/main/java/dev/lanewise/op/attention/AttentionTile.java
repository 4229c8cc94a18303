package dev.lanewise.op.attention;

import dev.lanewise.kernel.BinaryFunction;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;

/**
 * Attention of one head of one sequence, over heap arrays. Keys are taken in blocks by position with a running maximum and
 * sum (online softmax: Milakov and Gimelshein 2018, Dao et al. 2022), so scratch memory grows with the keys but no full score
 * matrix exists, and what a block holds does not depend on how many keys follow it. A key whose mask is a large negative
 * number leaves every bit of the result as it is.
 */
final class AttentionTile {
    private static final int PANEL = PackedMatrix.PANEL;
    /** Queries whose scores are held at once. */
    private static final int QUERY_BLOCK = 24;
    /** Keys of one softmax block; a multiple of the panel width. */
    private static final int KEY_BLOCK = 512;

    private final Kernels kernels;
    private final int heads;
    private final float[] scale;
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

    private int keyPanels;
    private int valuePanels;
    private int scoreStride;

    AttentionTile(Kernels kernels, int heads, float scale, boolean packed) {
        this.kernels = kernels;
        this.heads = heads;
        this.scale = new float[] {scale};
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
        keyPanels = (keys + PANEL - 1) / PANEL;
        valuePanels = (valueDepth + PANEL - 1) / PANEL;
        scoreStride = Math.min(KEY_BLOCK, keyPanels * PANEL);
        if (mask != null) {
            maskQuery = mask[2] == 1 ? 0 : mask[3];
            maskHead = mask[1] == 1 ? 0 : mask[2] * mask[3];
            maskBatch = mask[0] == 1 ? 0 : mask[1] * mask[2] * mask[3];
        }
    }

    int tiles() {
        return batches * heads;
    }

    /** Scratch layout: key panels, value panels, scaled queries, scores, accumulators, softmax state of each query. */
    int scratch() {
        return Math.addExact(keyPanels * PANEL * depth + valuePanels * PANEL * keys,
                QUERY_BLOCK * (depth + scoreStride + valuePanels * PANEL + 3));
    }

    void run(int index, float[] q, int qOffset, float[] k, int kOffset, float[] v, int vOffset, float[] mask,
            int maskOffset,
            float[] out, int outOffset, float[] scratch) {
        int batch = index / heads;
        int head = index % heads;
        int width = heads * depth;
        int qAt = qOffset + batch * queries * queryStride + head * depth;
        int kAt = kOffset + batch * keys * keyStride + head * depth + (packed ? width : 0);
        int vAt = vOffset + batch * keys * valueStride + head * valueDepth + (packed ? 2 * width : 0);
        int maskAt = maskOffset + batch * maskBatch + head * maskHead;
        int outAt = outOffset + batch * queries * heads * valueDepth + head * valueDepth;
        int valuesAt = keyPanels * PANEL * depth;
        packKeys(k, kAt, scratch);
        for (int p = 0; p < valuePanels; p++) {
            PackedMatrix.packPanel(v, vAt + p * PANEL, valueStride, keys, Math.min(PANEL, valueDepth - p * PANEL),
                    scratch,
                    valuesAt + p * PANEL * keys);
        }
        for (int first = 0; first < queries; first += QUERY_BLOCK) {
            queries(Math.min(QUERY_BLOCK, queries - first), q, qAt + first * queryStride, mask,
                    maskAt + first * maskQuery, out,
                    outAt + first * heads * valueDepth, scratch, valuesAt);
        }
    }

    /** Panel p holds keys 32p … 32p+31 as columns: element (d, key) at {@code p*32*depth + d*32 + key%32}, zero padded. */
    private void packKeys(float[] k, int kAt, float[] panels) {
        for (int p = 0; p < keyPanels; p++) {
            int count = Math.min(PANEL, keys - p * PANEL);
            PackedMatrix.packPanelTransposed(k, kAt + p * PANEL * keyStride, keyStride, depth, count, panels,
                    p * PANEL * depth);
        }
    }

    private void queries(int rows, float[] q, int qAt, float[] mask, int maskAt, float[] out, int outAt,
            float[] scratch,
            int valuesAt) {
        int scaledAt = valuesAt + valuePanels * PANEL * keys;
        int scoresAt = scaledAt + QUERY_BLOCK * depth;
        int sumsAt = scoresAt + QUERY_BLOCK * scoreStride;
        int stateAt = sumsAt + QUERY_BLOCK * valuePanels * PANEL;
        int sumStride = valuePanels * PANEL;
        for (int r = 0; r < rows; r++) {
            kernels.binary(BinaryFunction.MUL, q, qAt + r * queryStride, 1, scale, 0, 0, scratch, scaledAt + r * depth,
                    depth);
            scratch[stateAt + 3 * r] = Float.NEGATIVE_INFINITY;
            scratch[stateAt + 3 * r + 1] = 0;
        }
        for (int first = 0; first < keys; first += KEY_BLOCK) {
            int count = Math.min(KEY_BLOCK, keys - first);
            for (int p = 0; p * PANEL < count; p++) {
                kernels.gemmPanel(rows, PANEL, depth, scratch, scaledAt, depth, scratch, (first + p * PANEL) * depth,
                        scratch,
                        scoresAt + p * PANEL, scoreStride, false);
            }
            for (int r = 0; r < rows; r++) {
                kernels.softmaxBlock(scratch, scoresAt + r * scoreStride, count, mask, maskAt + r * maskQuery + first,
                        scratch,
                        stateAt + 3 * r);
                if (first > 0) {
                    kernels.binary(BinaryFunction.MUL, scratch, sumsAt + r * sumStride, 1, scratch, stateAt + 3 * r + 2,
                            0, scratch,
                            sumsAt + r * sumStride, sumStride);
                }
            }
            for (int p = 0; p < valuePanels; p++) {
                kernels.gemmPanel(rows, PANEL, count, scratch, scoresAt, scoreStride, scratch,
                        valuesAt + p * PANEL * keys + first * PANEL, scratch, sumsAt + p * PANEL, sumStride, first > 0);
            }
        }
        for (int r = 0; r < rows; r++) {
            kernels.binary(BinaryFunction.DIV, scratch, sumsAt + r * sumStride, 1, scratch, stateAt + 3 * r + 1, 0, out,
                    outAt + r * heads * valueDepth, valueDepth);
        }
    }
}
