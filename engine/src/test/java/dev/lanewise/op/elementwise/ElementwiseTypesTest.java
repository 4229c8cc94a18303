package dev.lanewise.op.elementwise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Results in every element type, edge cases, and what inference refuses and knows. */
class ElementwiseTypesTest {
    private static Tensor run(Operator operator, Tensor... inputs) {
        return operator.evaluate(inputs)[0];
    }

    private static Tensor binary(Binary.Function f, Tensor a, Tensor b) {
        return run(new Binary(f), a, b);
    }

    private static Tensor bytes(DataType type, int... values) {
        Tensor t = Tensor.zeros(type, values.length);
        for (int i = 0; i < values.length; i++) {
            Elements.set(t, i, (long) values[i]);
        }
        return t;
    }

    /** FLOAT within a few units in the last place of DOUBLE; 16-bit types are FLOAT rounded. */
    @ParameterizedTest
    @EnumSource(Unary.Function.class)
    void typesAgree(Unary.Function f) {
        Tensor x = new Samples(3).moderate(DataType.FLOAT, 3, 50);
        Tensor y = run(new Unary(f), x);
        Tensor exact = run(new Unary(f), Cast.convert(x, DataType.DOUBLE));
        for (int i = 0; i < x.size(); i++) {
            double due = exact.doubles()[i];
            float found = y.floats()[i];
            boolean same = Double.isNaN(due) ? Float.isNaN(found)
                    : due == found || Math.abs(due - found) <= 1e-6 * Math.max(1, Math.abs(due));
            assertTrue(same, f + " of " + x.floats()[i] + ": " + due + " due, not " + found);
        }
        for (DataType half : List.of(DataType.FLOAT16, DataType.BFLOAT16)) {
            Tensor narrow = Cast.convert(x, half);
            Tensor due = Cast.convert(run(new Unary(f), Cast.convert(narrow, DataType.FLOAT)), half);
            assertArrayEquals(due.shorts(), run(new Unary(f), narrow).shorts());
        }
    }

    @Test
    void errorFunctionInDouble() {
        double[][] known = {{0, 0}, {0.5, 0.5204998778130465}, {1, 0.8427007929497149}, {-2, -0.9953222650189527},
            {3.5, 0.9999992569016276}, {7, 1}};
        for (double[] k : known) {
            assertEquals(k[1], RealMath.erf(k[0]), 2e-15);
        }
        assertTrue(Double.isNaN(RealMath.erf(Double.NaN)));
    }

    @Test
    void integersWrapAndUnsignedOnesCompareWithoutSign() {
        assertArrayEquals(new byte[] {(byte) 200, 44}, binary(Binary.Function.ADD, bytes(DataType.UINT8, 100, 200),
                bytes(DataType.UINT8, 100, 100)).bytes());
        assertArrayEquals(new byte[] {(byte) 200}, binary(Binary.Function.MAX, bytes(DataType.UINT8, 200),
                bytes(DataType.UINT8, 100)).bytes());
        Tensor large = Tensor.of(new long[] {-2, -1}, 2).as(DataType.UINT64);
        Tensor two = Tensor.of(new long[] {2}, 1).as(DataType.UINT64);
        assertArrayEquals(new long[] {Long.MAX_VALUE, Long.MAX_VALUE}, binary(Binary.Function.DIV, large, two).longs());
        assertArrayEquals(new long[] {0, 1}, binary(Binary.Function.MOD, large, two).longs());
        assertArrayEquals(new long[] {2, 2}, binary(Binary.Function.MIN, large, two).longs());
        assertArrayEquals(new long[] {1, 1}, run(new Unary(Unary.Function.SIGN), large).longs());
        assertArrayEquals(new long[] {-2, -1}, run(new Unary(Unary.Function.ABS), large).longs());
    }

    @Test
    void divisionCutsAndRemaindersHaveTheirSign() {
        Tensor a = Tensor.of(new int[] {7, -7, 7, -7}, 4);
        Tensor b = Tensor.of(new int[] {3, 3, -3, -3}, 4);
        assertArrayEquals(new int[] {2, -2, -2, 2}, binary(Binary.Function.DIV, a, b).ints());
        assertArrayEquals(new int[] {1, 2, -2, -1}, binary(Binary.Function.MOD, a, b).ints());
        assertArrayEquals(new int[] {1, -1, 1, -1}, binary(Binary.Function.FMOD, a, b).ints());
        Tensor x = Tensor.of(new float[] {-4.5f, 4.5f}, 2);
        assertArrayEquals(new float[] {0.5f, 1.5f}, binary(Binary.Function.MOD, x, Tensor.of(new float[] {2.5f, 3}, 2))
                .floats());
        var e = assertThrows(InvalidInputException.class,
                () -> binary(Binary.Function.DIV, a, Tensor.of(new int[] {0})));
        assertTrue(e.getMessage().contains("division by 0"), e.getMessage());
    }

    @Test
    void powerOfMixedTypes() {
        Tensor base = Tensor.of(new int[] {2, -3, 5}, 3);
        assertArrayEquals(new int[] {8, -27, 125}, binary(Binary.Function.POW, base, Tensor.scalar(3L)).ints());
        assertArrayEquals(new int[] {4, 9, 25}, binary(Binary.Function.POW, base, Tensor.scalar(2f)).ints());
        assertArrayEquals(new int[] {0, 0, 0}, binary(Binary.Function.POW, base, Tensor.scalar(-1L)).ints());
        assertArrayEquals(new float[] {0.25f}, binary(Binary.Function.POW, Tensor.of(new float[] {2}, 1),
                Tensor.scalar(-2L)).floats());
        assertArrayEquals(new long[] {1L << 62}, binary(Binary.Function.POW, Tensor.of(new long[] {2}, 1),
                Tensor.scalar(62L)).longs());
    }

    @Test
    void emptyAndScalar() {
        Tensor none = Tensor.zeros(DataType.FLOAT, 0, 3);
        assertTrue(binary(Binary.Function.ADD, none, Tensor.zeros(DataType.FLOAT, 3)).hasShape(0, 3));
        assertTrue(run(new Unary(Unary.Function.EXP), none).hasShape(0, 3));
        assertTrue(binary(Binary.Function.MUL, Tensor.scalar(2f), Tensor.scalar(3f)).hasShape());
        assertEquals(6f, binary(Binary.Function.MUL, Tensor.scalar(2f), Tensor.scalar(3f)).floats()[0]);
    }

    @Test
    void clipOfIntegers() {
        Tensor x = bytes(DataType.UINT8, 3, 200, 90);
        assertArrayEquals(new byte[] {10, 100, 90}, run(new Clip(), x, bytes(DataType.UINT8, 10).reshape(),
                bytes(DataType.UINT8, 100).reshape()).bytes());
        assertArrayEquals(x.bytes(), run(new Clip(), x).bytes());
    }

    private static Value input(DataType type, Dim... shape) {
        return Value.input("x", Fact.of(type, shape));
    }

    private static void refused(String found, Operator operator, Value... inputs) {
        var e = assertThrows(ModelFormatException.class, () -> Node.of("n", operator, inputs));
        assertTrue(e.getMessage().contains("'n'") && e.getMessage().contains(found), e.getMessage());
    }

    @Test
    void inferenceRefuses() {
        Dim three = Dim.constant(3);
        refused("FLOAT and INT64", new Binary(Binary.Function.ADD), input(DataType.FLOAT, three),
                input(DataType.INT64, three));
        refused("3 and 4", new Binary(Binary.Function.ADD), input(DataType.FLOAT, three),
                input(DataType.FLOAT, Dim.constant(4)));
        refused("STRING", new Unary(Unary.Function.ABS), input(DataType.STRING));
        refused("INT64", new Unary(Unary.Function.SQRT), input(DataType.INT64));
        refused("none", new Binary(Binary.Function.ADD), input(DataType.FLOAT, three));
        refused("[3]", new Clip(), input(DataType.FLOAT), input(DataType.FLOAT, three));
        refused("INT32", new IsNaN(), input(DataType.INT32));
    }

    @Test
    void inferenceOfShapesAndContent() {
        Dim seq = Dim.symbol("seq");
        Value x = input(DataType.FLOAT, Dim.symbol("batch"), Dim.ONE, Dim.constant(8));
        Value y = input(DataType.FLOAT, seq, Dim.ONE);
        Fact sum = Node.of("n", new Binary(Binary.Function.ADD), x, y).output().fact();
        assertEquals("FLOAT[batch,seq,8]", sum.toString());
        assertEquals("FLOAT[?]", Node.of("n", new Binary(Binary.Function.ADD), x,
                Value.input("u", Fact.unknown(DataType.FLOAT))).output().fact().toString());
        Value length = Value.input("l", Fact.of(DataType.INT64).withContent(new Dim[] {seq}));
        Value three = Value.constant("c", Tensor.scalar(3L));
        assertEquals(seq.plus(3), content(Binary.Function.ADD, length, three));
        assertEquals(seq.minus(Dim.constant(3)), content(Binary.Function.SUB, length, three));
        assertEquals(seq.times(3), content(Binary.Function.MUL, length, three));
        assertEquals(seq.floorDiv(Dim.constant(3)), content(Binary.Function.DIV, length, three));
        assertEquals(Dim.constant(-2), content(Binary.Function.DIV, Value.constant("d", Tensor.scalar(-7L)), three));
        assertEquals(seq.max(Dim.constant(3)), content(Binary.Function.MAX, length, three));
        // seq - 3 may be negative, where cutting is no floor
        Value less = Node.of("n", new Binary(Binary.Function.SUB), length, three).output();
        assertEquals(null, Node.of("n", new Binary(Binary.Function.DIV), less, three).output().fact().content());
        Value negated = Node.of("n", new Unary(Unary.Function.NEG), length).output();
        assertEquals(seq.times(-1), negated.fact().content()[0]);
        assertEquals(seq, Node.of("n", new Cast(DataType.INT32), length).output().fact().content()[0]);
        assertEquals(Dim.ONE, Node.of("n", new Cast(DataType.BOOL), length).output().fact().content()[0]);
    }

    private static Dim content(Binary.Function f, Value a, Value b) {
        return Node.of("n", new Binary(f), a, b).output().fact().content()[0];
    }
}
