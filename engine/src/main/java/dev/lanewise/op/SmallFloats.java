package dev.lanewise.op;

import dev.lanewise.DataType;
import java.util.EnumMap;
import java.util.Map;

/**
 * Float types of 8 and 4 bits: OCP 8-bit floating point (E4M3FN, E5M2), their forms without negative zero (FNUZ), and
 * E2M1 and E8M0 of the OCP microscaling formats. The codes of the magnitudes are in ascending order in each of them, so
 * that rounding is a search in a table.
 */
public final class SmallFloats {
    /** Decoded values of one type by code; {@code largest} is the code of the largest finite magnitude. */
    private record Table(float[] values, int largest, int sign, int overflow, int nan) {
    }

    private static final Map<DataType, Table> TABLES = new EnumMap<>(Map.of(
            DataType.FLOAT8E4M3FN, table(4, 3, 7, 0x7E, 0x7F, 0x7F),
            DataType.FLOAT8E4M3FNUZ, table(4, 3, 8, 0x7F, 0x80, 0x80),
            DataType.FLOAT8E5M2, table(5, 2, 15, 0x7B, 0x7C, 0x7E),
            DataType.FLOAT8E5M2FNUZ, table(5, 2, 16, 0x7F, 0x80, 0x80),
            DataType.FLOAT4E2M1, table(2, 1, 1, 0x7, 0x7, 0x7)));

    /** What becomes of a number between two powers of 2 in FLOAT8E8M0. */
    public enum Rounding {
        UP, DOWN, NEAREST
    }

    private static final int LARGEST_POWER = 0xFE;
    private static final int POWER_NAN = 0xFF;

    private SmallFloats() {
    }

    private static Table table(int exponentBits, int mantissaBits, int bias, int largest, int overflow, int nan) {
        int sign = 1 << exponentBits + mantissaBits;
        float[] values = new float[sign << 1];
        for (int code = 0; code < sign; code++) {
            int exponent = code >> mantissaBits;
            int mantissa = code & (1 << mantissaBits) - 1;
            int significand = exponent == 0 ? mantissa : mantissa + (1 << mantissaBits);
            float value = Math.scalb((float) significand, Math.max(exponent, 1) - bias - mantissaBits);
            if (code > largest) {
                value = code == overflow && overflow != nan ? Float.POSITIVE_INFINITY : Float.NaN;
            }
            values[code] = value;
            values[code + sign] = code == 0 && nan == sign ? Float.NaN : -value;
        }
        return new Table(values, largest, sign, overflow, nan);
    }

    /** Whether this is one of the types here. */
    public static boolean isSmall(DataType type) {
        return TABLES.containsKey(type) || type == DataType.FLOAT8E8M0;
    }

    /** The value of a code. */
    public static float decode(DataType type, byte code) {
        if (type == DataType.FLOAT8E8M0) {
            return code == (byte) 0xFF ? Float.NaN : Math.scalb(1f, (code & 0xFF) - 127);
        }
        float[] values = TABLES.get(type).values;
        return values[code & values.length - 1];
    }

    /**
     * The code of the nearest value, ties to even; the next power of 2 up for FLOAT8E8M0. NaN becomes negative zero in
     * FLOAT4E2M1, which has none.
     *
     * @param saturate what is too large, infinities included, becomes the largest finite value rather than infinity or NaN
     */
    public static byte encode(DataType type, float x, boolean saturate) {
        if (type == DataType.FLOAT8E8M0) {
            return encodePower(x, saturate, Rounding.UP);
        }
        Table t = TABLES.get(type);
        if (Float.isNaN(x)) {
            return (byte) (type == DataType.FLOAT4E2M1 ? t.sign : t.nan);
        }
        boolean negative = Float.floatToRawIntBits(x) < 0;
        float magnitude = Math.abs(x);
        int low = 0;
        int high = t.largest;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (t.values[middle] <= magnitude) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        // the step above the largest value is as wide as the one below it
        float here = t.values[low];
        float next = low < t.largest ? t.values[low + 1] : 2 * here - t.values[low - 1];
        double toHere = (double) magnitude - here;
        double toNext = (double) next - magnitude;
        int code = toNext < toHere || toNext == toHere && (low & 1) == 1 ? low + 1 : low;
        if (code > t.largest) {
            code = saturate ? t.largest : t.overflow;
            if (code == t.sign) {
                return (byte) code;
            }
        }
        boolean noNegativeZero = code == 0 && t.nan == t.sign;
        return (byte) (negative && !noNegativeZero ? code | t.sign : code);
    }

    /** To FLOAT8E8M0, which has neither sign nor zero: powers of 2 from 2^-127 to 2^127; NaN for negative numbers. */
    public static byte encodePower(float x, boolean saturate, Rounding rounding) {
        if (!(x >= 0)) {
            return (byte) POWER_NAN;
        }
        // as double, since some powers are subnormal floats
        double value = x;
        int exponent = Math.getExponent(value);
        double fraction = Math.scalb(value, -exponent);
        boolean up = value > 0 && switch (rounding) {
            case UP -> fraction > 1;
            case DOWN -> false;
            case NEAREST -> fraction >= 1.5;
        };
        int code = exponent + 127 + (up ? 1 : 0);
        if (code > LARGEST_POWER) {
            return (byte) (saturate ? LARGEST_POWER : POWER_NAN);
        }
        return (byte) Math.max(code, 0);
    }
}
