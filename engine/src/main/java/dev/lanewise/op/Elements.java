package dev.lanewise.op;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;

/** Reads and writes single elements of any numeric type, for reference evaluations. */
public final class Elements {
    private Elements() {
    }

    /** Element {@code i} as a double; exact but for 64-bit integers beyond 2^53. */
    public static double doubleAt(Tensor t, int i) {
        return switch (t.type()) {
            case FLOAT -> t.floats()[i];
            case DOUBLE -> t.doubles()[i];
            case FLOAT16 -> Float.float16ToFloat(t.shorts()[i]);
            case BFLOAT16 -> Float.intBitsToFloat(t.shorts()[i] << 16);
            case UINT64 -> unsigned(t.longs()[i]);
            case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0, FLOAT4E2M1 ->
                SmallFloats.decode(t.type(), t.bytes()[i]);
            default -> t.longAt(i);
        };
    }

    private static double unsigned(long bits) {
        return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
    }

    /** Element {@code i} as a float, rounded to nearest even. */
    public static float floatAt(Tensor t, int i) {
        return (float) doubleAt(t, i);
    }

    /** Stores {@code value} rounded to the nearest element of a float type, ties to even. */
    public static void set(Tensor t, int i, double value) {
        switch (t.type()) {
            case FLOAT -> t.floats()[i] = (float) value;
            case DOUBLE -> t.doubles()[i] = value;
            case FLOAT16 -> t.shorts()[i] = Float.floatToFloat16((float) value);
            case BFLOAT16 -> t.shorts()[i] = bfloat16((float) value);
            default -> throw new InvalidInputException(null, "a float tensor", t.type().toString(), "cast it");
        }
    }

    /** Stores the low bits of {@code value} in an integer or BOOL element. */
    public static void set(Tensor t, int i, long value) {
        switch (t.array()) {
            case long[] a -> a[i] = value;
            case int[] a -> a[i] = (int) value;
            case short[] a -> a[i] = (short) value;
            case byte[] a -> a[i] = (byte) value;
            default -> throw new InvalidInputException(null, "an integer tensor", t.type().toString(), "cast it");
        }
    }

    /** The bits of the nearest bfloat16, ties to even. */
    public static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }
}
