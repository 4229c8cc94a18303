package dev.lanewise.op.elementwise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.op.SmallFloats.Rounding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Conversions between element types. */
class CastTest {
    private static Tensor cast(DataType to, float... values) {
        return Cast.convert(Tensor.of(values, values.length), to);
    }

    private static byte[] small(DataType to, boolean saturate, Rounding rounding, float... values) {
        var operator = new CastSmallFloat(to, saturate, rounding);
        return operator.evaluate(new Tensor[] {Tensor.of(values, values.length)})[0].bytes();
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ",
        "FLOAT8E8M0", "FLOAT4E2M1", "FLOAT16", "BFLOAT16"})
    void everyCodeGoesToFloatAndBack(DataType type) {
        int codes = 1 << type.bits();
        Object array = type.storage().newArray(codes);
        for (int c = 0; c < codes; c++) {
            switch (array) {
                case byte[] a -> a[c] = (byte) c;
                case short[] a -> a[c] = (short) c;
                default -> throw new AssertionError(type);
            }
        }
        Tensor all = Tensor.of(type, array, codes);
        Tensor values = Cast.convert(all, DataType.FLOAT);
        // a float type is written saturated; infinities stay so where nothing saturates
        Tensor back = type.bits() == 8
                ? new CastSmallFloat(type, false, Rounding.NEAREST).evaluate(new Tensor[] {values})[0]
                : Cast.convert(values, type);
        Tensor again = Cast.convert(back, DataType.FLOAT);
        int numbers = 0;
        for (int c = 0; c < codes; c++) {
            assertEquals(Float.floatToIntBits(values.floats()[c]), Float.floatToIntBits(again.floats()[c]),
                    type + " " + c);
            numbers += Float.isNaN(values.floats()[c]) ? 0 : 1;
        }
        assertTrue(numbers > codes * 0.95, numbers + " numbers");
    }

    @Test
    void largestNumbersAndWhatIsBeyond() {
        float inf = Float.POSITIVE_INFINITY;
        assertArrayEquals(new byte[] {0x7E, 0x7E, (byte) 0xFE, 0x7F}, small(DataType.FLOAT8E4M3FN, true, Rounding.UP,
                448, 1e6f, -inf, Float.NaN));
        assertArrayEquals(new byte[] {0x7E, 0x7F, 0x7F}, small(DataType.FLOAT8E4M3FN, false, Rounding.UP, 448, 1e6f,
                inf));
        assertArrayEquals(new byte[] {0x7B, (byte) 0xFC}, small(DataType.FLOAT8E5M2, false, Rounding.UP, 57344, -1e9f));
        assertArrayEquals(new byte[] {0x7F, (byte) 0x80, 0}, small(DataType.FLOAT8E4M3FNUZ, false, Rounding.UP, 240,
                1e9f, -0f));
    }

    @Test
    void halvesGoToTheEvenNeighbour() {
        // steps of 1/8 above 1
        assertArrayEquals(new float[] {1, 1.25f, 1.125f},
                Cast.convert(cast(DataType.FLOAT8E4M3FN, 1.0625f, 1.1875f, 1.07f),
                        DataType.FLOAT).floats());
    }

    @Test
    void powersOfTwo() {
        float[] x = {1, 1.2f, 1.5f, 1.7f, 0, -1};
        byte nan = (byte) 0xFF;
        assertArrayEquals(new byte[] {127, (byte) 128, (byte) 128, (byte) 128, 0, nan}, small(DataType.FLOAT8E8M0, true,
                Rounding.UP, x));
        assertArrayEquals(new byte[] {127, 127, 127, 127, 0, nan}, small(DataType.FLOAT8E8M0, true, Rounding.DOWN, x));
        assertArrayEquals(new byte[] {127, 127, (byte) 128, (byte) 128, 0, nan}, small(DataType.FLOAT8E8M0, true,
                Rounding.NEAREST, x));
    }

    @Test
    void realsAreCutAndIntegersKeepTheirLowBits() {
        assertArrayEquals(new int[] {1, -1, 0, Integer.MAX_VALUE}, cast(DataType.INT32, 1.9f, -1.9f, Float.NaN, 1e20f)
                .ints());
        assertArrayEquals(new long[] {Long.MIN_VALUE}, cast(DataType.INT64, Float.NEGATIVE_INFINITY).longs());
        assertArrayEquals(new byte[] {44, -1}, cast(DataType.UINT8, 300, -1).bytes());
        assertArrayEquals(new long[] {Long.MIN_VALUE}, cast(DataType.UINT64, 0x1p63f).longs());
        assertArrayEquals(new byte[] {7, -8, 1}, cast(DataType.INT4, -9, 8, 1.5f).bytes());
        assertArrayEquals(new byte[] {15, 0}, cast(DataType.UINT4, -1, 16).bytes());
        assertArrayEquals(new byte[] {1, 0, 1, 0}, cast(DataType.BOOL, 0.1f, -0f, Float.NaN, 0).bytes());
        Tensor unsigned = Tensor.of(new long[] {-1}, 1).as(DataType.UINT64);
        assertEquals(0x1p64f, Cast.convert(unsigned, DataType.FLOAT).floats()[0]);
        assertEquals(16777220f, Cast.convert(Tensor.scalar(16777219L), DataType.FLOAT).floats()[0]);
    }

    @Test
    void strings() {
        Tensor words = Tensor.of(new String[] {"3.25", "-inf", "NaN", "1e3"}, 4);
        assertArrayEquals(new float[] {3.25f, Float.NEGATIVE_INFINITY, Float.NaN, 1000},
                Cast.convert(words, DataType.FLOAT)
                        .floats());
        assertArrayEquals(new long[] {-42}, Cast.convert(Tensor.of(new String[] {"-42"}), DataType.INT64).longs());
        assertArrayEquals(new String[] {"0.1", "3", "1e+10", "1.5e-7", "INF", "NaN"},
                cast(DataType.STRING, 0.1f, 3, 1e10f,
                        1.5e-7f, Float.POSITIVE_INFINITY, Float.NaN).strings());
        var e = assertThrows(InvalidInputException.class,
                () -> Cast.convert(Tensor.of(new String[] {"seven"}), DataType.FLOAT));
        assertEquals("'seven'", e.found());
    }

    @Test
    void sameTypeIsTheTensorItself() {
        Tensor x = Tensor.scalar(1f);
        assertSame(x, Cast.convert(x, DataType.FLOAT));
    }
}
