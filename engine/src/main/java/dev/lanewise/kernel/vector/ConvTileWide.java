package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Tiles of convolution with 2 or 1 positions by 4 vectors, for machines with 16 vector registers; see {@link GemmWide}. */
final class ConvTileWide {
    private static final int PANEL = PackedMatrix.PANEL;
    /** Columns of a tile. */
    static final int COLUMNS = 4 * L;

    private ConvTileWide() {
    }

    static void tile2(int depth, int[] segments, float[] x, int xOffset, int[] starts, int first, float[] w,
            int wOffset, float[] bias, int biasOffset, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c02 = FloatVector.zero(S);
        FloatVector c03 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c12 = FloatVector.zero(S);
        FloatVector c13 = FloatVector.zero(S);
        int s0 = xOffset + starts[first];
        int s1 = xOffset + starts[first + 1];
        int p = wOffset;
        for (int from : segments) {
            int a0 = s0 + from;
            int a1 = s1 + from;
            int i = 0;
            for (; i < depth - 1; i += 2, p += 2 * PANEL) {
                FloatVector b0 = FloatVector.fromArray(S, w, p);
                FloatVector b1 = FloatVector.fromArray(S, w, p + L);
                FloatVector b2 = FloatVector.fromArray(S, w, p + 2 * L);
                FloatVector b3 = FloatVector.fromArray(S, w, p + 3 * L);
                FloatVector x0 = FloatVector.broadcast(S, x[a0 + i]);
                c00 = x0.fma(b0, c00);
                c01 = x0.fma(b1, c01);
                c02 = x0.fma(b2, c02);
                c03 = x0.fma(b3, c03);
                FloatVector x1 = FloatVector.broadcast(S, x[a1 + i]);
                c10 = x1.fma(b0, c10);
                c11 = x1.fma(b1, c11);
                c12 = x1.fma(b2, c12);
                c13 = x1.fma(b3, c13);
                FloatVector d0 = FloatVector.fromArray(S, w, p + PANEL);
                FloatVector d1 = FloatVector.fromArray(S, w, p + PANEL + L);
                FloatVector d2 = FloatVector.fromArray(S, w, p + PANEL + 2 * L);
                FloatVector d3 = FloatVector.fromArray(S, w, p + PANEL + 3 * L);
                FloatVector z0 = FloatVector.broadcast(S, x[a0 + i + 1]);
                c00 = z0.fma(d0, c00);
                c01 = z0.fma(d1, c01);
                c02 = z0.fma(d2, c02);
                c03 = z0.fma(d3, c03);
                FloatVector z1 = FloatVector.broadcast(S, x[a1 + i + 1]);
                c10 = z1.fma(d0, c10);
                c11 = z1.fma(d1, c11);
                c12 = z1.fma(d2, c12);
                c13 = z1.fma(d3, c13);
            }
            if (i < depth) {
                FloatVector b0 = FloatVector.fromArray(S, w, p);
                FloatVector b1 = FloatVector.fromArray(S, w, p + L);
                FloatVector b2 = FloatVector.fromArray(S, w, p + 2 * L);
                FloatVector b3 = FloatVector.fromArray(S, w, p + 3 * L);
                FloatVector x0 = FloatVector.broadcast(S, x[a0 + i]);
                c00 = x0.fma(b0, c00);
                c01 = x0.fma(b1, c01);
                c02 = x0.fma(b2, c02);
                c03 = x0.fma(b3, c03);
                FloatVector x1 = FloatVector.broadcast(S, x[a1 + i]);
                c10 = x1.fma(b0, c10);
                c11 = x1.fma(b1, c11);
                c12 = x1.fma(b2, c12);
                c13 = x1.fma(b3, c13);
                p += PANEL;
            }
        }
        FloatVector e0 = FloatVector.fromArray(S, bias, biasOffset);
        FloatVector e1 = FloatVector.fromArray(S, bias, biasOffset + L);
        FloatVector e2 = FloatVector.fromArray(S, bias, biasOffset + 2 * L);
        FloatVector e3 = FloatVector.fromArray(S, bias, biasOffset + 3 * L);
        c00 = c00.add(e0).add(FloatVector.fromArray(S, r, rOffset));
        c01 = c01.add(e1).add(FloatVector.fromArray(S, r, rOffset + L));
        c02 = c02.add(e2).add(FloatVector.fromArray(S, r, rOffset + 2 * L));
        c03 = c03.add(e3).add(FloatVector.fromArray(S, r, rOffset + 3 * L));
        c10 = c10.add(e0).add(FloatVector.fromArray(S, r, rOffset + rStride));
        c11 = c11.add(e1).add(FloatVector.fromArray(S, r, rOffset + rStride + L));
        c12 = c12.add(e2).add(FloatVector.fromArray(S, r, rOffset + rStride + 2 * L));
        c13 = c13.add(e3).add(FloatVector.fromArray(S, r, rOffset + rStride + 3 * L));
        c00 = c00.blend(floor, c00.compare(VectorOperators.LE, floor));
        c01 = c01.blend(floor, c01.compare(VectorOperators.LE, floor));
        c02 = c02.blend(floor, c02.compare(VectorOperators.LE, floor));
        c03 = c03.blend(floor, c03.compare(VectorOperators.LE, floor));
        c10 = c10.blend(floor, c10.compare(VectorOperators.LE, floor));
        c11 = c11.blend(floor, c11.compare(VectorOperators.LE, floor));
        c12 = c12.blend(floor, c12.compare(VectorOperators.LE, floor));
        c13 = c13.blend(floor, c13.compare(VectorOperators.LE, floor));
        c00.intoArray(y, yOffset);
        c01.intoArray(y, yOffset + L);
        c02.intoArray(y, yOffset + 2 * L);
        c03.intoArray(y, yOffset + 3 * L);
        c10.intoArray(y, yOffset + yStride);
        c11.intoArray(y, yOffset + yStride + L);
        c12.intoArray(y, yOffset + yStride + 2 * L);
        c13.intoArray(y, yOffset + yStride + 3 * L);
    }

    static void tile1(int depth, int[] segments, float[] x, int xOffset, int[] starts, int first, float[] w,
            int wOffset, float[] bias, int biasOffset, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c02 = FloatVector.zero(S);
        FloatVector c03 = FloatVector.zero(S);
        int s0 = xOffset + starts[first];
        int p = wOffset;
        for (int from : segments) {
            int a0 = s0 + from;
            int i = 0;
            for (; i < depth - 1; i += 2, p += 2 * PANEL) {
                FloatVector b0 = FloatVector.fromArray(S, w, p);
                FloatVector b1 = FloatVector.fromArray(S, w, p + L);
                FloatVector b2 = FloatVector.fromArray(S, w, p + 2 * L);
                FloatVector b3 = FloatVector.fromArray(S, w, p + 3 * L);
                FloatVector x0 = FloatVector.broadcast(S, x[a0 + i]);
                c00 = x0.fma(b0, c00);
                c01 = x0.fma(b1, c01);
                c02 = x0.fma(b2, c02);
                c03 = x0.fma(b3, c03);
                FloatVector d0 = FloatVector.fromArray(S, w, p + PANEL);
                FloatVector d1 = FloatVector.fromArray(S, w, p + PANEL + L);
                FloatVector d2 = FloatVector.fromArray(S, w, p + PANEL + 2 * L);
                FloatVector d3 = FloatVector.fromArray(S, w, p + PANEL + 3 * L);
                FloatVector z0 = FloatVector.broadcast(S, x[a0 + i + 1]);
                c00 = z0.fma(d0, c00);
                c01 = z0.fma(d1, c01);
                c02 = z0.fma(d2, c02);
                c03 = z0.fma(d3, c03);
            }
            if (i < depth) {
                FloatVector b0 = FloatVector.fromArray(S, w, p);
                FloatVector b1 = FloatVector.fromArray(S, w, p + L);
                FloatVector b2 = FloatVector.fromArray(S, w, p + 2 * L);
                FloatVector b3 = FloatVector.fromArray(S, w, p + 3 * L);
                FloatVector x0 = FloatVector.broadcast(S, x[a0 + i]);
                c00 = x0.fma(b0, c00);
                c01 = x0.fma(b1, c01);
                c02 = x0.fma(b2, c02);
                c03 = x0.fma(b3, c03);
                p += PANEL;
            }
        }
        FloatVector e0 = FloatVector.fromArray(S, bias, biasOffset);
        FloatVector e1 = FloatVector.fromArray(S, bias, biasOffset + L);
        FloatVector e2 = FloatVector.fromArray(S, bias, biasOffset + 2 * L);
        FloatVector e3 = FloatVector.fromArray(S, bias, biasOffset + 3 * L);
        c00 = c00.add(e0).add(FloatVector.fromArray(S, r, rOffset));
        c01 = c01.add(e1).add(FloatVector.fromArray(S, r, rOffset + L));
        c02 = c02.add(e2).add(FloatVector.fromArray(S, r, rOffset + 2 * L));
        c03 = c03.add(e3).add(FloatVector.fromArray(S, r, rOffset + 3 * L));
        c00 = c00.blend(floor, c00.compare(VectorOperators.LE, floor));
        c01 = c01.blend(floor, c01.compare(VectorOperators.LE, floor));
        c02 = c02.blend(floor, c02.compare(VectorOperators.LE, floor));
        c03 = c03.blend(floor, c03.compare(VectorOperators.LE, floor));
        c00.intoArray(y, yOffset);
        c01.intoArray(y, yOffset + L);
        c02.intoArray(y, yOffset + 2 * L);
        c03.intoArray(y, yOffset + 3 * L);
    }
}
