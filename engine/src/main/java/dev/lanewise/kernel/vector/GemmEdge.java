package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of 4 rows or 1 with fewer columns than two vectors. There are no masks: with them the code is so large where an array ends within
 * a vector that C2 now and then leaves the vectors on the heap. Instead the second vector of a pair lies over the first, to end with
 * the last column; both read their start before either is written. Columns that fill no vector go by 4 at a time, and what is left by one.
 */
final class GemmEdge {
    private static final int PANEL = PackedMatrix.PANEL;
    private static final VectorSpecies<Float> Q = FloatVector.SPECIES_128;
    private static final int QUAD = 4;

    private GemmEdge() {
    }

    static void rows(int rows, int cols, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        int r = 0;
        for (; rows - r >= 4; r += 4) {
            rows4(cols, k, a, aOffset + r * aStride, aStride, b, bOffset, s, sOffset + r * sStride, sStride, c,
                    cOffset + r * cStride, cStride);
        }
        for (; r < rows; r++) {
            row(cols, k, a, aOffset + r * aStride, b, bOffset, s, sOffset + r * sStride, c, cOffset + r * cStride);
        }
    }

    private static void rows4(int cols, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        if (cols >= L) {
            pair4(cols - L, k, a, aOffset, aStride, b, bOffset, s, sOffset, sStride, c, cOffset, cStride);
            return;
        }
        int j = 0;
        while (cols - j >= QUAD) {
            int width = Math.min(2 * QUAD, cols - j);
            quads4(width - QUAD, k, a, aOffset, aStride, b, bOffset + j, s, sOffset + j, sStride, c, cOffset + j,
                    cStride);
            j += width;
        }
        for (; j < cols; j++) {
            column4(k, a, aOffset, aStride, b, bOffset + j, s, sOffset + j, sStride, c, cOffset + j, cStride);
        }
    }

    private static void row(int cols, int k, float[] a, int aOffset, float[] b, int bOffset, float[] s, int sOffset,
            float[] c, int cOffset) {
        if (cols >= L) {
            pair1(cols - L, k, a, aOffset, b, bOffset, s, sOffset, c, cOffset);
            return;
        }
        int j = 0;
        while (cols - j >= QUAD) {
            int width = Math.min(2 * QUAD, cols - j);
            quads1(width - QUAD, k, a, aOffset, b, bOffset + j, s, sOffset + j, c, cOffset + j);
            j += width;
        }
        for (; j < cols; j++) {
            column1(k, a, aOffset, b, bOffset + j, s, sOffset + j, c, cOffset + j);
        }
    }

    /** Two vectors, of which the second begins at column {@code second}. */
    private static void pair4(int second, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        FloatVector c00 = FloatVector.fromArray(S, s, sOffset);
        FloatVector c01 = FloatVector.fromArray(S, s, sOffset + second);
        FloatVector c10 = FloatVector.fromArray(S, s, sOffset + sStride);
        FloatVector c11 = FloatVector.fromArray(S, s, sOffset + sStride + second);
        FloatVector c20 = FloatVector.fromArray(S, s, sOffset + 2 * sStride);
        FloatVector c21 = FloatVector.fromArray(S, s, sOffset + 2 * sStride + second);
        FloatVector c30 = FloatVector.fromArray(S, s, sOffset + 3 * sStride);
        FloatVector c31 = FloatVector.fromArray(S, s, sOffset + 3 * sStride + second);
        int a1 = aOffset + aStride;
        int a2 = aOffset + 2 * aStride;
        int a3 = aOffset + 3 * aStride;
        for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
            FloatVector b0 = FloatVector.fromArray(S, b, p);
            FloatVector b1 = FloatVector.fromArray(S, b, p + second);
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
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + second);
        c10.intoArray(c, cOffset + cStride);
        c11.intoArray(c, cOffset + cStride + second);
        c20.intoArray(c, cOffset + 2 * cStride);
        c21.intoArray(c, cOffset + 2 * cStride + second);
        c30.intoArray(c, cOffset + 3 * cStride);
        c31.intoArray(c, cOffset + 3 * cStride + second);
    }

    private static void pair1(int second, int k, float[] a, int aOffset, float[] b, int bOffset, float[] s, int sOffset,
            float[] c, int cOffset) {
        FloatVector c0 = FloatVector.fromArray(S, s, sOffset);
        FloatVector c1 = FloatVector.fromArray(S, s, sOffset + second);
        for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
            FloatVector x = FloatVector.broadcast(S, a[aOffset + i]);
            c0 = x.fma(FloatVector.fromArray(S, b, p), c0);
            c1 = x.fma(FloatVector.fromArray(S, b, p + second), c1);
        }
        c0.intoArray(c, cOffset);
        c1.intoArray(c, cOffset + second);
    }

    /** As {@link #pair4} with vectors of 4 columns. */
    private static void quads4(int second, int k, float[] a, int aOffset, int aStride, float[] b, int bOffset,
            float[] s, int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        FloatVector c00 = FloatVector.fromArray(Q, s, sOffset);
        FloatVector c01 = FloatVector.fromArray(Q, s, sOffset + second);
        FloatVector c10 = FloatVector.fromArray(Q, s, sOffset + sStride);
        FloatVector c11 = FloatVector.fromArray(Q, s, sOffset + sStride + second);
        FloatVector c20 = FloatVector.fromArray(Q, s, sOffset + 2 * sStride);
        FloatVector c21 = FloatVector.fromArray(Q, s, sOffset + 2 * sStride + second);
        FloatVector c30 = FloatVector.fromArray(Q, s, sOffset + 3 * sStride);
        FloatVector c31 = FloatVector.fromArray(Q, s, sOffset + 3 * sStride + second);
        int a1 = aOffset + aStride;
        int a2 = aOffset + 2 * aStride;
        int a3 = aOffset + 3 * aStride;
        for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
            FloatVector b0 = FloatVector.fromArray(Q, b, p);
            FloatVector b1 = FloatVector.fromArray(Q, b, p + second);
            FloatVector x0 = FloatVector.broadcast(Q, a[aOffset + i]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(Q, a[a1 + i]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(Q, a[a2 + i]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(Q, a[a3 + i]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + second);
        c10.intoArray(c, cOffset + cStride);
        c11.intoArray(c, cOffset + cStride + second);
        c20.intoArray(c, cOffset + 2 * cStride);
        c21.intoArray(c, cOffset + 2 * cStride + second);
        c30.intoArray(c, cOffset + 3 * cStride);
        c31.intoArray(c, cOffset + 3 * cStride + second);
    }

    private static void quads1(int second, int k, float[] a, int aOffset, float[] b, int bOffset, float[] s,
            int sOffset, float[] c, int cOffset) {
        FloatVector c0 = FloatVector.fromArray(Q, s, sOffset);
        FloatVector c1 = FloatVector.fromArray(Q, s, sOffset + second);
        for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
            FloatVector x = FloatVector.broadcast(Q, a[aOffset + i]);
            c0 = x.fma(FloatVector.fromArray(Q, b, p), c0);
            c1 = x.fma(FloatVector.fromArray(Q, b, p + second), c1);
        }
        c0.intoArray(c, cOffset);
        c1.intoArray(c, cOffset + second);
    }

    private static void column4(int k, float[] a, int aOffset, int aStride, float[] b, int bOffset, float[] s,
            int sOffset, int sStride, float[] c, int cOffset, int cStride) {
        float c0 = s[sOffset];
        float c1 = s[sOffset + sStride];
        float c2 = s[sOffset + 2 * sStride];
        float c3 = s[sOffset + 3 * sStride];
        for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
            c0 = Math.fma(a[aOffset + i], b[p], c0);
            c1 = Math.fma(a[aOffset + aStride + i], b[p], c1);
            c2 = Math.fma(a[aOffset + 2 * aStride + i], b[p], c2);
            c3 = Math.fma(a[aOffset + 3 * aStride + i], b[p], c3);
        }
        c[cOffset] = c0;
        c[cOffset + cStride] = c1;
        c[cOffset + 2 * cStride] = c2;
        c[cOffset + 3 * cStride] = c3;
    }

    private static void column1(int k, float[] a, int aOffset, float[] b, int bOffset, float[] s, int sOffset,
            float[] c, int cOffset) {
        float sum = s[sOffset];
        for (int i = 0, p = bOffset; i < k; i++, p += PANEL) {
            sum = Math.fma(a[aOffset + i], b[p], sum);
        }
        c[cOffset] = sum;
    }
}
