package dev.lanewise.quant.gradient;

import dev.lanewise.Tensor;
import dev.lanewise.op.attention.MultiHeadAttention;
import dev.lanewise.op.elementwise.Broadcast;

/**
 * Attention of one node. For each head, with {@code P = softmax(scale Q Kᵀ + mask)} and G the gradient of {@code P V}:
 * {@code dV = Pᵀ G}, {@code dS = P (G Vᵀ - rowsum(P G Vᵀ))}, {@code dQ = scale dS K}, {@code dK = scale dSᵀ Q}.
 */
final class AttentionGradients {
    private AttentionGradients() {
    }

    /** Vectors of one of q, k and v: where that of a token and head begins, and the gradients to be filled. */
    private record Vectors(float[] elements, float[] gradients, int tokens, int row, int first, int size) {
        static Vectors of(Tensor t, float[] gradients, int heads, int part, int parts) {
            int width = t.dim(2) / parts;
            return new Vectors(t.floats(), gradients, t.dim(1), t.dim(2), part * width, width / heads);
        }

        int at(int batch, int token, int head) {
            return (batch * tokens + token) * row + first + head * size;
        }
    }

    static Tensor[] attention(MultiHeadAttention op, Site s) {
        s.needsFloats();
        int operands = op.packed() ? 1 : 3;
        if (op.masked() && s.wanted()[operands]) {
            throw s.missing("a computed mask");
        }
        Tensor[] gradients = new Tensor[s.in().length];
        for (int i = 0; i < operands; i++) {
            gradients[i] = Tensor.of(new float[s.in(i).size()], s.in(i).shape());
        }
        Vectors[] qkv = new Vectors[3];
        for (int i = 0; i < 3; i++) {
            int from = op.packed() ? 0 : i;
            qkv[i] = Vectors.of(s.in(from), gradients[from].floats(), op.heads(), op.packed() ? i : 0,
                    op.packed() ? 3 : 1);
        }
        float[] mask = op.masked() ? spread(s.in(operands), s.in(0).dim(0), op.heads(), qkv[0].tokens, qkv[1].tokens)
                : null;
        for (int batch = 0; batch < s.in(0).dim(0); batch++) {
            for (int head = 0; head < op.heads(); head++) {
                for (int query = 0; query < qkv[0].tokens; query++) {
                    query(op, qkv, mask, s.gradient(), batch, head, query);
                }
            }
        }
        return gradients;
    }

    private static float[] spread(Tensor mask, int... shape) {
        float[] all = new float[Tensor.sizeOf(shape)];
        Broadcast loops = Broadcast.of(shape, mask.shape());
        loops.all((to, from, b, c, n) -> {
            for (int i = 0; i < n; i++) {
                all[to + i] = mask.floats()[from + i * loops.step(0)];
            }
        });
        return all;
    }

    private static void query(MultiHeadAttention op, Vectors[] qkv, float[] mask, float[] g, int batch, int head,
            int query) {
        Vectors q = qkv[0];
        Vectors k = qkv[1];
        Vectors v = qkv[2];
        int keys = k.tokens;
        int qAt = q.at(batch, query, head);
        int gAt = ((batch * q.tokens + query) * op.heads() + head) * v.size;
        double[] p = new double[keys];
        double max = Double.NEGATIVE_INFINITY;
        for (int key = 0; key < keys; key++) {
            double added = mask == null ? 0 : mask[((batch * op.heads() + head) * q.tokens + query) * keys + key];
            p[key] = op.scale() * dot(q.elements, qAt, k.elements, k.at(batch, key, head), q.size) + added;
            max = Math.max(max, p[key]);
        }
        if (max == Double.NEGATIVE_INFINITY) {
            return; // It attends to nothing and gives zeros.
        }
        double sum = 0;
        for (int key = 0; key < keys; key++) {
            p[key] = Math.exp(p[key] - max);
            sum += p[key];
        }
        double[] d = new double[keys];
        double along = 0;
        for (int key = 0; key < keys; key++) {
            p[key] /= sum;
            int vAt = v.at(batch, key, head);
            d[key] = dot(g, gAt, v.elements, vAt, v.size);
            along += p[key] * d[key];
            add(v.gradients, vAt, p[key], g, gAt, v.size);
        }
        for (int key = 0; key < keys; key++) {
            double score = op.scale() * p[key] * (d[key] - along);
            int kAt = k.at(batch, key, head);
            add(q.gradients, qAt, score, k.elements, kAt, q.size);
            add(k.gradients, kAt, score, q.elements, qAt, q.size);
        }
    }

    private static double dot(float[] a, int aAt, float[] b, int bAt, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) a[aAt + i] * b[bAt + i];
        }
        return sum;
    }

    private static void add(float[] to, int toAt, double factor, float[] x, int xAt, int n) {
        for (int i = 0; i < n; i++) {
            to[toAt + i] += (float) (factor * x[xAt + i]);
        }
    }
}
