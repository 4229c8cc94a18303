package dev.lanewise.quant.gradient;

import dev.lanewise.Tensor;
import dev.lanewise.op.elementwise.Broadcast;
import dev.lanewise.op.linear.Gemm;
import java.util.Arrays;

/** Matrix products forward and backward: of {@code Y = A B} the gradients {@code dA = dY Bᵀ} and {@code dB = Aᵀ dY}. */
final class LinearGradients {
    private LinearGradients() {
    }

    /** Matrices of a batch: where each lies in the operands and the result. */
    private record Batch(int m, int k, int n, int[] shape, int[] a, int[] b) {
        static Batch of(Tensor a, Tensor b) {
            int[] sa = a.rank() == 1 ? new int[] {1, a.dim(0)} : a.shape();
            int[] sb = b.rank() == 1 ? new int[] {b.dim(0), 1} : b.shape();
            int m = sa[sa.length - 2];
            int k = sa[sa.length - 1];
            int n = sb[sb.length - 1];
            int[] la = Arrays.copyOf(sa, sa.length - 2);
            int[] lb = Arrays.copyOf(sb, sb.length - 2);
            if (lb.length == 0) {
                // One matrix for all rows, however many axes they have.
                m *= Tensor.sizeOf(la);
                la = lb;
            }
            int[] batch = Broadcast.shape(la, lb);
            int[] atA = new int[Tensor.sizeOf(batch)];
            int[] atB = new int[atA.length];
            Broadcast loops = Broadcast.of(batch, la, lb);
            int sizeA = m * k;
            int sizeB = k * n;
            loops.all((to, i, j, c, count) -> {
                for (int p = 0; p < count; p++) {
                    atA[to + p] = (i + p * loops.step(0)) * sizeA;
                    atB[to + p] = (j + p * loops.step(1)) * sizeB;
                }
            });
            return new Batch(m, k, n, batch, atA, atB);
        }
    }

    private static int[] shape(Tensor a, Tensor b) {
        int[] batch = Broadcast.shape(Arrays.copyOf(a.shape(), Math.max(0, a.rank() - 2)),
                Arrays.copyOf(b.shape(), Math.max(0, b.rank() - 2)));
        int rank = batch.length;
        int[] shape = Arrays.copyOf(batch, rank + (a.rank() > 1 ? 1 : 0) + (b.rank() > 1 ? 1 : 0));
        if (a.rank() > 1) {
            shape[rank++] = a.dim(a.rank() - 2);
        }
        if (b.rank() > 1) {
            shape[rank] = b.dim(b.rank() - 1);
        }
        return shape;
    }

    /** What {@code MatMul.evaluate} gives. */
    static Tensor multiply(Tensor a, Tensor b, boolean keep, Products products) {
        Batch batch = Batch.of(a, b);
        Tensor y = Tensor.of(new float[Tensor.sizeOf(shape(a, b))], shape(a, b));
        for (int i = 0; i < batch.a.length; i++) {
            products.add(batch.m, batch.k, batch.n, a.floats(), batch.a[i], b.floats(), batch.b[i], false,
                    keep && b.rank() == 2, y.floats(), i * batch.m * batch.n);
        }
        return y;
    }

    static Tensor[] matMul(Site s) {
        Tensor a = s.in(0);
        Tensor b = s.in(1);
        Batch batch = Batch.of(a, b);
        Tensor[] gradients = new Tensor[2];
        float[] da = s.wanted()[0] ? new float[a.size()] : null;
        float[] db = s.wanted()[1] ? new float[b.size()] : null;
        for (int i = 0; i < batch.a.length; i++) {
            int at = i * batch.m * batch.n;
            if (da != null) {
                s.products().add(batch.m, batch.n, batch.k, s.gradient(), at, b.floats(), batch.b[i], true,
                        s.fixed()[1] && b.rank() == 2, da, batch.a[i]);
            }
            if (db != null) {
                s.products().add(batch.k, batch.m, batch.n,
                        Products.transposed(a.floats(), batch.a[i], batch.m, batch.k), 0, s.gradient(), at, false,
                        false, db, batch.b[i]);
            }
        }
        gradients[0] = da == null ? null : Tensor.of(da, a.shape());
        gradients[1] = db == null ? null : Tensor.of(db, b.shape());
        return gradients;
    }

    /** {@code alpha A B + beta C}. */
    static Tensor gemm(Gemm op, Tensor a, Tensor b, Tensor c, boolean keep, Products products) {
        float[] left = op.transposeA() ? Products.transposed(a) : a.floats();
        int m = a.dim(op.transposeA() ? 1 : 0);
        int k = a.dim(op.transposeA() ? 0 : 1);
        int n = b.dim(op.transposeB() ? 0 : 1);
        float[] y = new float[m * n];
        products.add(m, k, n, left, 0, b.floats(), 0, op.transposeB(), keep, y, 0);
        for (int i = 0; i < y.length && op.alpha() != 1; i++) {
            y[i] *= op.alpha();
        }
        if (c != null) {
            Broadcast loops = Broadcast.of(new int[] {m, n}, c.shape());
            loops.all((to, from, u, v, count) -> {
                for (int i = 0; i < count; i++) {
                    y[to + i] += op.beta() * c.floats()[from + i * loops.step(0)];
                }
            });
        }
        return Tensor.of(y, m, n);
    }

    static Tensor[] gemm(Gemm op, Site s) {
        Tensor a = s.in(0);
        Tensor b = s.in(1);
        int m = s.out()[0].dim(0);
        int n = s.out()[0].dim(1);
        int k = a.dim(op.transposeA() ? 0 : 1);
        float[] g = s.gradient().clone();
        for (int i = 0; i < g.length; i++) {
            g[i] *= op.alpha();
        }
        Tensor[] gradients = new Tensor[s.in().length];
        if (s.wanted()[0]) {
            float[] da = new float[a.size()];
            s.products().add(m, n, k, g, 0, b.floats(), 0, !op.transposeB(), s.fixed()[1], da, 0);
            gradients[0] = Tensor.of(op.transposeA() ? Products.transposed(da, 0, m, k) : da, a.shape());
        }
        if (s.wanted()[1]) {
            float[] left = op.transposeA() ? a.floats() : Products.transposed(a);
            float[] db = new float[b.size()];
            s.products().add(k, m, n, left, 0, g, 0, false, false, db, 0);
            gradients[1] = Tensor.of(op.transposeB() ? Products.transposed(db, 0, k, n) : db, b.shape());
        }
        if (s.in(2) != null && s.wanted()[2]) {
            float[] dc = new float[s.in(2).size()];
            Broadcast loops = Broadcast.of(new int[] {m, n}, s.in(2).shape());
            loops.all((to, from, u, v, count) -> {
                for (int i = 0; i < count; i++) {
                    dc[from + i * loops.step(0)] += op.beta() * s.gradient()[to + i];
                }
            });
            gradients[2] = Tensor.of(dc, s.in(2).shape());
        }
        return gradients;
    }
}
