package dev.lanewise.op.nn;

import dev.lanewise.InvalidInputException;
import java.util.Arrays;

/**
 * Which element of a channel each element of a window reads at each of its positions: {@code index[q * positions +
 * p]} for element q and position p, both row-major, or -1 in the padding.
 */
final class Taps {
    int positions;
    int size;
    int[] index = new int[0];

    /** Works out the table, in the same array where it is large enough. */
    void set(Window window, int[] kernel, int[] spatial, int[] out) {
        positions = product(out);
        size = product(kernel);
        int needed = Math.multiplyExact(positions, size);
        if (index.length < needed) {
            index = new int[needed];
        }
        int[] before = window.before(spatial, out, kernel);
        int[] q = new int[kernel.length];
        int[] p = new int[kernel.length];
        for (int k = 0; k < size; k++) {
            Arrays.fill(p, 0);
            for (int i = 0; i < positions; i++) {
                int at = 0;
                boolean inside = true;
                for (int d = 0; d < p.length; d++) {
                    int x = p[d] * window.stride(d) + q[d] * window.dilation(d) - before[d];
                    inside &= x >= 0 && x < spatial[d];
                    at = at * spatial[d] + x;
                }
                index[k * positions + i] = inside ? at : -1;
                next(p, out);
            }
            next(q, kernel);
        }
    }

    static Taps of(Window window, int[] kernel, int[] spatial, int[] out) {
        Taps taps = new Taps();
        taps.set(window, kernel, spatial, out);
        return taps;
    }

    /** The next position in row-major order. */
    static void next(int[] position, int[] shape) {
        for (int d = position.length - 1; d >= 0; d--) {
            if (++position[d] < shape[d]) {
                return;
            }
            position[d] = 0;
        }
    }

    static int product(int[] shape) {
        int product = 1;
        for (int d : shape) {
            product = Math.multiplyExact(product, d);
        }
        return product;
    }

    /** The axes after batch and channel. */
    static int[] spatial(int[] shape) {
        if (shape.length < 3) {
            throw new InvalidInputException(null, "a tensor with batch, channel and spatial axes",
                    Arrays.toString(shape), "give it rank 3 or more");
        }
        return Arrays.copyOfRange(shape, 2, shape.length);
    }
}
