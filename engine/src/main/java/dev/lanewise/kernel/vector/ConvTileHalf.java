package dev.lanewise.kernel.vector;

import dev.lanewise.kernel.PackedMatrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of convolution with 7 positions or 1 by 8 outputs, half a vector of the widest: many networks have a multiple of 8 and not of
 * 16. As {@link ConvTileNarrow} but for the species, which has to be a constant.
 */
final class ConvTileHalf {
    static final VectorSpecies<Float> H = FloatVector.SPECIES_256;
    static final int COLUMNS = 8;
    private static final int PANEL = PackedMatrix.PANEL;

    private ConvTileHalf() {
    }

    static void tile7(int depth, int[] segments, float[] x, int xOffset, int[] starts, int first, float[] w,
            int wOffset, float[] bias, int biasOffset, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor) {
        FloatVector c0 = FloatVector.zero(H);
        FloatVector c1 = FloatVector.zero(H);
        FloatVector c2 = FloatVector.zero(H);
        FloatVector c3 = FloatVector.zero(H);
        FloatVector c4 = FloatVector.zero(H);
        FloatVector c5 = FloatVector.zero(H);
        FloatVector c6 = FloatVector.zero(H);
        int s0 = xOffset + starts[first];
        int s1 = xOffset + starts[first + 1];
        int s2 = xOffset + starts[first + 2];
        int s3 = xOffset + starts[first + 3];
        int s4 = xOffset + starts[first + 4];
        int s5 = xOffset + starts[first + 5];
        int s6 = xOffset + starts[first + 6];
        int p = wOffset;
        for (int from : segments) {
            int a0 = s0 + from;
            int a1 = s1 + from;
            int a2 = s2 + from;
            int a3 = s3 + from;
            int a4 = s4 + from;
            int a5 = s5 + from;
            int a6 = s6 + from;
            int i = 0;
            for (; i < depth - 1; i += 2, p += 2 * PANEL) {
                FloatVector b = FloatVector.fromArray(H, w, p);
                FloatVector d = FloatVector.fromArray(H, w, p + PANEL);
                FloatVector x0 = FloatVector.broadcast(H, x[a0 + i]);
                c0 = x0.fma(b, c0);
                FloatVector z0 = FloatVector.broadcast(H, x[a0 + i + 1]);
                c0 = z0.fma(d, c0);
                FloatVector x1 = FloatVector.broadcast(H, x[a1 + i]);
                c1 = x1.fma(b, c1);
                FloatVector z1 = FloatVector.broadcast(H, x[a1 + i + 1]);
                c1 = z1.fma(d, c1);
                FloatVector x2 = FloatVector.broadcast(H, x[a2 + i]);
                c2 = x2.fma(b, c2);
                FloatVector z2 = FloatVector.broadcast(H, x[a2 + i + 1]);
                c2 = z2.fma(d, c2);
                FloatVector x3 = FloatVector.broadcast(H, x[a3 + i]);
                c3 = x3.fma(b, c3);
                FloatVector z3 = FloatVector.broadcast(H, x[a3 + i + 1]);
                c3 = z3.fma(d, c3);
                FloatVector x4 = FloatVector.broadcast(H, x[a4 + i]);
                c4 = x4.fma(b, c4);
                FloatVector z4 = FloatVector.broadcast(H, x[a4 + i + 1]);
                c4 = z4.fma(d, c4);
                FloatVector x5 = FloatVector.broadcast(H, x[a5 + i]);
                c5 = x5.fma(b, c5);
                FloatVector z5 = FloatVector.broadcast(H, x[a5 + i + 1]);
                c5 = z5.fma(d, c5);
                FloatVector x6 = FloatVector.broadcast(H, x[a6 + i]);
                c6 = x6.fma(b, c6);
                FloatVector z6 = FloatVector.broadcast(H, x[a6 + i + 1]);
                c6 = z6.fma(d, c6);
            }
            if (i < depth) {
                FloatVector b = FloatVector.fromArray(H, w, p);
                FloatVector x0 = FloatVector.broadcast(H, x[a0 + i]);
                c0 = x0.fma(b, c0);
                FloatVector x1 = FloatVector.broadcast(H, x[a1 + i]);
                c1 = x1.fma(b, c1);
                FloatVector x2 = FloatVector.broadcast(H, x[a2 + i]);
                c2 = x2.fma(b, c2);
                FloatVector x3 = FloatVector.broadcast(H, x[a3 + i]);
                c3 = x3.fma(b, c3);
                FloatVector x4 = FloatVector.broadcast(H, x[a4 + i]);
                c4 = x4.fma(b, c4);
                FloatVector x5 = FloatVector.broadcast(H, x[a5 + i]);
                c5 = x5.fma(b, c5);
                FloatVector x6 = FloatVector.broadcast(H, x[a6 + i]);
                c6 = x6.fma(b, c6);
                p += PANEL;
            }
        }
        FloatVector e = FloatVector.fromArray(H, bias, biasOffset);
        c0 = c0.add(e).add(FloatVector.fromArray(H, r, rOffset));
        c1 = c1.add(e).add(FloatVector.fromArray(H, r, rOffset + rStride));
        c2 = c2.add(e).add(FloatVector.fromArray(H, r, rOffset + 2 * rStride));
        c3 = c3.add(e).add(FloatVector.fromArray(H, r, rOffset + 3 * rStride));
        c4 = c4.add(e).add(FloatVector.fromArray(H, r, rOffset + 4 * rStride));
        c5 = c5.add(e).add(FloatVector.fromArray(H, r, rOffset + 5 * rStride));
        c6 = c6.add(e).add(FloatVector.fromArray(H, r, rOffset + 6 * rStride));
        c0 = c0.blend(floor, c0.compare(VectorOperators.LE, floor));
        c1 = c1.blend(floor, c1.compare(VectorOperators.LE, floor));
        c2 = c2.blend(floor, c2.compare(VectorOperators.LE, floor));
        c3 = c3.blend(floor, c3.compare(VectorOperators.LE, floor));
        c4 = c4.blend(floor, c4.compare(VectorOperators.LE, floor));
        c5 = c5.blend(floor, c5.compare(VectorOperators.LE, floor));
        c6 = c6.blend(floor, c6.compare(VectorOperators.LE, floor));
        c0.intoArray(y, yOffset);
        c1.intoArray(y, yOffset + yStride);
        c2.intoArray(y, yOffset + 2 * yStride);
        c3.intoArray(y, yOffset + 3 * yStride);
        c4.intoArray(y, yOffset + 4 * yStride);
        c5.intoArray(y, yOffset + 5 * yStride);
        c6.intoArray(y, yOffset + 6 * yStride);
    }

    static void tile1(int depth, int[] segments, float[] x, int xOffset, int[] starts, int first, float[] w,
            int wOffset, float[] bias, int biasOffset, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor) {
        FloatVector c0 = FloatVector.zero(H);
        int s0 = xOffset + starts[first];
        int p = wOffset;
        for (int from : segments) {
            int a0 = s0 + from;
            int i = 0;
            for (; i < depth - 1; i += 2, p += 2 * PANEL) {
                FloatVector b = FloatVector.fromArray(H, w, p);
                FloatVector d = FloatVector.fromArray(H, w, p + PANEL);
                FloatVector x0 = FloatVector.broadcast(H, x[a0 + i]);
                c0 = x0.fma(b, c0);
                FloatVector z0 = FloatVector.broadcast(H, x[a0 + i + 1]);
                c0 = z0.fma(d, c0);
            }
            if (i < depth) {
                FloatVector b = FloatVector.fromArray(H, w, p);
                FloatVector x0 = FloatVector.broadcast(H, x[a0 + i]);
                c0 = x0.fma(b, c0);
                p += PANEL;
            }
        }
        FloatVector e = FloatVector.fromArray(H, bias, biasOffset);
        c0 = c0.add(e).add(FloatVector.fromArray(H, r, rOffset));
        c0 = c0.blend(floor, c0.compare(VectorOperators.LE, floor));
        c0.intoArray(y, yOffset);
    }
}
