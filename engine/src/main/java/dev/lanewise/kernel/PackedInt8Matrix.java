package dev.lanewise.kernel;

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

    /** Packs b, which is {@code [k, n]}. */
    public static PackedInt8Matrix pack(byte[] b, int k, int n) {
        int panels = (n + PackedMatrix.PANEL - 1) / PackedMatrix.PANEL;
        byte[] data = new byte[FIRST + Math.multiplyExact(Math.multiplyExact(panels, PackedMatrix.PANEL), k)];
        for (int p = 0; p < panels; p++) {
            int column = p * PackedMatrix.PANEL;
            int cols = Math.min(PackedMatrix.PANEL, n - column);
            for (int i = 0; i < k; i++) {
                System.arraycopy(b, i * n + column, data, FIRST + (p * k + i) * PackedMatrix.PANEL, cols);
            }
        }
        return new PackedInt8Matrix(k, n, data, exactDepth(b, k, n));
    }

    /** All of k where the columns' magnitudes add up to little enough; else what is right for any bytes as large. */
    private static int exactDepth(byte[] b, int k, int n) {
        int largest = 1;
        long largestSum = 0;
        int[] sums = new int[n];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < n; j++) {
                int magnitude = Math.abs(b[i * n + j]);
                largest = Math.max(largest, magnitude);
                sums[j] += magnitude;
            }
        }
        for (int sum : sums) {
            largestSum = Math.max(largestSum, sum);
        }
        return LARGEST_FACTOR * largestSum <= EXACT ? Math.max(1, k) : EXACT / (LARGEST_FACTOR * largest);
    }

    @Override
    public int panelOffset(int panel) {
        return FIRST + panel * k * PackedMatrix.PANEL;
    }
}
