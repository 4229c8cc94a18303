package dev.lanewise.op.reduce;

/**
 * A row-major tensor seen as lines along a stretch of axes that are next to each other.
 *
 * @param outer product of the dimensions before
 * @param length elements of a line
 * @param stride elements from one of a line's elements to the next: the product of the dimensions after
 */
record Lines(int outer, int length, int stride) {
    /** Lines along axes {@code from} (inclusive) to {@code to} (exclusive). */
    static Lines of(int[] shape, int from, int to) {
        return new Lines(product(shape, 0, from), product(shape, from, to), product(shape, to, shape.length));
    }

    /** Lines along one axis, negative counted from the end; a scalar is one line of one element. */
    static Lines along(int axis, int[] shape) {
        int from = axis < 0 ? axis + shape.length : axis;
        return of(shape, from, Math.min(from + 1, shape.length));
    }

    private static int product(int[] shape, int from, int to) {
        int product = 1;
        for (int d = from; d < to; d++) {
            product *= shape[d];
        }
        return product;
    }

    int count() {
        return outer * stride;
    }

    /** First element of line {@code i}. */
    int start(int i) {
        return i / stride * length * stride + i % stride;
    }
}
