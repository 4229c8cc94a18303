package dev.lanewise.op.linear;

import dev.lanewise.Tensor;

/** The arithmetic of INT8 weights in plain Java. */
final class Int8 {
    private Int8() {
    }

    static float[] toFloats(byte[] bytes) {
        float[] floats = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            floats[i] = bytes[i];
        }
        return floats;
    }

    /** Product of integers that x holds as FLOAT {@code [..., k]} and w {@code [k, n]}; each sum is rounded once. */
    static Tensor exactProduct(Tensor x, Tensor w) {
        int[] a = new int[x.size()];
        for (int i = 0; i < a.length; i++) {
            a[i] = (int) x.floats()[i];
        }
        int[] b = new int[w.size()];
        for (int i = 0; i < b.length; i++) {
            b[i] = w.bytes()[i];
        }
        Tensor sums = ReferenceMatMul.multiply(Tensor.of(a, x.shape()), Tensor.of(b, w.shape()));
        float[] y = new float[sums.size()];
        for (int i = 0; i < y.length; i++) {
            y[i] = sums.ints()[i];
        }
        return Tensor.of(y, sums.shape());
    }
}
