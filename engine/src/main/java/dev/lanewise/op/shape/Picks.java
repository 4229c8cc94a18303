package dev.lanewise.op.shape;

import dev.lanewise.Tensor;

/** Tensors made of elements of other tensors by position, for every element type. */
final class Picks {
    private Picks() {
    }

    /** A tensor whose element {@code i} is {@code data[source[i]]}; zero (or "") where {@code source[i]} is negative. */
    static Tensor of(Tensor data, int[] source, int... shape) {
        return of(data, source, null, shape);
    }

    /** The same with {@code filler[0]} where {@code source[i]} is negative; null stands for zero. */
    static Tensor of(Tensor data, int[] source, Tensor filler, int... shape) {
        Tensor out = Tensor.zeros(data.type(), shape);
        Object a = data.array();
        Object b = out.array();
        for (int i = 0; i < source.length; i++) {
            if (source[i] >= 0) {
                System.arraycopy(a, source[i], b, i, 1);
            } else if (filler != null) {
                System.arraycopy(filler.array(), 0, b, i, 1);
            }
        }
        return out;
    }

    /** A copy that may be written to. */
    static Tensor copy(Tensor data) {
        Tensor out = Tensor.zeros(data.type(), data.shape());
        System.arraycopy(data.array(), 0, out.array(), 0, data.size());
        return out;
    }
}
