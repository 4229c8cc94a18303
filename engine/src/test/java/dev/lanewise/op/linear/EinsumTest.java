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
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EinsumTest {
    private static Dim[] shape(String equation, Dim[]... operands) {
        Value[] inputs = Arrays.stream(operands).map(s -> Value.input("x", Fact.of(DataType.FLOAT, s)))
                .toArray(Value[]::new);
        return Node.of("einsum", new Einsum(equation), inputs).output().fact().shape();
    }

    private static Tensor matrix() {
        return Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    }

    private static float[] values(String equation, Tensor... operands) {
        return new Einsum(equation).evaluate(operands)[0].floats();
    }

    @Test
    void symbolsAndEllipsis() {
        Dim b = Dim.symbol("b");
        Dim s = Dim.symbol("s");
        Dim four = Dim.constant(4);
        assertArrayEquals(new Dim[] {b, s, four},
                shape("...ij,jk->...ik", new Dim[] {b, s, Dim.constant(3)}, new Dim[] {Dim.constant(3), four}));
        assertArrayEquals(new Dim[] {}, shape("i,i", new Dim[] {s}, new Dim[] {s}));
    }

    @Test
    void misfitsAreErrors() {
        assertThrows(ModelFormatException.class, () -> shape("ij", Dim.constants(2, 3, 4)));
        assertThrows(ModelFormatException.class, () -> shape("ij,j", Dim.constants(2, 3)));
        assertThrows(ModelFormatException.class, () -> shape("ij->k", Dim.constants(2, 3)));
        assertThrows(ModelFormatException.class, () -> shape("i?->i", Dim.constants(2, 3)));
        assertThrows(ModelFormatException.class, () -> shape("ij,jk", Dim.constants(2, 3), Dim.constants(4, 5)));
    }

    @Test
    void repeatedLabelsWalkTheDiagonal() {
        assertArrayEquals(new float[] {1, 4}, values("ii->i", matrix()));
        assertArrayEquals(new float[] {5}, values("ii->", matrix()));
    }

    @Test
    void manyOperandsAndImpliedOutput() {
        assertArrayEquals(new float[] {1, 3, 2, 4}, values("ba", matrix()));
        Tensor v = Tensor.of(new float[] {1, 10}, 2);
        assertArrayEquals(new float[] {1 + 20 + 30 + 400}, values("i,ij,j->", v, matrix(), v));
    }

    @Test
    void ellipsisBroadcasts() {
        Tensor left = Tensor.of(new float[] {1, 2}, 2, 1);
        Tensor right = Tensor.of(new float[] {5, 7}, 1, 2);
        assertArrayEquals(new float[] {5, 7, 10, 14}, values("...,...->...", left, right));
    }

    @Test
    void emptySumsAreZero() {
        Tensor y = new Einsum("ij,jk->ik").evaluate(new Tensor[] {Tensor.zeros(DataType.FLOAT, 2, 0),
            Tensor.zeros(DataType.FLOAT, 0, 2)})[0];
        assertArrayEquals(new float[4], y.floats());
        assertEquals(0, new Einsum("ij->j").evaluate(new Tensor[] {Tensor.zeros(DataType.FLOAT, 2, 0)})[0].size());
    }
}
