package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.FloatVector;

/**
 * The tile of convolution with 12 positions by 2 vectors, for machines with 32 vector registers. Two steps of k at a time, as in
 * all tiles: with one, C2 keeps addresses in vector registers and sums in memory.
 */
final class ConvTile12 {
    private static final int PANEL = PackedMatrix.PANEL;

    private ConvTile12() {
    }

    static void tile12(int depth, int[] segments, float[] x, int xOffset, int[] starts, int first, float[] w,
            int wOffset, float[] y, int yOffset, int yStride) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c41 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
        FloatVector c51 = FloatVector.zero(S);
        FloatVector c60 = FloatVector.zero(S);
        FloatVector c61 = FloatVector.zero(S);
        FloatVector c70 = FloatVector.zero(S);
        FloatVector c71 = FloatVector.zero(S);
        FloatVector c80 = FloatVector.zero(S);
        FloatVector c81 = FloatVector.zero(S);
        FloatVector c90 = FloatVector.zero(S);
        FloatVector c91 = FloatVector.zero(S);
        FloatVector c100 = FloatVector.zero(S);
        FloatVector c101 = FloatVector.zero(S);
        FloatVector c110 = FloatVector.zero(S);
        FloatVector c111 = FloatVector.zero(S);
        int s0 = xOffset + starts[first];
        int s1 = xOffset + starts[first + 1];
        int s2 = xOffset + starts[first + 2];
        int s3 = xOffset + starts[first + 3];
        int s4 = xOffset + starts[first + 4];
        int s5 = xOffset + starts[first + 5];
        int s6 = xOffset + starts[first + 6];
        int s7 = xOffset + starts[first + 7];
        int s8 = xOffset + starts[first + 8];
        int s9 = xOffset + starts[first + 9];
        int s10 = xOffset + starts[first + 10];
        int s11 = xOffset + starts[first + 11];
        int p = wOffset;
        for (int from : segments) {
            int a0 = s0 + from;
            int a1 = s1 + from;
            int a2 = s2 + from;
            int a3 = s3 + from;
            int a4 = s4 + from;
            int a5 = s5 + from;
            int a6 = s6 + from;
            int a7 = s7 + from;
            int a8 = s8 + from;
            int a9 = s9 + from;
            int a10 = s10 + from;
            int a11 = s11 + from;
            int i = 0;
            for (; i < depth - 1; i += 2, p += 2 * PANEL) {
                FloatVector b0 = FloatVector.fromArray(S, w, p);
                FloatVector b1 = FloatVector.fromArray(S, w, p + L);
                FloatVector d0 = FloatVector.fromArray(S, w, p + PANEL);
                FloatVector d1 = FloatVector.fromArray(S, w, p + PANEL + L);
                FloatVector x0 = FloatVector.broadcast(S, x[a0 + i]);
                c00 = x0.fma(b0, c00);
                c01 = x0.fma(b1, c01);
                FloatVector z0 = FloatVector.broadcast(S, x[a0 + i + 1]);
                c00 = z0.fma(d0, c00);
                c01 = z0.fma(d1, c01);
                FloatVector x1 = FloatVector.broadcast(S, x[a1 + i]);
                c10 = x1.fma(b0, c10);
                c11 = x1.fma(b1, c11);
                FloatVector z1 = FloatVector.broadcast(S, x[a1 + i + 1]);
                c10 = z1.fma(d0, c10);
                c11 = z1.fma(d1, c11);
                FloatVector x2 = FloatVector.broadcast(S, x[a2 + i]);
                c20 = x2.fma(b0, c20);
                c21 = x2.fma(b1, c21);
                FloatVector z2 = FloatVector.broadcast(S, x[a2 + i + 1]);
                c20 = z2.fma(d0, c20);
                c21 = z2.fma(d1, c21);
                FloatVector x3 = FloatVector.broadcast(S, x[a3 + i]);
                c30 = x3.fma(b0, c30);
                c31 = x3.fma(b1, c31);
                FloatVector z3 = FloatVector.broadcast(S, x[a3 + i + 1]);
                c30 = z3.fma(d0, c30);
                c31 = z3.fma(d1, c31);
                FloatVector x4 = FloatVector.broadcast(S, x[a4 + i]);
                c40 = x4.fma(b0, c40);
                c41 = x4.fma(b1, c41);
                FloatVector z4 = FloatVector.broadcast(S, x[a4 + i + 1]);
                c40 = z4.fma(d0, c40);
                c41 = z4.fma(d1, c41);
                FloatVector x5 = FloatVector.broadcast(S, x[a5 + i]);
                c50 = x5.fma(b0, c50);
                c51 = x5.fma(b1, c51);
                FloatVector z5 = FloatVector.broadcast(S, x[a5 + i + 1]);
                c50 = z5.fma(d0, c50);
                c51 = z5.fma(d1, c51);
                FloatVector x6 = FloatVector.broadcast(S, x[a6 + i]);
                c60 = x6.fma(b0, c60);
                c61 = x6.fma(b1, c61);
                FloatVector z6 = FloatVector.broadcast(S, x[a6 + i + 1]);
                c60 = z6.fma(d0, c60);
                c61 = z6.fma(d1, c61);
                FloatVector x7 = FloatVector.broadcast(S, x[a7 + i]);
                c70 = x7.fma(b0, c70);
                c71 = x7.fma(b1, c71);
                FloatVector z7 = FloatVector.broadcast(S, x[a7 + i + 1]);
                c70 = z7.fma(d0, c70);
                c71 = z7.fma(d1, c71);
                FloatVector x8 = FloatVector.broadcast(S, x[a8 + i]);
                c80 = x8.fma(b0, c80);
                c81 = x8.fma(b1, c81);
                FloatVector z8 = FloatVector.broadcast(S, x[a8 + i + 1]);
                c80 = z8.fma(d0, c80);
                c81 = z8.fma(d1, c81);
                FloatVector x9 = FloatVector.broadcast(S, x[a9 + i]);
                c90 = x9.fma(b0, c90);
                c91 = x9.fma(b1, c91);
                FloatVector z9 = FloatVector.broadcast(S, x[a9 + i + 1]);
                c90 = z9.fma(d0, c90);
                c91 = z9.fma(d1, c91);
                FloatVector x10 = FloatVector.broadcast(S, x[a10 + i]);
                c100 = x10.fma(b0, c100);
                c101 = x10.fma(b1, c101);
                FloatVector z10 = FloatVector.broadcast(S, x[a10 + i + 1]);
                c100 = z10.fma(d0, c100);
                c101 = z10.fma(d1, c101);
                FloatVector x11 = FloatVector.broadcast(S, x[a11 + i]);
                c110 = x11.fma(b0, c110);
                c111 = x11.fma(b1, c111);
                FloatVector z11 = FloatVector.broadcast(S, x[a11 + i + 1]);
                c110 = z11.fma(d0, c110);
                c111 = z11.fma(d1, c111);
            }
            if (i < depth) {
                FloatVector b0 = FloatVector.fromArray(S, w, p);
                FloatVector b1 = FloatVector.fromArray(S, w, p + L);
                FloatVector x0 = FloatVector.broadcast(S, x[a0 + i]);
                c00 = x0.fma(b0, c00);
                c01 = x0.fma(b1, c01);
                FloatVector x1 = FloatVector.broadcast(S, x[a1 + i]);
                c10 = x1.fma(b0, c10);
                c11 = x1.fma(b1, c11);
                FloatVector x2 = FloatVector.broadcast(S, x[a2 + i]);
                c20 = x2.fma(b0, c20);
                c21 = x2.fma(b1, c21);
                FloatVector x3 = FloatVector.broadcast(S, x[a3 + i]);
                c30 = x3.fma(b0, c30);
                c31 = x3.fma(b1, c31);
                FloatVector x4 = FloatVector.broadcast(S, x[a4 + i]);
                c40 = x4.fma(b0, c40);
                c41 = x4.fma(b1, c41);
                FloatVector x5 = FloatVector.broadcast(S, x[a5 + i]);
                c50 = x5.fma(b0, c50);
                c51 = x5.fma(b1, c51);
                FloatVector x6 = FloatVector.broadcast(S, x[a6 + i]);
                c60 = x6.fma(b0, c60);
                c61 = x6.fma(b1, c61);
                FloatVector x7 = FloatVector.broadcast(S, x[a7 + i]);
                c70 = x7.fma(b0, c70);
                c71 = x7.fma(b1, c71);
                FloatVector x8 = FloatVector.broadcast(S, x[a8 + i]);
                c80 = x8.fma(b0, c80);
                c81 = x8.fma(b1, c81);
                FloatVector x9 = FloatVector.broadcast(S, x[a9 + i]);
                c90 = x9.fma(b0, c90);
                c91 = x9.fma(b1, c91);
                FloatVector x10 = FloatVector.broadcast(S, x[a10 + i]);
                c100 = x10.fma(b0, c100);
                c101 = x10.fma(b1, c101);
                FloatVector x11 = FloatVector.broadcast(S, x[a11 + i]);
                c110 = x11.fma(b0, c110);
                c111 = x11.fma(b1, c111);
                p += PANEL;
            }
        }
        c00.intoArray(y, yOffset);
        c01.intoArray(y, yOffset + L);
        c10.intoArray(y, yOffset + yStride);
        c11.intoArray(y, yOffset + yStride + L);
        c20.intoArray(y, yOffset + 2 * yStride);
        c21.intoArray(y, yOffset + 2 * yStride + L);
        c30.intoArray(y, yOffset + 3 * yStride);
        c31.intoArray(y, yOffset + 3 * yStride + L);
        c40.intoArray(y, yOffset + 4 * yStride);
        c41.intoArray(y, yOffset + 4 * yStride + L);
        c50.intoArray(y, yOffset + 5 * yStride);
        c51.intoArray(y, yOffset + 5 * yStride + L);
        c60.intoArray(y, yOffset + 6 * yStride);
        c61.intoArray(y, yOffset + 6 * yStride + L);
        c70.intoArray(y, yOffset + 7 * yStride);
        c71.intoArray(y, yOffset + 7 * yStride + L);
        c80.intoArray(y, yOffset + 8 * yStride);
        c81.intoArray(y, yOffset + 8 * yStride + L);
        c90.intoArray(y, yOffset + 9 * yStride);
        c91.intoArray(y, yOffset + 9 * yStride + L);
        c100.intoArray(y, yOffset + 10 * yStride);
        c101.intoArray(y, yOffset + 10 * yStride + L);
        c110.intoArray(y, yOffset + 11 * yStride);
        c111.intoArray(y, yOffset + 11 * yStride + L);
    }
}
