package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.MANY_REGISTERS;
import static dev.lanewise.kernel.vector.Width.S;
import static jdk.incubator.vector.VectorOperators.B2F;

import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products with panels of bytes that become floats on their way into the multiplication. For few rows: what is limited by the
 * memory, so one row takes 8 vectors at a time out of several panels, which are streams that the hardware fetches side by side.
 */
final class GemmInt8 {
    private static final int PANEL = PackedMatrix.PANEL;
    /** As many bytes as a vector has floats, at least 8; there is no species for 4. */
    private static final VectorSpecies<Byte> B = L == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    /** Columns of 8 vectors. */
    private static final int WIDE = 8 * L;

    private GemmInt8() {
    }

    /** Returns how many columns are done; the rest, a last panel that is not full, is left to the scalar form. */
    static int panels(int rows, int cols, int k, float[] a, int aOffset, int aStride, byte[] b, int bOffset,
            int bStride, float[] c, int cOffset, int cStride) {
        int full = L < 8 ? 0 : cols / PANEL * PANEL;
        int j = 0;
        if (rows <= 2) {
            int apart = full / WIDE;
            for (int p = 0; p < apart; p++) {
                wide(rows, k, a, aOffset, aStride, b, bOffset + p * bStride, apart * bStride, c, cOffset + p * PANEL,
                        apart * PANEL, cStride);
            }
            j = apart * WIDE;
        }
        for (; j < full; j += 2 * L) {
            tall(rows, k, a, aOffset, aStride, b, bOffset + at(j / L, bStride), c, cOffset + j, cStride);
        }
        return full;
    }

    /** Where vector v of a row of panels begins, which are stride apart. */
    private static int at(int v, int stride) {
        return v * L / PANEL * stride + v * L % PANEL;
    }

    private static void wide(int rows, int k, float[] a, int aOffset, int aStride, byte[] b, int bOffset, int bStride,
            float[] c, int cOffset, int cPanel, int cStride) {
        if (MANY_REGISTERS && rows == 2) {
            wide2(k, a, aOffset, aStride, b, bOffset, bStride, c, cOffset, cPanel, cStride);
        } else {
            for (int r = 0; r < rows; r++) {
                wide1(k, a, aOffset + r * aStride, b, bOffset, bStride, c, cOffset + r * cStride, cPanel);
            }
        }
    }

    /** The first 8 rows of a full panel, whose bytes are left as floats in w for the rows that follow. */
    static void widening(int k, float[] a, int aOffset, int aStride, byte[] b, int bOffset, float[] c, int cOffset,
            int cStride, float[] w, int wOffset) {
        for (int j = 0; j < PANEL; j += 2 * L) {
            widening8(k, a, aOffset, aStride, b, bOffset + j, c, cOffset + j, cStride, w, wOffset + j);
        }
    }

    private static void tall(int rows, int k, float[] a, int aOffset, int aStride, byte[] b, int bOffset, float[] c,
            int cOffset, int cStride) {
        int r = 0;
        while (r < rows) {
            int from = aOffset + r * aStride;
            int to = cOffset + r * cStride;
            if (MANY_REGISTERS && rows - r >= 8) {
                tile8(k, a, from, aStride, b, bOffset, c, to, cStride);
                r += 8;
            } else if (rows - r >= 4) {
                tile4(k, a, from, aStride, b, bOffset, c, to, cStride);
                r += 4;
            } else {
                tile1(k, a, from, b, bOffset, c, to);
                r += 1;
            }
        }
    }

    private static void wide1(int k, float[] a, int aOffset, byte[] b, int bOffset, int bStride, float[] c,
            int cOffset, int cPanel) {
        FloatVector c00 = FloatVector.broadcast(S, 0f);
        FloatVector c01 = c00;
        FloatVector c02 = c00;
        FloatVector c03 = c00;
        FloatVector c04 = c00;
        FloatVector c05 = c00;
        FloatVector c06 = c00;
        FloatVector c07 = c00;
        int b1 = bOffset + at(1, bStride);
        int b2 = bOffset + at(2, bStride);
        int b3 = bOffset + at(3, bStride);
        int b4 = bOffset + at(4, bStride);
        int b5 = bOffset + at(5, bStride);
        int b6 = bOffset + at(6, bStride);
        int b7 = bOffset + at(7, bStride);
        for (int i = 0; i < k; i++) {
            FloatVector w0 = (FloatVector) ByteVector.fromArray(B, b, bOffset + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w1 = (FloatVector) ByteVector.fromArray(B, b, b1 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w2 = (FloatVector) ByteVector.fromArray(B, b, b2 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w3 = (FloatVector) ByteVector.fromArray(B, b, b3 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w4 = (FloatVector) ByteVector.fromArray(B, b, b4 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w5 = (FloatVector) ByteVector.fromArray(B, b, b5 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w6 = (FloatVector) ByteVector.fromArray(B, b, b6 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w7 = (FloatVector) ByteVector.fromArray(B, b, b7 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(w0, c00);
            c01 = x0.fma(w1, c01);
            c02 = x0.fma(w2, c02);
            c03 = x0.fma(w3, c03);
            c04 = x0.fma(w4, c04);
            c05 = x0.fma(w5, c05);
            c06 = x0.fma(w6, c06);
            c07 = x0.fma(w7, c07);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + at(1, cPanel));
        c02.intoArray(c, cOffset + at(2, cPanel));
        c03.intoArray(c, cOffset + at(3, cPanel));
        c04.intoArray(c, cOffset + at(4, cPanel));
        c05.intoArray(c, cOffset + at(5, cPanel));
        c06.intoArray(c, cOffset + at(6, cPanel));
        c07.intoArray(c, cOffset + at(7, cPanel));
    }

    private static void wide2(int k, float[] a, int aOffset, int aStride, byte[] b, int bOffset, int bStride, float[] c,
            int cOffset, int cPanel, int cStride) {
        FloatVector c00 = FloatVector.broadcast(S, 0f);
        FloatVector c01 = c00;
        FloatVector c02 = c00;
        FloatVector c03 = c00;
        FloatVector c04 = c00;
        FloatVector c05 = c00;
        FloatVector c06 = c00;
        FloatVector c07 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c12 = c00;
        FloatVector c13 = c00;
        FloatVector c14 = c00;
        FloatVector c15 = c00;
        FloatVector c16 = c00;
        FloatVector c17 = c00;
        int a1 = aOffset + aStride;
        int b1 = bOffset + at(1, bStride);
        int b2 = bOffset + at(2, bStride);
        int b3 = bOffset + at(3, bStride);
        int b4 = bOffset + at(4, bStride);
        int b5 = bOffset + at(5, bStride);
        int b6 = bOffset + at(6, bStride);
        int b7 = bOffset + at(7, bStride);
        for (int i = 0; i < k; i++) {
            FloatVector w0 = (FloatVector) ByteVector.fromArray(B, b, bOffset + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w1 = (FloatVector) ByteVector.fromArray(B, b, b1 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w2 = (FloatVector) ByteVector.fromArray(B, b, b2 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w3 = (FloatVector) ByteVector.fromArray(B, b, b3 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w4 = (FloatVector) ByteVector.fromArray(B, b, b4 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w5 = (FloatVector) ByteVector.fromArray(B, b, b5 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w6 = (FloatVector) ByteVector.fromArray(B, b, b6 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w7 = (FloatVector) ByteVector.fromArray(B, b, b7 + i * PANEL).convertShape(B2F, S, 0);
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(w0, c00);
            c01 = x0.fma(w1, c01);
            c02 = x0.fma(w2, c02);
            c03 = x0.fma(w3, c03);
            c04 = x0.fma(w4, c04);
            c05 = x0.fma(w5, c05);
            c06 = x0.fma(w6, c06);
            c07 = x0.fma(w7, c07);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(w0, c10);
            c11 = x1.fma(w1, c11);
            c12 = x1.fma(w2, c12);
            c13 = x1.fma(w3, c13);
            c14 = x1.fma(w4, c14);
            c15 = x1.fma(w5, c15);
            c16 = x1.fma(w6, c16);
            c17 = x1.fma(w7, c17);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + at(1, cPanel));
        c02.intoArray(c, cOffset + at(2, cPanel));
        c03.intoArray(c, cOffset + at(3, cPanel));
        c04.intoArray(c, cOffset + at(4, cPanel));
        c05.intoArray(c, cOffset + at(5, cPanel));
        c06.intoArray(c, cOffset + at(6, cPanel));
        c07.intoArray(c, cOffset + at(7, cPanel));
        c10.intoArray(c, cOffset + cStride);
        c11.intoArray(c, cOffset + cStride + at(1, cPanel));
        c12.intoArray(c, cOffset + cStride + at(2, cPanel));
        c13.intoArray(c, cOffset + cStride + at(3, cPanel));
        c14.intoArray(c, cOffset + cStride + at(4, cPanel));
        c15.intoArray(c, cOffset + cStride + at(5, cPanel));
        c16.intoArray(c, cOffset + cStride + at(6, cPanel));
        c17.intoArray(c, cOffset + cStride + at(7, cPanel));
    }

    private static void tile8(int k, float[] a, int aOffset, int aStride, byte[] b, int bOffset, float[] c, int cOffset,
            int cStride) {
        FloatVector c00 = FloatVector.broadcast(S, 0f);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        FloatVector c40 = c00;
        FloatVector c41 = c00;
        FloatVector c50 = c00;
        FloatVector c51 = c00;
        FloatVector c60 = c00;
        FloatVector c61 = c00;
        FloatVector c70 = c00;
        FloatVector c71 = c00;
        int a1 = aOffset + aStride;
        int a2 = aOffset + 2 * aStride;
        int a3 = aOffset + 3 * aStride;
        int a4 = aOffset + 4 * aStride;
        int a5 = aOffset + 5 * aStride;
        int a6 = aOffset + 6 * aStride;
        int a7 = aOffset + 7 * aStride;
        for (int i = 0; i < k; i++) {
            FloatVector w0 = (FloatVector) ByteVector.fromArray(B, b, bOffset + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w1 = (FloatVector) ByteVector.fromArray(B, b, bOffset + i * PANEL + L).convertShape(B2F, S, 0);
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(w0, c00);
            c01 = x0.fma(w1, c01);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(w0, c10);
            c11 = x1.fma(w1, c11);
            FloatVector x2 = FloatVector.broadcast(S, a[a2 + i]);
            c20 = x2.fma(w0, c20);
            c21 = x2.fma(w1, c21);
            FloatVector x3 = FloatVector.broadcast(S, a[a3 + i]);
            c30 = x3.fma(w0, c30);
            c31 = x3.fma(w1, c31);
            FloatVector x4 = FloatVector.broadcast(S, a[a4 + i]);
            c40 = x4.fma(w0, c40);
            c41 = x4.fma(w1, c41);
            FloatVector x5 = FloatVector.broadcast(S, a[a5 + i]);
            c50 = x5.fma(w0, c50);
            c51 = x5.fma(w1, c51);
            FloatVector x6 = FloatVector.broadcast(S, a[a6 + i]);
            c60 = x6.fma(w0, c60);
            c61 = x6.fma(w1, c61);
            FloatVector x7 = FloatVector.broadcast(S, a[a7 + i]);
            c70 = x7.fma(w0, c70);
            c71 = x7.fma(w1, c71);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + L);
        c10.intoArray(c, cOffset + cStride);
        c11.intoArray(c, cOffset + cStride + L);
        c20.intoArray(c, cOffset + 2 * cStride);
        c21.intoArray(c, cOffset + 2 * cStride + L);
        c30.intoArray(c, cOffset + 3 * cStride);
        c31.intoArray(c, cOffset + 3 * cStride + L);
        c40.intoArray(c, cOffset + 4 * cStride);
        c41.intoArray(c, cOffset + 4 * cStride + L);
        c50.intoArray(c, cOffset + 5 * cStride);
        c51.intoArray(c, cOffset + 5 * cStride + L);
        c60.intoArray(c, cOffset + 6 * cStride);
        c61.intoArray(c, cOffset + 6 * cStride + L);
        c70.intoArray(c, cOffset + 7 * cStride);
        c71.intoArray(c, cOffset + 7 * cStride + L);
    }

    private static void widening8(int k, float[] a, int aOffset, int aStride, byte[] b, int bOffset, float[] c,
            int cOffset,
            int cStride, float[] w, int wOffset) {
        FloatVector c00 = FloatVector.broadcast(S, 0f);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        FloatVector c40 = c00;
        FloatVector c41 = c00;
        FloatVector c50 = c00;
        FloatVector c51 = c00;
        FloatVector c60 = c00;
        FloatVector c61 = c00;
        FloatVector c70 = c00;
        FloatVector c71 = c00;
        int a1 = aOffset + aStride;
        int a2 = aOffset + 2 * aStride;
        int a3 = aOffset + 3 * aStride;
        int a4 = aOffset + 4 * aStride;
        int a5 = aOffset + 5 * aStride;
        int a6 = aOffset + 6 * aStride;
        int a7 = aOffset + 7 * aStride;
        for (int i = 0; i < k; i++) {
            FloatVector w0 = (FloatVector) ByteVector.fromArray(B, b, bOffset + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w1 = (FloatVector) ByteVector.fromArray(B, b, bOffset + i * PANEL + L).convertShape(B2F, S, 0);
            w0.intoArray(w, wOffset + i * PANEL);
            w1.intoArray(w, wOffset + i * PANEL + L);
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(w0, c00);
            c01 = x0.fma(w1, c01);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(w0, c10);
            c11 = x1.fma(w1, c11);
            FloatVector x2 = FloatVector.broadcast(S, a[a2 + i]);
            c20 = x2.fma(w0, c20);
            c21 = x2.fma(w1, c21);
            FloatVector x3 = FloatVector.broadcast(S, a[a3 + i]);
            c30 = x3.fma(w0, c30);
            c31 = x3.fma(w1, c31);
            FloatVector x4 = FloatVector.broadcast(S, a[a4 + i]);
            c40 = x4.fma(w0, c40);
            c41 = x4.fma(w1, c41);
            FloatVector x5 = FloatVector.broadcast(S, a[a5 + i]);
            c50 = x5.fma(w0, c50);
            c51 = x5.fma(w1, c51);
            FloatVector x6 = FloatVector.broadcast(S, a[a6 + i]);
            c60 = x6.fma(w0, c60);
            c61 = x6.fma(w1, c61);
            FloatVector x7 = FloatVector.broadcast(S, a[a7 + i]);
            c70 = x7.fma(w0, c70);
            c71 = x7.fma(w1, c71);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + L);
        c10.intoArray(c, cOffset + cStride);
        c11.intoArray(c, cOffset + cStride + L);
        c20.intoArray(c, cOffset + 2 * cStride);
        c21.intoArray(c, cOffset + 2 * cStride + L);
        c30.intoArray(c, cOffset + 3 * cStride);
        c31.intoArray(c, cOffset + 3 * cStride + L);
        c40.intoArray(c, cOffset + 4 * cStride);
        c41.intoArray(c, cOffset + 4 * cStride + L);
        c50.intoArray(c, cOffset + 5 * cStride);
        c51.intoArray(c, cOffset + 5 * cStride + L);
        c60.intoArray(c, cOffset + 6 * cStride);
        c61.intoArray(c, cOffset + 6 * cStride + L);
        c70.intoArray(c, cOffset + 7 * cStride);
        c71.intoArray(c, cOffset + 7 * cStride + L);
    }

    private static void tile4(int k, float[] a, int aOffset, int aStride, byte[] b, int bOffset, float[] c, int cOffset,
            int cStride) {
        FloatVector c00 = FloatVector.broadcast(S, 0f);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        int a1 = aOffset + aStride;
        int a2 = aOffset + 2 * aStride;
        int a3 = aOffset + 3 * aStride;
        for (int i = 0; i < k; i++) {
            FloatVector w0 = (FloatVector) ByteVector.fromArray(B, b, bOffset + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w1 = (FloatVector) ByteVector.fromArray(B, b, bOffset + i * PANEL + L).convertShape(B2F, S, 0);
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(w0, c00);
            c01 = x0.fma(w1, c01);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
            c10 = x1.fma(w0, c10);
            c11 = x1.fma(w1, c11);
            FloatVector x2 = FloatVector.broadcast(S, a[a2 + i]);
            c20 = x2.fma(w0, c20);
            c21 = x2.fma(w1, c21);
            FloatVector x3 = FloatVector.broadcast(S, a[a3 + i]);
            c30 = x3.fma(w0, c30);
            c31 = x3.fma(w1, c31);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + L);
        c10.intoArray(c, cOffset + cStride);
        c11.intoArray(c, cOffset + cStride + L);
        c20.intoArray(c, cOffset + 2 * cStride);
        c21.intoArray(c, cOffset + 2 * cStride + L);
        c30.intoArray(c, cOffset + 3 * cStride);
        c31.intoArray(c, cOffset + 3 * cStride + L);
    }

    private static void tile1(int k, float[] a, int aOffset, byte[] b, int bOffset, float[] c, int cOffset) {
        FloatVector c00 = FloatVector.broadcast(S, 0f);
        FloatVector c01 = c00;
        for (int i = 0; i < k; i++) {
            FloatVector w0 = (FloatVector) ByteVector.fromArray(B, b, bOffset + i * PANEL).convertShape(B2F, S, 0);
            FloatVector w1 = (FloatVector) ByteVector.fromArray(B, b, bOffset + i * PANEL + L).convertShape(B2F, S, 0);
            FloatVector x0 = FloatVector.broadcast(S, a[aOffset + i]);
            c00 = x0.fma(w0, c00);
            c01 = x0.fma(w1, c01);
        }
        c00.intoArray(c, cOffset);
        c01.intoArray(c, cOffset + L);
    }
}
