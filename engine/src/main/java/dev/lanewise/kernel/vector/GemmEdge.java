package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Tiles of 4 rows or 1 with fewer columns than two vectors, with masked loads and stores of c. */
final class GemmEdge {
    private static final int PANEL = PackedMatrix.PANEL;

    private GemmEdge() {
    }

    static void rows(int rows, int cols, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        int r = 0;
        for (; rows - r >= 4; r += 4) {
            edge4(cols, k, a, aOffset + r * aStride, aStride, b, bOffset, s, sOffset + r * sStride, sStride, c,
                    cOffset + r * cStride, cStride);
        }
        for (; r < rows; r++) {
            edge1(cols, k, a, aOffset + r * aStride, b, bOffset, s, sOffset + r * sStride, c, cOffset + r * cStride);
        }
    }

    private static void edge4(int cols, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        VectorMask<Float> m0 = S.indexInRange(0, cols);
        VectorMask<Float> m1 = S.indexInRange(L, Math.max(L, cols));
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset, m0);
        FloatVector c01 = FloatVector.fromArray(S, s, sOffset + L, m1);
        FloatVector c10 = FloatVector.fromArray(S, s, sOffset + sStride, m0);
        FloatVector c11 = FloatVector.fromArray(S, s, sOffset + sStride + L, m1);
        FloatVector c20 = FloatVector.fromArray(S, s, sOffset + 2 * sStride, m0);
        FloatVector c21 = FloatVector.fromArray(S, s, sOffset + 2 * sStride + L, m1);
        FloatVector c30 = FloatVector.fromArray(S, s, sOffset + 3 * sStride, m0);
        FloatVector c31 = FloatVector.fromArray(S, s, sOffset + 3 * sStride + L, m1);
        int a1 = aOffset + aStride;
        int a2 = aOffset + 2 * aStride;
        int a3 = aOffset + 3 * aStride;
        for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + L);
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(S, a[a2 + i]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(S, a[a3 + i]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
        }
        c00.intoArray(c, cOffset, m0);
        c01.intoArray(c, cOffset + L, m1);
        c10.intoArray(c, cOffset + cStride, m0);
        c11.intoArray(c, cOffset + cStride + L, m1);
        c20.intoArray(c, cOffset + 2 * cStride, m0);
        c21.intoArray(c, cOffset + 2 * cStride + L, m1);
        c30.intoArray(c, cOffset + 3 * cStride, m0);
        c31.intoArray(c, cOffset + 3 * cStride + L, m1);
    }

    private static void edge1(int cols, int k, float[] a, int aOffset, float[] b, int bOffset, float[] s, int sOffset,
            float[] c, int cOffset) {
        VectorMask<Float> m0 = S.indexInRange(0, cols);
        VectorMask<Float> m1 = S.indexInRange(L, Math.max(L, cols));
        FloatVector c0 = FloatVector.fromArray(S, s, sOffset, m0);
        FloatVector c1 = FloatVector.fromArray(S, s, sOffset + L, m1);
        for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
            FloatVector x = FloatVector.broadcast(S, a[aOffset + i]);
            c0 = x.fma(FloatVector.fromArray(S, b, p), c0);
            c1 = x.fma(FloatVector.fromArray(S, b, p + L), c1);
        }
        c0.intoArray(c, cOffset, m0);
        c1.intoArray(c, cOffset + L, m1);
    }
}
