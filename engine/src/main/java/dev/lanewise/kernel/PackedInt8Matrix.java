package dev.lanewise.kernel;

import dev.lanewise.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Weights as signed bytes, a quarter of the memory of {@link PackedMatrix} in the same layout: panel p starts at
 * {@code FIRST + p*panelRows*32}, element (i, j) of it at {@code i*32 + j}. What a byte stands for (a scale for each column) is applied to
 * the product.
 *
 * @param panelRows rows of a panel in the data, at least k
 * @param exactDepth depth up to which every sum of products with integers of at most 255 is an integer that a float holds
 */
public record PackedInt8Matrix(int k, int n, int panelRows, byte[] data, int exactDepth) implements PackedWeights {
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
        new PackedInt8Matrix(k, n, k, data, 0).fill(parts);
        return new PackedInt8Matrix(k, n, k, data, exactDepth(data, k, panels));
    }

    /** All of k where the columns' magnitudes add up to little enough; else what is right for any bytes as large. */
    private static int exactDepth(byte[] data, int k, int panels) {
        int largest = 1;
        long largestSum = 0;
        int[] sums = new int[PackedMatrix.PANEL];
        for (int p = 0; p < panels; p++) {
            Arrays.fill(sums, 0);
            for (int i = 0; i < k * PackedMatrix.PANEL; i++) {
                int magnitude = Math.abs(data[FIRST + p * k * PackedMatrix.PANEL + i]);
                largest = Math.max(largest, magnitude);
                sums[i % PackedMatrix.PANEL] += magnitude;
            }
            for (int sum : sums) {
                largestSum = Math.max(largestSum, sum);
            }
        }
        return LARGEST_FACTOR * largestSum <= EXACT ? Math.max(1, k) : EXACT / (LARGEST_FACTOR * largest);
    }

    @Override
    public PackedInt8Matrix prefix(int rows, int columns) {
        return new PackedInt8Matrix(rows, columns, panelRows, data, exactDepth);
    }

    @Override
    public int panelOffset(int panel) {
        return FIRST + panel * panelRows * PackedMatrix.PANEL;
    }
}
