package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Convolution of each channel by itself, lanes are channels: tiles of 4 positions x 2 vectors share the loads of the weights, which
 * cost as much as the multiplications.
 */
final class VectorConvChannels {
    private static final int POSITIONS = 4;
    /** Channels of many networks are a multiple of 8 and not of 16. Masks would take any rest, but the JVM now and then leaves them to slow code. */
    private static final VectorSpecies<Float> H = FloatVector.SPECIES_256;
    private static final int HALF = 8;

    private VectorConvChannels() {
    }

    /** Does whole vectors, then one of half their width where they have 16 floats, and answers with how many channels that were. */
    static int run(int channels, float[] w, int wOffset, int wStride, float[] bias, int biasOffset, int rows, float[] x,
            int xOffset, int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] r,
            int rOffset, int rStride, float floor) {
        int done = channels / L * L;
        int row = 0;
        for (; row <= rows - POSITIONS; row += POSITIONS) {
            int to = yOffset + row * yStride;
            int added = rOffset + row * rStride;
            int c = 0;
            for (; c <= done - 2 * L; c += 2 * L) {
                tile4x2(w, wOffset + c, wStride, bias, biasOffset + c, x, xOffset + c, starts, first + row, segments, y,
                        to + c, yStride, r, added + c, rStride, floor);
            }
            if (c < done) {
                tile4x1(w, wOffset + c, wStride, bias, biasOffset + c, x, xOffset + c, starts, first + row, segments, y,
                        to + c, yStride, r, added + c, rStride, floor);
            }
        }
        for (; row < rows; row++) {
            for (int c = 0; c < done; c += L) {
                tile1x1(w, wOffset + c, wStride, bias, biasOffset + c, x, xOffset + c, starts, first + row, segments, y,
                        yOffset + row * yStride + c, yStride, r, rOffset + row * rStride + c, rStride, floor);
            }
        }
        if (L < 16 || channels - done < HALF) {
            return done;
        }
        for (row = 0; row <= rows - POSITIONS; row += POSITIONS) {
            half4(w, wOffset + done, wStride, bias, biasOffset + done, x, xOffset + done, starts, first + row, segments,
                    y, yOffset + row * yStride + done, yStride, r, rOffset + row * rStride + done, rStride, floor);
        }
        for (; row < rows; row++) {
            half1(w, wOffset + done, wStride, bias, biasOffset + done, x, xOffset + done, starts, first + row, segments,
                    y, yOffset + row * yStride + done, yStride, r, rOffset + row * rStride + done, rStride, floor);
        }
        return done + HALF;
    }

    private static void tile4x2(float[] w, int wOffset, int wStride, float[] bias, int biasOffset, float[] x,
            int xOffset,
            int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        int s0 = xOffset + starts[first];
        int s1 = xOffset + starts[first + 1];
        int s2 = xOffset + starts[first + 2];
        int s3 = xOffset + starts[first + 3];
        for (int s = 0, p = wOffset; s < segments.length; s++, p += wStride) {
            int at = segments[s];
            FloatVector w0 = FloatVector.fromArray(S, w, p);
            FloatVector w1 = FloatVector.fromArray(S, w, p + L);
            c00 = FloatVector.fromArray(S, x, s0 + at).fma(w0, c00);
            c01 = FloatVector.fromArray(S, x, s0 + at + L).fma(w1, c01);
            c10 = FloatVector.fromArray(S, x, s1 + at).fma(w0, c10);
            c11 = FloatVector.fromArray(S, x, s1 + at + L).fma(w1, c11);
            c20 = FloatVector.fromArray(S, x, s2 + at).fma(w0, c20);
            c21 = FloatVector.fromArray(S, x, s2 + at + L).fma(w1, c21);
            c30 = FloatVector.fromArray(S, x, s3 + at).fma(w0, c30);
            c31 = FloatVector.fromArray(S, x, s3 + at + L).fma(w1, c31);
        }
        FloatVector b0 = FloatVector.fromArray(S, bias, biasOffset);
        FloatVector b1 = FloatVector.fromArray(S, bias, biasOffset + L);
        c00 = c00.add(b0).add(FloatVector.fromArray(S, r, rOffset));
        c01 = c01.add(b1).add(FloatVector.fromArray(S, r, rOffset + L));
        c10 = c10.add(b0).add(FloatVector.fromArray(S, r, rOffset + rStride));
        c11 = c11.add(b1).add(FloatVector.fromArray(S, r, rOffset + rStride + L));
        c20 = c20.add(b0).add(FloatVector.fromArray(S, r, rOffset + 2 * rStride));
        c21 = c21.add(b1).add(FloatVector.fromArray(S, r, rOffset + 2 * rStride + L));
        c30 = c30.add(b0).add(FloatVector.fromArray(S, r, rOffset + 3 * rStride));
        c31 = c31.add(b1).add(FloatVector.fromArray(S, r, rOffset + 3 * rStride + L));
        c00.blend(floor, c00.compare(VectorOperators.LE, floor)).intoArray(y, yOffset);
        c01.blend(floor, c01.compare(VectorOperators.LE, floor)).intoArray(y, yOffset + L);
        c10.blend(floor, c10.compare(VectorOperators.LE, floor)).intoArray(y, yOffset + yStride);
        c11.blend(floor, c11.compare(VectorOperators.LE, floor)).intoArray(y, yOffset + yStride + L);
        c20.blend(floor, c20.compare(VectorOperators.LE, floor)).intoArray(y, yOffset + 2 * yStride);
        c21.blend(floor, c21.compare(VectorOperators.LE, floor)).intoArray(y, yOffset + 2 * yStride + L);
        c30.blend(floor, c30.compare(VectorOperators.LE, floor)).intoArray(y, yOffset + 3 * yStride);
        c31.blend(floor, c31.compare(VectorOperators.LE, floor)).intoArray(y, yOffset + 3 * yStride + L);
    }

    private static void tile4x1(float[] w, int wOffset, int wStride, float[] bias, int biasOffset, float[] x,
            int xOffset,
            int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        int s0 = xOffset + starts[first];
        int s1 = xOffset + starts[first + 1];
        int s2 = xOffset + starts[first + 2];
        int s3 = xOffset + starts[first + 3];
        for (int s = 0, p = wOffset; s < segments.length; s++, p += wStride) {
            int at = segments[s];
            FloatVector w0 = FloatVector.fromArray(S, w, p);
            c00 = FloatVector.fromArray(S, x, s0 + at).fma(w0, c00);
            c10 = FloatVector.fromArray(S, x, s1 + at).fma(w0, c10);
            c20 = FloatVector.fromArray(S, x, s2 + at).fma(w0, c20);
            c30 = FloatVector.fromArray(S, x, s3 + at).fma(w0, c30);
        }
        FloatVector b0 = FloatVector.fromArray(S, bias, biasOffset);
        c00 = c00.add(b0).add(FloatVector.fromArray(S, r, rOffset));
        c10 = c10.add(b0).add(FloatVector.fromArray(S, r, rOffset + rStride));
        c20 = c20.add(b0).add(FloatVector.fromArray(S, r, rOffset + 2 * rStride));
        c30 = c30.add(b0).add(FloatVector.fromArray(S, r, rOffset + 3 * rStride));
        c00.blend(floor, c00.compare(VectorOperators.LE, floor)).intoArray(y, yOffset);
        c10.blend(floor, c10.compare(VectorOperators.LE, floor)).intoArray(y, yOffset + yStride);
        c20.blend(floor, c20.compare(VectorOperators.LE, floor)).intoArray(y, yOffset + 2 * yStride);
        c30.blend(floor, c30.compare(VectorOperators.LE, floor)).intoArray(y, yOffset + 3 * yStride);
    }

    private static void tile1x1(float[] w, int wOffset, int wStride, float[] bias, int biasOffset, float[] x,
            int xOffset,
            int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor) {
        FloatVector c00 = FloatVector.zero(S);
        int s0 = xOffset + starts[first];
        for (int s = 0, p = wOffset; s < segments.length; s++, p += wStride) {
            int at = segments[s];
            FloatVector w0 = FloatVector.fromArray(S, w, p);
            c00 = FloatVector.fromArray(S, x, s0 + at).fma(w0, c00);
        }
        FloatVector b0 = FloatVector.fromArray(S, bias, biasOffset);
        c00 = c00.add(b0).add(FloatVector.fromArray(S, r, rOffset));
        c00.blend(floor, c00.compare(VectorOperators.LE, floor)).intoArray(y, yOffset);
    }

    private static void half4(float[] w, int wOffset, int wStride, float[] bias, int biasOffset,
            float[] x,
            int xOffset,
            int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor) {
        FloatVector c00 = FloatVector.zero(H);
        FloatVector c10 = FloatVector.zero(H);
        FloatVector c20 = FloatVector.zero(H);
        FloatVector c30 = FloatVector.zero(H);
        int s0 = xOffset + starts[first];
        int s1 = xOffset + starts[first + 1];
        int s2 = xOffset + starts[first + 2];
        int s3 = xOffset + starts[first + 3];
        for (int s = 0, p = wOffset; s < segments.length; s++, p += wStride) {
            int at = segments[s];
            FloatVector w0 = FloatVector.fromArray(H, w, p);
            c00 = FloatVector.fromArray(H, x, s0 + at).fma(w0, c00);
            c10 = FloatVector.fromArray(H, x, s1 + at).fma(w0, c10);
            c20 = FloatVector.fromArray(H, x, s2 + at).fma(w0, c20);
            c30 = FloatVector.fromArray(H, x, s3 + at).fma(w0, c30);
        }
        FloatVector b0 = FloatVector.fromArray(H, bias, biasOffset);
        c00 = c00.add(b0).add(FloatVector.fromArray(H, r, rOffset));
        c10 = c10.add(b0).add(FloatVector.fromArray(H, r, rOffset + rStride));
        c20 = c20.add(b0).add(FloatVector.fromArray(H, r, rOffset + 2 * rStride));
        c30 = c30.add(b0).add(FloatVector.fromArray(H, r, rOffset + 3 * rStride));
        c00.blend(floor, c00.compare(VectorOperators.LE, floor)).intoArray(y, yOffset);
        c10.blend(floor, c10.compare(VectorOperators.LE, floor)).intoArray(y, yOffset + yStride);
        c20.blend(floor, c20.compare(VectorOperators.LE, floor)).intoArray(y, yOffset + 2 * yStride);
        c30.blend(floor, c30.compare(VectorOperators.LE, floor)).intoArray(y, yOffset + 3 * yStride);
    }

    private static void half1(float[] w, int wOffset, int wStride, float[] bias, int biasOffset,
            float[] x,
            int xOffset,
            int[] starts, int first, int[] segments, float[] y, int yOffset, int yStride, float[] r, int rOffset,
            int rStride, float floor) {
        FloatVector c00 = FloatVector.zero(H);
        int s0 = xOffset + starts[first];
        for (int s = 0, p = wOffset; s < segments.length; s++, p += wStride) {
            int at = segments[s];
            FloatVector w0 = FloatVector.fromArray(H, w, p);
            c00 = FloatVector.fromArray(H, x, s0 + at).fma(w0, c00);
        }
        FloatVector b0 = FloatVector.fromArray(H, bias, biasOffset);
        c00 = c00.add(b0).add(FloatVector.fromArray(H, r, rOffset));
        c00.blend(floor, c00.compare(VectorOperators.LE, floor)).intoArray(y, yOffset);
    }
}
