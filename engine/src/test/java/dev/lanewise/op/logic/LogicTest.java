package dev.lanewise.op.logic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Samples;
import dev.lanewise.op.Steps;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Comparisons, BOOL logic, bits and Where: steps against definitions, types, and what is decided before a run. */
class LogicTest {
    private static final Dim BATCH = Dim.symbol("batch");
    private static final Dim SEQ = Dim.symbol("seq");
    private static final int[][] SIZES = {{1, 1}, {2, 5}, {3, 17}, {1, 20_000}, {1, 1}};

    private final Samples samples = new Samples(5);

    private static Value input(String name, DataType type, Dim... shape) {
        return Value.input(name, Fact.of(type, shape));
    }

    private static Graph graph(Operator operator, Value... inputs) {
        return Steps.graph(in -> Node.of("node", operator, in), inputs);
    }

    private static Tensor run(Operator operator, Tensor... inputs) {
        return operator.evaluate(inputs)[0];
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT", "INT64", "INT32", "UINT8"})
    void compareSteps(DataType type) {
        for (Compare.Function f : Compare.Function.values()) {
            List<Tensor[]> runs = new ArrayList<>();
            for (int[] s : SIZES) {
                runs.add(new Tensor[] {samples.any(type, s[0], 1, s[1]), samples.any(type, s[1])});
            }
            Steps.assertAsDefined(graph(new Compare(f), input("a", type, BATCH, Dim.ONE, SEQ), input("b", type, SEQ)),
                    runs);
        }
    }

    @Test
    void logicSteps() {
        Value a = input("a", DataType.BOOL, BATCH, SEQ);
        Value b = input("b", DataType.BOOL, BATCH, Dim.ONE);
        List<Tensor[]> two = new ArrayList<>();
        List<Tensor[]> one = new ArrayList<>();
        for (int[] s : SIZES) {
            one.add(new Tensor[] {samples.any(DataType.BOOL, s[0], s[1])});
            two.add(new Tensor[] {one.getLast()[0], samples.any(DataType.BOOL, s[0], 1)});
        }
        for (Logical.Function f : Logical.Function.values()) {
            Steps.assertAsDefined(graph(new Logical(f), a, b), two);
        }
        Steps.assertAsDefined(graph(new Not(), a), one);
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT", "INT64", "INT32", "INT8", "BOOL"})
    void whereSteps(DataType type) {
        Value condition = input("c", DataType.BOOL, BATCH, Dim.ONE, SEQ);
        Value x = input("x", type, Dim.constant(3), SEQ);
        Value y = input("y", type);
        List<Tensor[]> runs = new ArrayList<>();
        for (int[] s : SIZES) {
            runs.add(new Tensor[] {samples.any(DataType.BOOL, s[0], 1, s[1]), samples.any(type, 3, s[1]),
                samples.any(type)});
        }
        Steps.assertAsDefined(graph(new Where(), condition, x, y), runs);
    }

    @Test
    void comparisonWithNaNIsFalse() {
        Tensor nan = Tensor.scalar(Float.NaN);
        for (Compare.Function f : Compare.Function.values()) {
            assertEquals(0, run(new Compare(f), nan, nan).bytes()[0], f.toString());
        }
        assertEquals(1, run(new Compare(Compare.Function.EQUAL), Tensor.scalar(0f), Tensor.scalar(-0f)).bytes()[0]);
    }

    @Test
    void unsignedAndStrings() {
        Tensor large = Tensor.of(new long[] {-1}, 1).as(DataType.UINT64);
        Tensor one = Tensor.of(new long[] {1}, 1).as(DataType.UINT64);
        assertEquals(1, run(new Compare(Compare.Function.GREATER), large, one).bytes()[0]);
        assertArrayEquals(new byte[] {1, 0}, run(new Compare(Compare.Function.EQUAL),
                Tensor.of(new String[] {"a", "b"}, 2), Tensor.of(new String[] {"a"}, 1)).bytes());
        assertArrayEquals(new String[] {"a", "c"}, run(new Where(), Tensor.of(new boolean[] {true, false}, 2),
                Tensor.of(new String[] {"a", "b"}, 2), Tensor.of(new String[] {"c"})).strings());
    }

    @Test
    void bits() {
        Tensor x = Tensor.of(DataType.UINT8, new byte[] {(byte) 0x81, 0x0F}, 2);
        Tensor by = Tensor.of(DataType.UINT8, new byte[] {1, 100}, 2);
        assertArrayEquals(new byte[] {2, 0}, run(new Bitwise(Bitwise.Function.SHIFT_LEFT), x, by).bytes());
        assertArrayEquals(new byte[] {0x40, 0}, run(new Bitwise(Bitwise.Function.SHIFT_RIGHT), x, by).bytes());
        assertArrayEquals(new byte[] {0x7E, (byte) 0xF0}, run(new BitwiseNot(), x).bytes());
        Tensor a = Tensor.of(new int[] {12, -1}, 2);
        Tensor b = Tensor.of(new int[] {10});
        assertArrayEquals(new int[] {8, 10}, run(new Bitwise(Bitwise.Function.AND), a, b).ints());
        assertArrayEquals(new int[] {14, -1}, run(new Bitwise(Bitwise.Function.OR), a, b).ints());
        assertArrayEquals(new int[] {6, ~10}, run(new Bitwise(Bitwise.Function.XOR), a, b).ints());
    }

    @Test
    void refused() {
        Value f = input("f", DataType.FLOAT, SEQ);
        Value i = input("i", DataType.INT32, SEQ);
        for (Runnable wrong : List.<Runnable>of(() -> Node.of("n", new Compare(Compare.Function.LESS), f, i),
                () -> Node.of("n", new Logical(Logical.Function.AND), f, f), () -> Node.of("n", new Not(), i),
                () -> Node.of("n", new Bitwise(Bitwise.Function.SHIFT_LEFT), i, i),
                () -> Node.of("n", new Bitwise(Bitwise.Function.AND), f, f),
                () -> Node.of("n", new Where(), i, f, f))) {
            var e = assertThrows(ModelFormatException.class, wrong::run);
            assertTrue(e.getMessage().contains("'n'"), e.getMessage());
        }
    }

    private static Value whole(Dim... content) {
        return Value.input("w", Fact.of(DataType.INT64, Dim.constant(content.length)).withContent(content));
    }

    private static Value apply(Operator operator, Value... inputs) {
        return Node.of("n", operator, inputs).output();
    }

    /** A symbol is 1 or more, which decides the comparisons that exporters write around Expand and Reshape. */
    @Test
    void decidedBeforeARun() {
        Value lengths = whole(SEQ, Dim.constant(-1), Dim.constant(8));
        Value minusOne = whole(Dim.constant(-1));
        Value unset = apply(new Compare(Compare.Function.EQUAL), lengths, minusOne);
        assertArrayEquals(new Dim[] {Dim.ZERO, Dim.ONE, Dim.ZERO}, unset.fact().content());
        Value chosen = apply(new Where(), unset, whole(Dim.ONE, Dim.ONE, Dim.ONE), lengths);
        assertArrayEquals(new Dim[] {SEQ, Dim.ONE, Dim.constant(8)}, chosen.fact().content());
        assertArrayEquals(new Dim[] {Dim.ONE, Dim.ZERO, Dim.ONE}, apply(new Not(), unset).fact().content());
        assertArrayEquals(new Dim[] {Dim.ONE},
                apply(new Compare(Compare.Function.GREATER), whole(SEQ.plus(2)), whole(SEQ)).fact().content());
        Value open = apply(new Compare(Compare.Function.EQUAL), whole(SEQ), whole(Dim.constant(8)));
        assertNull(open.fact().content());
        assertNull(apply(new Where(), open, whole(SEQ), whole(BATCH)).fact().content());
        assertArrayEquals(new Dim[] {SEQ}, apply(new Where(), open, whole(SEQ), whole(SEQ)).fact().content());
    }
}
