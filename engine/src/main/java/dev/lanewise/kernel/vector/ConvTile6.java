package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The tile of convolution with 6 positions by 2 vectors, the tallest that 16 vector registers hold.
 */
final class ConvTile6 {
    private static final int PANEL = PackedMatrix.PANEL;

    private ConvTile6() {
    }

    static void tile6(int depth, int[] segments, float[] x, int xOffset, int[] starts, int first, float[] w,
            int wOffset, float[] bias, int biasOffset, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor) {
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
        int s0 = xOffset + starts[first];
        int s1 = xOffset + starts[first + 1];
        int s2 = xOffset + starts[first + 2];
        int s3 = xOffset + starts[first + 3];
        int s4 = xOffset + starts[first + 4];
        int s5 = xOffset + starts[first + 5];
        int p = wOffset;
        for (int from : segments) {
            int a0 = s0 + from;
            int a1 = s1 + from;
            int a2 = s2 + from;
            int a3 = s3 + from;
            int a4 = s4 + from;
            int a5 = s5 + from;
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
                p += PANEL;
            }
        }
        FloatVector e0 = FloatVector.fromArray(S, bias, biasOffset);
        FloatVector e1 = FloatVector.fromArray(S, bias, biasOffset + L);
        c00 = c00.add(e0).add(FloatVector.fromArray(S, r, rOffset));
        c01 = c01.add(e1).add(FloatVector.fromArray(S, r, rOffset + L));
        c10 = c10.add(e0).add(FloatVector.fromArray(S, r, rOffset + rStride));
        c11 = c11.add(e1).add(FloatVector.fromArray(S, r, rOffset + rStride + L));
        c20 = c20.add(e0).add(FloatVector.fromArray(S, r, rOffset + 2 * rStride));
        c21 = c21.add(e1).add(FloatVector.fromArray(S, r, rOffset + 2 * rStride + L));
        c30 = c30.add(e0).add(FloatVector.fromArray(S, r, rOffset + 3 * rStride));
        c31 = c31.add(e1).add(FloatVector.fromArray(S, r, rOffset + 3 * rStride + L));
        c40 = c40.add(e0).add(FloatVector.fromArray(S, r, rOffset + 4 * rStride));
        c41 = c41.add(e1).add(FloatVector.fromArray(S, r, rOffset + 4 * rStride + L));
        c50 = c50.add(e0).add(FloatVector.fromArray(S, r, rOffset + 5 * rStride));
        c51 = c51.add(e1).add(FloatVector.fromArray(S, r, rOffset + 5 * rStride + L));
        c00 = c00.blend(floor, c00.compare(VectorOperators.LE, floor));
        c01 = c01.blend(floor, c01.compare(VectorOperators.LE, floor));
        c10 = c10.blend(floor, c10.compare(VectorOperators.LE, floor));
        c11 = c11.blend(floor, c11.compare(VectorOperators.LE, floor));
        c20 = c20.blend(floor, c20.compare(VectorOperators.LE, floor));
        c21 = c21.blend(floor, c21.compare(VectorOperators.LE, floor));
        c30 = c30.blend(floor, c30.compare(VectorOperators.LE, floor));
        c31 = c31.blend(floor, c31.compare(VectorOperators.LE, floor));
        c40 = c40.blend(floor, c40.compare(VectorOperators.LE, floor));
        c41 = c41.blend(floor, c41.compare(VectorOperators.LE, floor));
        c50 = c50.blend(floor, c50.compare(VectorOperators.LE, floor));
        c51 = c51.blend(floor, c51.compare(VectorOperators.LE, floor));
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
    }
}
