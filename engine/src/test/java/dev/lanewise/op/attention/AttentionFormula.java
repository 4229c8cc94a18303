package dev.lanewise.op.attention;

import dev.lanewise.Tensor;

/** Attention in doubles, straight from its formula. */
final class AttentionFormula {
    private AttentionFormula() {
    }

    /** Shapes as in {@link MultiHeadAttention}; {@code mask} may be null. */
    static double[] of(int heads, double scale, Tensor q, Tensor k, Tensor v, Tensor mask) {
        int batches = q.dim(0);
        int queries = q.dim(1);
        int keys = k.dim(1);
        int depth = q.dim(2) / heads;
        int width = v.dim(2) / heads;
        double[] out = new double[batches * queries * heads * width];
        double[] p = new double[keys];
        for (int b = 0; b < batches; b++) {
            for (int h = 0; h < heads; h++) {
                for (int i = 0; i < queries; i++) {
                    double max = Double.NEGATIVE_INFINITY;
                    for (int j = 0; j < keys; j++) {
                        double s = 0;
                        for (int d = 0; d < depth; d++) {
                            s += (double) q.floats()[(b * queries + i) * heads * depth + h * depth + d]
                                    * k.floats()[(b * keys + j) * heads * depth + h * depth + d];
                        }
                        // as floats: a mask of -3.4e38 swallows the score
                        p[j] = mask == null ? s * scale : (float) (s * scale) + mask.floats()[at(mask, b, h, i, j)];
                        max = Math.max(max, p[j]);
                    }
                    double sum = 0;
                    for (int j = 0; j < keys; j++) {
                        p[j] = Math.exp(p[j] - max);
                        sum += p[j];
                    }
                    for (int d = 0; d < width; d++) {
                        double y = 0;
                        for (int j = 0; j < keys; j++) {
                            y += p[j] / sum * v.floats()[(b * keys + j) * heads * width + h * width + d];
                        }
                        out[(b * queries + i) * heads * width + h * width + d] = y;
                    }
                }
            }
        }
        return out;
    }

    private static int at(Tensor mask, int... index) {
        int at = 0;
        for (int a = 0; a < 4; a++) {
            at = at * mask.dim(a) + (mask.dim(a) == 1 ? 0 : index[a]);
        }
        return at;
    }
}
