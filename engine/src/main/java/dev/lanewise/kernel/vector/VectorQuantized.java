package dev.lanewise.kernel.vector;

import static dev.lanewise.kernel.vector.Width.I;
import static dev.lanewise.kernel.vector.Width.L;
import static dev.lanewise.kernel.vector.Width.S;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Conversions between float and 8-bit or 32-bit integers; each returns how many elements of whole vectors are done. */
final class VectorQuantized {
    /** As many bytes as there are floats in a vector, at least 8. */
    private static final VectorSpecies<Byte> B = L == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    /** 1.5 * 2^23: adding and subtracting it rounds half to even below 2^22. */
    private static final float ROUNDER = 12582912f;

    private VectorQuantized() {
    }

    static int quantize(float[] x, int xOffset, float scale, int zeroPoint, int qmin, int qmax, byte[] y, int yOffset,
            int n) {
        int i = 0;
        for (; L >= 8 && i <= n - L; i += L) {
            FloatVector q = FloatVector.fromArray(S, x, xOffset + i).div(scale);
            // Beyond ±2^20 the result saturates anyway, and the rounder would not be exact.
            q = q.max(-1048576f).min(1048576f).add(ROUNDER).sub(ROUNDER).add(zeroPoint);
            q = q.max(qmin).min(qmax);
            q = q.blend(zeroPoint, q.test(VectorOperators.IS_NAN));
            ((ByteVector) q.convertShape(VectorOperators.F2B, B, 0)).intoArray(y, yOffset + i);
        }
        return i;
    }

    static int dequantize(byte[] x, boolean signed, int xOffset, float scale, int zeroPoint, float[] y, int yOffset,
            int n) {
        int mask = signed ? -1 : 0xFF;
        int i = 0;
        for (; L >= 8 && i <= n - L; i += L) {
            IntVector v = (IntVector) ByteVector.fromArray(B, x, xOffset + i).convertShape(VectorOperators.B2I, I, 0);
            FloatVector f = (FloatVector) v.and(mask).sub(zeroPoint).convert(VectorOperators.I2F, 0);
            f.mul(scale).intoArray(y, yOffset + i);
        }
        return i;
    }

    static int addToInt(float[] x, int xOffset, int[] y, int yOffset, int n, boolean accumulate) {
        int i = 0;
        for (; i <= n - L; i += L) {
            IntVector v = (IntVector) FloatVector.fromArray(S, x, xOffset + i).convert(VectorOperators.F2I, 0);
            if (accumulate) {
                v = v.add(IntVector.fromArray(I, y, yOffset + i));
            }
            v.intoArray(y, yOffset + i);
        }
        return i;
    }

    static int toFloat(byte[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; L >= 8 && i <= n - L; i += L) {
            ((FloatVector) ByteVector.fromArray(B, x, xOffset + i).convertShape(VectorOperators.B2F, S, 0)).intoArray(y,
                    yOffset + i);
        }
        return i;
    }

    static int toFloat(int[] x, int xOffset, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            ((FloatVector) IntVector.fromArray(I, x, xOffset + i).convert(VectorOperators.I2F, 0)).intoArray(y,
                    yOffset + i);
        }
        return i;
    }

    static int quantizeCentred(float[] x, int xOffset, float scale, int zeroPoint, float[] y, int yOffset, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector q = FloatVector.fromArray(S, x, xOffset + i).div(scale);
            q = q.blend(0f, q.test(VectorOperators.IS_NAN));
            // Beyond ±2^20 the result saturates anyway, and the rounder would not be exact.
            q = q.blend(-1048576f, q.compare(VectorOperators.LT, -1048576f));
            q = q.blend(1048576f, q.compare(VectorOperators.GT, 1048576f)).add(ROUNDER).sub(ROUNDER);
            q = q.blend(-zeroPoint, q.compare(VectorOperators.LT, -zeroPoint));
            q.blend(255 - zeroPoint, q.compare(VectorOperators.GT, 255 - zeroPoint)).intoArray(y, yOffset + i);
        }
        return i;
    }

    static int addIntegers(int n, int blocks, float[] x, int xOffset, int blockStride, float[] y, int yOffset) {
        int i = 0;
        for (; i <= n - L; i += L) {
            IntVector sum = (IntVector) FloatVector.fromArray(S, x, xOffset + i).convert(VectorOperators.F2I, 0);
            for (int b = 1; b < blocks; b++) {
                sum = sum.add(FloatVector.fromArray(S, x, xOffset + b * blockStride + i)
                        .convert(VectorOperators.F2I, 0));
            }
            ((FloatVector) sum.convert(VectorOperators.I2F, 0)).intoArray(y, yOffset + i);
        }
        return i;
    }
}
