package dev.lanewise.kernel;

import dev.lanewise.Tensor;
import java.util.List;

/**
 * Weights as signed bytes, a quarter of the memory of {@link PackedMatrix} in the same layout: panel p starts at
 * {@code FIRST + p*k*32}, element (i, j) of it at {@code i*32 + j}. What a byte stands for (a scale for each column) is applied to
 * the product.
 *
 * @param exactDepth depth up to which every sum of products with integers of at most 255 is an integer that a float holds
 */
public record PackedInt8Matrix(int k, int n, byte[] data, int exactDepth) implements PackedWeights {
    /** Where data begins, on a cache line where the JVM puts large arrays on one: see {@link PackedMatrix#FIRST}. */
    public static final int FIRST = 48;
    private static final int LARGEST_FACTOR = 255;
    /** Integers up to here are exact in a float. */
    private static final int EXACT = 1 << 24;

    /** Packs matrices {@code [k, n0]}, {@code [k, n1]} … side by side. */
    public static PackedInt8Matrix pack(List<Tensor> parts) {
        int k = parts.getFirst().dim(0);
        int n = 0;
        for (Tensor part : parts) {
            n += part.dim(1);
        }
        int panels = (n + PackedMatrix.PANEL - 1) / PackedMatrix.PANEL;
        byte[] data = new byte[FIRST + Math.multiplyExact(Math.multiplyExact(panels, PackedMatrix.PANEL), k)];
        new PackedInt8Matrix(k, n, data, 0).fill(parts);
        int largest = 1;
        for (byte value : data) {
            largest = Math.max(largest, Math.abs(value));
        }
        return new PackedInt8Matrix(k, n, data, EXACT / (LARGEST_FACTOR * largest));
    }

    @Override
    public int panelOffset(int panel) {
        return FIRST + panel * k * PackedMatrix.PANEL;
    }
}
