package dev.lanewise.quant.gradient;

import dev.lanewise.KernelMode;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.Gemm;
import dev.lanewise.kernel.KernelProvider;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.WarmingKernels;
import java.util.IdentityHashMap;
import java.util.Map;

/** Matrix products by the engine's kernels. What is multiplied by often, weights, stays packed. */
final class Products {
    private final Kernels kernels;
    /** By the element array, and whether it is packed as it is or transposed. */
    private final Map<Object, PackedMatrix[]> packed = new IdentityHashMap<>();

    Products(KernelMode mode) {
        this.kernels = WarmingKernels.of(KernelProvider.select(mode));
    }

    /** A run is over. */
    void runEnded() {
        if (kernels instanceof WarmingKernels warming) {
            warming.runEnded();
        }
    }

    /**
     * {@code c += a b}, where c is zero or holds a sum of such.
     *
     * @param a {@code [m, k]} from {@code aOffset} on
     * @param b {@code [k, n]} from {@code bOffset} on, or {@code [n, k]} if transposed
     * @param keep whether b never changes and is all of its array
     */
    void add(int m, int k, int n, float[] a, int aOffset, float[] b, int bOffset, boolean transposed, boolean keep,
            float[] c, int cOffset) {
        PackedMatrix w = keep ? kept(b, k, n, transposed) : PackedMatrix.pack(b, bOffset, k, n, transposed);
        float[] product = new float[m * n];
        Gemm.run(kernels, m, a, aOffset, k, w, false, 0, w.panels(), product, 0, n, Epilogue.NONE, null, 0, null, 0, 0,
                null, 0);
        for (int i = 0; i < product.length; i++) {
            c[cOffset + i] += product[i];
        }
    }

    private PackedMatrix kept(float[] b, int k, int n, boolean transposed) {
        PackedMatrix[] both = packed.computeIfAbsent(b, x -> new PackedMatrix[2]);
        int way = transposed ? 1 : 0;
        if (both[way] == null) {
            both[way] = PackedMatrix.pack(b, 0, k, n, transposed);
        }
        return both[way];
    }

    /** The matrix {@code [rows, columns]} from {@code offset} on, transposed. */
    static float[] transposed(float[] a, int offset, int rows, int columns) {
        float[] t = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                t[j * rows + i] = a[offset + i * columns + j];
            }
        }
        return t;
    }

    static float[] transposed(Tensor matrix) {
        return transposed(matrix.floats(), 0, matrix.dim(0), matrix.dim(1));
    }
}
