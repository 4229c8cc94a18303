package dev.lanewise.op.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import org.junit.jupiter.api.Test;

class GemmTest {
    private static final Gemm PLAIN = new Gemm(1, 1, false, false);
    private static final Tensor A = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    private static final Tensor B = Tensor.of(new float[] {1, 0, 0, 1, 1, 1}, 3, 2);

    private static Value input(DataType type, Dim... shape) {
        return Value.input("x", Fact.of(type, shape));
    }

    @Test
    void batchStaysSymbolic() {
        Dim batch = Dim.symbol("batch");
        Node n = Node.of("gemm", PLAIN, input(DataType.FLOAT, batch, Dim.constant(3)),
                input(DataType.FLOAT, Dim.constant(3), Dim.constant(2)), input(DataType.FLOAT, Dim.constant(2)));
        assertArrayEquals(new Dim[] {batch, Dim.constant(2)}, n.output().fact().shape());
    }

    @Test
    void misfitsAreErrors() {
        Value a = input(DataType.FLOAT, Dim.constants(2, 3));
        assertThrows(ModelFormatException.class,
                () -> Node.of("gemm", PLAIN, a, input(DataType.FLOAT, Dim.constants(4, 2))));
        assertThrows(ModelFormatException.class,
                () -> Node.of("gemm", PLAIN, a, input(DataType.DOUBLE, Dim.constants(3, 2))));
        assertThrows(ModelFormatException.class, () -> Node.of("gemm", PLAIN, a,
                input(DataType.FLOAT, Dim.constants(3, 2)), input(DataType.FLOAT, Dim.constants(3))));
        assertThrows(ModelFormatException.class, () -> Node.of("gemm", PLAIN, input(DataType.BOOL, Dim.constants(2, 3)),
                input(DataType.BOOL, Dim.constants(3, 2))));
    }

    @Test
    void scalesAndAdds() {
        Tensor c = Tensor.of(new float[] {10, 20}, 2, 1);
        Tensor y = new Gemm(2, 3, false, false).evaluate(new Tensor[] {A, B, c})[0];
        assertArrayEquals(new float[] {38, 40, 80, 82}, y.floats());
    }

    @Test
    void transposes() {
        Tensor y = new Gemm(1, 1, true, true).evaluate(new Tensor[] {B, A})[0];
        assertArrayEquals(new float[] {4, 10, 5, 11}, y.floats());
    }

    @Test
    void integersAreExact() {
        Tensor a = Tensor.of(new long[] {1L << 60, 1}, 1, 2);
        Tensor b = Tensor.of(new long[] {1, 1}, 2, 1);
        assertArrayEquals(new long[] {(1L << 60) + 1}, PLAIN.evaluate(new Tensor[] {a, b})[0].longs());
    }

    @Test
    void emptyInnerDimensionGivesTheAddend() {
        Tensor y = PLAIN.evaluate(new Tensor[] {Tensor.zeros(DataType.FLOAT, 2, 0), Tensor.zeros(DataType.FLOAT, 0, 3),
            Tensor.scalar(5f)})[0];
        assertArrayEquals(new float[] {5, 5, 5, 5, 5, 5}, y.floats());
        assertEquals(0, PLAIN.evaluate(new Tensor[] {Tensor.zeros(DataType.FLOAT, 0, 3), B})[0].size());
    }
}
