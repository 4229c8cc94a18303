package dev.lanewise.op.reduce;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Assumption;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Elements;
import dev.lanewise.op.Samples;
import dev.lanewise.op.elementwise.Cast;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reductions, scans and orders in every element type, on empty sets, and what inference refuses and knows. */
class ReduceTest {
    private static final Dim BATCH = Dim.symbol("batch");
    private static final Dim SEQ = Dim.symbol("seq");

    private static Tensor axes(long... axes) {
        return Tensor.of(axes, axes.length);
    }

    private static Tensor reduce(Reduce.Function f, Tensor x, long... axes) {
        return new Reduce(f, false, false).evaluate(new Tensor[] {x, axes(axes)})[0];
    }

    /** Types agree within their precision; FLOAT16 and BFLOAT16 are FLOAT rounded. */
    @ParameterizedTest
    @EnumSource(Reduce.Function.class)
    void typesAgree(Reduce.Function f) {
        Tensor x = new Samples(3).moderate(DataType.FLOAT, 4, 5, 6);
        for (int i = 0; i < x.size(); i++) {
            x.floats()[i] = Math.abs(x.floats()[i]);
        }
        Tensor y = reduce(f, x, 1);
        Tensor exact = reduce(f, Cast.convert(x, DataType.DOUBLE), 1);
        for (int i = 0; i < y.size(); i++) {
            double due = exact.doubles()[i];
            assertEquals(due, y.floats()[i], 1e-5 * Math.max(1, Math.abs(due)), f.toString());
        }
        for (DataType half : List.of(DataType.FLOAT16, DataType.BFLOAT16)) {
            Tensor narrow = Cast.convert(x, half);
            Tensor due = Cast.convert(reduce(f, Cast.convert(narrow, DataType.FLOAT), 1), half);
            assertArrayEquals(due.shorts(), reduce(f, narrow, 1).shorts());
        }
    }

    @Test
    void integers() {
        Tensor x = Tensor.of(new int[] {3, -4, 5, 6}, 2, 2);
        int[][] due = {{-1, 11}, {0, 5}, {3, 6}, {-4, 5}, {-12, 30}, {7, 11}, {5, 7}, {25, 61}};
        Reduce.Function[] functions = {Reduce.Function.SUM, Reduce.Function.MEAN, Reduce.Function.MAX,
            Reduce.Function.MIN, Reduce.Function.PROD, Reduce.Function.L1, Reduce.Function.L2,
            Reduce.Function.SUM_SQUARE};
        for (int i = 0; i < functions.length; i++) {
            assertArrayEquals(due[i], reduce(functions[i], x, 1).ints(), functions[i].toString());
        }
        Tensor large = Tensor.of(new long[] {-1, 1}, 2).as(DataType.UINT64);
        assertEquals(-1, reduce(Reduce.Function.MAX, large).longs()[0]);
        assertEquals(1, reduce(Reduce.Function.MIN, large).longs()[0]);
        Tensor flags = Tensor.of(new boolean[] {true, false}, 2);
        assertEquals(1, reduce(Reduce.Function.MAX, flags).bytes()[0]);
        assertEquals(0, reduce(Reduce.Function.MIN, flags).bytes()[0]);
    }

    @Test
    void emptySets() {
        Tensor none = Tensor.zeros(DataType.FLOAT, 2, 0, 3);
        float inf = Float.POSITIVE_INFINITY;
        float[] due = {0, Float.NaN, -inf, inf, 1, 0, 0, 0, -inf, -inf};
        for (Reduce.Function f : Reduce.Function.values()) {
            Tensor y = reduce(f, none, 1);
            assertTrue(y.hasShape(2, 3));
            for (float v : y.floats()) {
                assertEquals(due[f.ordinal()], v, f.toString());
            }
            assertTrue(reduce(f, none, 0).hasShape(0, 3));
        }
        assertArrayEquals(new byte[] {-128}, reduce(Reduce.Function.MAX, Tensor.zeros(DataType.INT8, 0)).bytes());
        assertArrayEquals(new byte[] {-1}, reduce(Reduce.Function.MIN, Tensor.zeros(DataType.UINT8, 0)).bytes());
        assertArrayEquals(new byte[] {1}, reduce(Reduce.Function.MIN, Tensor.zeros(DataType.BOOL, 0)).bytes());
    }

    @Test
    void logSumExpDoesNotOverflow() {
        Tensor x = Tensor.of(new float[] {1000, 1000, -1000}, 3);
        assertEquals(1000 + Math.log(2), reduce(Reduce.Function.LOG_SUM_EXP, x).floats()[0], 1e-4);
        assertEquals(1000, x.floats()[0], "the input stays as it is");
        Tensor scalar = Tensor.scalar(3f);
        assertEquals(3, reduce(Reduce.Function.LOG_SUM_EXP, scalar).floats()[0], 1e-6);
    }

    @ParameterizedTest
    @EnumSource(LineFunction.class)
    void linesInEveryType(LineFunction f) {
        Tensor x = new Samples(9).moderate(DataType.FLOAT, 3, 4, 5);
        for (int axis = 0; axis < 3; axis++) {
            Lines lines = Lines.along(axis, x.shape());
            Tensor y = f.map(x, lines);
            Tensor exact = f.map(Cast.convert(x, DataType.DOUBLE), lines);
            Tensor half = f.map(Cast.convert(x, DataType.FLOAT16), lines);
            for (int i = 0; i < x.size(); i++) {
                assertEquals(exact.doubles()[i], y.floats()[i], 1e-5);
                assertEquals(exact.doubles()[i], Elements.doubleAt(half, i), 2e-2);
            }
        }
        assertTrue(f.map(Tensor.zeros(DataType.FLOAT, 2, 0), Lines.along(1, new int[] {2, 0})).hasShape(2, 0));
    }

    @Test
    void flattenedRowsSpanTheLastAxes() {
        Tensor x = new Samples(9).moderate(DataType.FLOAT, 2, 3, 4);
        Tensor rows = new Softmax(-1).evaluate(new Tensor[] {x.reshape(2, 12)})[0];
        Tensor y = new FlattenedLines(LineFunction.SOFTMAX, 1).evaluate(new Tensor[] {x})[0];
        assertArrayEquals(rows.floats(), y.floats());
        assertTrue(y.hasShape(2, 3, 4));
    }

    @Test
    void positionsOfExtremes() {
        Tensor x = Tensor.of(new float[] {1, 5, 5, 0, Float.NaN, 9}, 2, 3);
        assertArrayEquals(new long[] {1, 1}, position(ArgExtreme.Extreme.MAX, false, x));
        assertArrayEquals(new long[] {2, 1}, position(ArgExtreme.Extreme.MAX, true, x));
        assertArrayEquals(new long[] {0, 1}, position(ArgExtreme.Extreme.MIN, false, x));
        var e = assertThrows(InvalidInputException.class,
                () -> position(ArgExtreme.Extreme.MIN, false, Tensor.zeros(DataType.FLOAT, 2, 0)));
        assertEquals("FLOAT[2, 0]", e.found());
    }

    private static long[] position(ArgExtreme.Extreme extreme, boolean last, Tensor x) {
        return new ArgExtreme(extreme, -1, false, last).evaluate(new Tensor[] {x})[0].longs();
    }

    @Test
    void topKPrefersLowPositions() {
        Tensor x = Tensor.of(new float[] {2, 7, 7, -0f, 0f, Float.NaN}, 6);
        Tensor[] y = new TopK(0, true).evaluate(new Tensor[] {x, axes(4)});
        assertArrayEquals(new long[] {5, 1, 2, 0}, y[1].longs());
        assertArrayEquals(new float[] {Float.NaN, 7, 7, 2}, y[0].floats());
        assertArrayEquals(new long[] {3, 4, 0}, new TopK(-1, false).evaluate(new Tensor[] {x, axes(3)})[1].longs());
        Tensor columns = Tensor.of(new long[] {1, 9, 8, 2}, 2, 2);
        Tensor[] top = new TopK(0, true).evaluate(new Tensor[] {columns, axes(1)});
        assertArrayEquals(new long[] {8, 9}, top[0].longs());
        assertTrue(top[1].hasShape(1, 2));
        assertThrows(InvalidInputException.class, () -> new TopK(0, true).evaluate(new Tensor[] {x, axes(7)}));
    }

    private static Value input(Dim... shape) {
        return Value.input("x", Fact.of(DataType.FLOAT, shape));
    }

    private static void refused(Operator operator, Value... inputs) {
        var e = assertThrows(ModelFormatException.class, () -> Node.of("n", operator, inputs));
        assertTrue(e.getMessage().contains("'n'"), e.getMessage());
    }

    @Test
    void inferenceRefuses() {
        Value x = input(BATCH, SEQ);
        refused(new Reduce(Reduce.Function.SUM, true, false), x, Value.constant("a", axes(2)));
        refused(new Reduce(Reduce.Function.SUM, true, false), Value.input("s", Fact.of(DataType.STRING)));
        refused(new Reduce(Reduce.Function.SUM, true, false), Value.input("b", Fact.of(DataType.BOOL)));
        refused(new Softmax(2), x);
        refused(new Softmax(0), Value.input("i", Fact.of(DataType.INT32, SEQ)));
        refused(new ArgExtreme(ArgExtreme.Extreme.MAX, -3, true, false), x);
        refused(new ArgExtreme(ArgExtreme.Extreme.MAX, 0, true, false), input(Dim.ZERO));
        refused(new TopK(0, true), input(Dim.constant(3)), Value.constant("k", axes(4)));
        refused(new CumSum(false, false), x, Value.constant("axis", Tensor.scalar(5L)));
    }

    private static String shape(Operator operator, Value... inputs) {
        return Node.of("n", operator, inputs).output().fact().toString();
    }

    @Test
    void symbolicShapes() {
        Value x = input(BATCH, SEQ, Dim.constant(8));
        Value last = Value.constant("a", axes(-1));
        assertEquals("FLOAT[batch,seq,1]", shape(new Reduce(Reduce.Function.MEAN, true, false), x, last));
        assertEquals("FLOAT[batch,seq]", shape(new Reduce(Reduce.Function.MEAN, false, false), x, last));
        assertEquals("FLOAT[]", shape(new Reduce(Reduce.Function.MEAN, false, false), x));
        assertEquals("FLOAT[batch,seq,8]", shape(new Reduce(Reduce.Function.MEAN, false, true), x));
        Value anyAxes = Value.input("a", Fact.of(DataType.INT64, Dim.ONE));
        assertEquals("FLOAT[?]", shape(new Reduce(Reduce.Function.MEAN, true, false), x, anyAxes));
        assertEquals("INT64[batch,8]", shape(new ArgExtreme(ArgExtreme.Extreme.MAX, 1, false, false), x));
        Node top = Node.of("n", new TopK(1, true), x, Value.constant("k", axes(3)));
        assertEquals("[FLOAT[batch,3,8], INT64[batch,3,8]]",
                top.outputs().stream().map(Value::fact).toList().toString());
        assertEquals(List.of(new Assumption(Dim.constant(3), Assumption.Relation.AT_MOST, SEQ)), top.assumptions());
    }

    @Test
    void contentOfFoldedSizes() {
        Value sizes = Value.input("s", Fact.of(DataType.INT64, Dim.constant(2)).withContent(new Dim[] {BATCH, SEQ}));
        Node product = Node.of("n", new Reduce(Reduce.Function.PROD, false, false), sizes);
        assertArrayEquals(new Dim[] {BATCH.times(SEQ)}, product.output().fact().content());
        Node sum = Node.of("n", new Reduce(Reduce.Function.SUM, true, false), sizes, Value.constant("a", axes(0)));
        assertArrayEquals(new Dim[] {BATCH.plus(SEQ)}, sum.output().fact().content());
    }
}
