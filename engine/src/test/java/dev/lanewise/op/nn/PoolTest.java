package dev.lanewise.op.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolTest {
    private static Window window(int kernel, int stride, int before, int after, boolean roundUp) {
        return new Window(List.of(kernel), List.of(stride), List.of(), List.of(before, after), Window.Padding.EXPLICIT,
                roundUp);
    }

    private static Tensor row(float... values) {
        return Tensor.of(values, 1, 1, values.length);
    }

    private static Dim[] shape(Operator op, Dim... x) {
        return Node.of("pool", op, Value.input("x", Fact.of(DataType.FLOAT, x))).output().fact().shape();
    }

    private static float[] values(Operator op, float... x) {
        return op.evaluate(new Tensor[] {row(x)})[0].floats();
    }

    @Test
    void symbolicSizes() {
        Dim n = Dim.symbol("n");
        Dim w = Dim.symbol("w");
        Dim[] y = shape(new MaxPool(window(3, 2, 1, 1, false), false), n, Dim.constant(8), w);
        assertEquals(n, y[0]);
        assertEquals(56, y[2].eval(s -> 112));
        Dim[] up = shape(new AveragePool(window(2, 2, 0, 0, true), false), n, Dim.constant(8), w);
        assertEquals(4, up[2].eval(s -> 7));
        assertEquals(3, up[2].eval(s -> 6));
        assertArrayEquals(new Dim[] {n, Dim.constant(8), Dim.ONE},
                shape(new GlobalPool(GlobalPool.Kind.MAX, 0), n, Dim.constant(8), w));
    }

    @Test
    void misfitsAreErrors() {
        Window none = new Window(List.of(), List.of(), List.of(), List.of(), Window.Padding.EXPLICIT, false);
        assertThrows(ModelFormatException.class, () -> shape(new MaxPool(none, false), Dim.constants(1, 1, 4)));
        assertThrows(ModelFormatException.class,
                () -> shape(new MaxPool(window(5, 1, 0, 0, false), false), Dim.constants(1, 1, 4)));
        assertThrows(ModelFormatException.class,
                () -> shape(new AveragePool(window(2, 1, 0, 0, false), false), Dim.constants(1, 4)));
        assertThrows(ModelFormatException.class, () -> shape(new LpPool(window(2, 1, 0, 0, false), 0),
                Dim.constants(1, 1, 4)));
        assertThrows(ModelFormatException.class, () -> shape(new GlobalPool(GlobalPool.Kind.AVERAGE, 0), Dim.ONE));
    }

    @Test
    void largestAndItsPosition() {
        Tensor[] y = new MaxPool(window(2, 2, 1, 0, true), false).evaluate(new Tensor[] {row(-3, -1, -2, -4)});
        assertArrayEquals(new float[] {-3, -1, -4}, y[0].floats());
        assertArrayEquals(new long[] {0, 1, 3}, y[1].longs());
    }

    @Test
    void nanWins() {
        assertArrayEquals(new float[] {Float.NaN, Float.NaN, 2},
                values(new MaxPool(window(2, 1, 0, 0, false), false), 1, Float.NaN, 2, 1));
    }

    @Test
    void columnMajorPositions() {
        Window all = new Window(List.of(1, 1), List.of(), List.of(), List.of(), Window.Padding.EXPLICIT, false);
        Tensor x = Tensor.of(new float[6], 1, 1, 2, 3);
        assertArrayEquals(new long[] {0, 2, 4, 1, 3, 5}, new MaxPool(all, true).evaluate(new Tensor[] {x})[1].longs());
    }

    @Test
    void bytesWithAndWithoutSign() {
        Tensor x = Tensor.of(DataType.UINT8, new byte[] {-1, 1}, 1, 1, 2);
        MaxPool pool = new MaxPool(window(2, 1, 0, 0, false), false);
        assertEquals(255, pool.evaluate(new Tensor[] {x})[0].longAt(0));
        assertEquals(1, pool.evaluate(new Tensor[] {x.as(DataType.INT8)})[0].longAt(0));
    }

    @Test
    void paddingCountsOnlyWhenAsked() {
        assertArrayEquals(new float[] {1, 2.5f}, values(new AveragePool(window(2, 2, 1, 0, false), false), 1, 2, 3));
        assertArrayEquals(new float[] {0.5f, 2.5f}, values(new AveragePool(window(2, 2, 1, 0, false), true), 1, 2, 3));
        assertArrayEquals(new float[] {1.5f, 3},
                values(new AveragePool(window(2, 2, 0, 0, true), true), 1, 2, 3), "beyond the padding nothing counts");
    }

    @Test
    void wholeChannels() {
        assertArrayEquals(new float[] {2}, values(new GlobalPool(GlobalPool.Kind.AVERAGE, 0), 1, 2, 3));
        assertArrayEquals(new float[] {3}, values(new GlobalPool(GlobalPool.Kind.MAX, 0), 1, 3, 2));
        assertArrayEquals(new float[] {5}, values(new GlobalPool(GlobalPool.Kind.LP, 2), 3, 4, 0));
        assertArrayEquals(new float[] {5, 4}, values(new LpPool(window(2, 1, 0, 0, false), 2), 3, 4, 0));
        Tensor doubles = Tensor.of(new double[] {1, 2}, 1, 1, 2);
        assertEquals(1.5, new GlobalPool(GlobalPool.Kind.AVERAGE, 0).evaluate(new Tensor[] {doubles})[0].doubles()[0]);
    }
}
