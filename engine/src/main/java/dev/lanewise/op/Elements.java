package dev.lanewise.op;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;

/**
 * Elements of any numeric type seen as double or long, so that an operator is written once for all types. Elements are
 * those of a tensor or, for steps, of an array with its type.
 */
public final class Elements {
    private static final DataType[] FLOATS =
            {DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16};
    private static final DataType[] NUMBERS = {DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16,
        DataType.INT64, DataType.INT32, DataType.INT16, DataType.INT8, DataType.UINT64, DataType.UINT32,
        DataType.UINT16, DataType.UINT8};
    private static final DataType[] INTEGERS = {DataType.INT64, DataType.INT32, DataType.INT16, DataType.INT8,
        DataType.UINT64, DataType.UINT32, DataType.UINT16, DataType.UINT8};

    private Elements() {
    }

    /** The floating-point types in which one computes. */
    public static DataType[] floats() {
        return FLOATS.clone();
    }

    /** The types in which one computes. */
    public static DataType[] numbers() {
        return NUMBERS.clone();
    }

    /** The integer types in which one computes. */
    public static DataType[] integers() {
        return INTEGERS.clone();
    }

    /** Element {@code i} as a double; exact but for 64-bit integers beyond 2^53. */
    public static double doubleAt(Tensor t, int i) {
        return real(t.type(), t.array(), i);
    }

    /** Element {@code i} as a float, rounded to nearest even. */
    public static float floatAt(Tensor t, int i) {
        return (float) doubleAt(t, i);
    }

    /** Stores {@code value} rounded to the nearest element of a floating-point type, ties to even. */
    public static void set(Tensor t, int i, double value) {
        setReal(t.type(), t.array(), i, value);
    }

    /** Stores the low bits of {@code value} in an integer or BOOL element. */
    public static void set(Tensor t, int i, long value) {
        setInteger(t.type(), t.array(), i, value);
    }

    /** Element {@code i} of any numeric or BOOL type; 64-bit integers are rounded. */
    public static double real(DataType type, Object array, int i) {
        return switch (type) {
            case FLOAT -> ((float[]) array)[i];
            case DOUBLE -> ((double[]) array)[i];
            case FLOAT16 -> Float.float16ToFloat(((short[]) array)[i]);
            case BFLOAT16 -> brainToFloat(((short[]) array)[i]);
            case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0, FLOAT4E2M1 ->
                    SmallFloats.decode(type, ((byte[]) array)[i]);
            case UINT64 -> unsigned(((long[]) array)[i]);
            default -> integer(type, array, i);
        };
    }

    /** The value of 64 bits without sign. */
    static double unsigned(long bits) {
        return bits >= 0 ? bits : (double) (bits >>> 1 | bits & 1) * 2;
    }

    /** Stores to a floating-point type: rounded to nearest even, saturated where the type is 8 bits or fewer. */
    public static void setReal(DataType type, Object array, int i, double value) {
        switch (type) {
            case FLOAT -> ((float[]) array)[i] = (float) value;
            case DOUBLE -> ((double[]) array)[i] = value;
            case FLOAT16 -> ((short[]) array)[i] = Float.floatToFloat16((float) value);
            case BFLOAT16 -> ((short[]) array)[i] = bfloat16((float) value);
            case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0, FLOAT4E2M1 ->
                    ((byte[]) array)[i] = SmallFloats.encode(type, (float) value, true);
            default -> throw wrong("a floating-point type", type);
        }
    }

    /** Element {@code i} of an integer type or BOOL; types without sign are widened with zeros, UINT64 is its bits. */
    public static long integer(DataType type, Object array, int i) {
        return switch (type) {
            case INT64, UINT64 -> ((long[]) array)[i];
            case INT32 -> ((int[]) array)[i];
            case UINT32 -> ((int[]) array)[i] & 0xFFFF_FFFFL;
            case INT16 -> ((short[]) array)[i];
            case UINT16 -> ((short[]) array)[i] & 0xFFFF;
            case INT8, INT4, INT2 -> ((byte[]) array)[i];
            case UINT8, UINT4, UINT2, BOOL -> ((byte[]) array)[i] & 0xFF;
            default -> throw wrong("an integer type", type);
        };
    }

    /** Stores the low bits to an integer type. */
    public static void setInteger(DataType type, Object array, int i, long value) {
        switch (type) {
            case INT64, UINT64 -> ((long[]) array)[i] = value;
            case INT32, UINT32 -> ((int[]) array)[i] = (int) value;
            case INT16, UINT16 -> ((short[]) array)[i] = (short) value;
            case INT8, UINT8, BOOL -> ((byte[]) array)[i] = (byte) value;
            case INT4, INT2 -> ((byte[]) array)[i] = (byte) (value << 64 - type.bits() >> 64 - type.bits());
            case UINT4, UINT2 -> ((byte[]) array)[i] = (byte) (value & (1 << type.bits()) - 1);
            default -> throw wrong("an integer type", type);
        }
    }

    /** All elements of a FLOAT or 16-bit floating-point tensor; the array itself for FLOAT. */
    public static float[] floats(Tensor t) {
        if (t.type() == DataType.FLOAT) {
            return t.floats();
        }
        float[] values = new float[t.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) real(t.type(), t.array(), i);
        }
        return values;
    }

    /** A tensor of a floating-point type with these values, rounded; wraps the array for FLOAT. */
    public static Tensor ofFloats(DataType type, float[] values, int... shape) {
        if (type == DataType.FLOAT) {
            return Tensor.of(values, shape);
        }
        Tensor t = Tensor.zeros(type, shape);
        for (int i = 0; i < values.length; i++) {
            setReal(type, t.array(), i, values[i]);
        }
        return t;
    }

    private static float brainToFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The bits of the nearest bfloat16, ties to even; NaN stays NaN. */
    public static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (Float.isNaN(value) ? bits >>> 16 | 0x40 : bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    private static InvalidInputException wrong(String expected, DataType type) {
        return new InvalidInputException(null, expected, type.toString(), "cast it");
    }
}
