package dev.lanewise.op.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import org.junit.jupiter.api.Test;

class CacheOperatorsTest {
    private static Value value(DataType type, int... shape) {
        return Value.input("x", Fact.of(type, Dim.constants(shape)));
    }

    private static Tensor longs(long... values) {
        return Tensor.of(values, values.length);
    }

    @Test
    void quarterTurns() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 1, 1, 6);
        Tensor cos = Tensor.of(new float[] {1, 1, 0, 0}, 2, 2);
        Tensor sin = Tensor.of(new float[] {0, 0, 1, 1}, 2, 2);
        Tensor position = Tensor.of(new long[] {1}, 1, 1);
        Tensor[] in = {x, cos, sin, position};
        assertArrayEquals(new float[] {-3, -4, 1, 2, 5, 6}, new RotaryEmbedding(0, 4, false).evaluate(in)[0].floats());
        assertArrayEquals(new float[] {-2, 1, -4, 3, 5, 6}, new RotaryEmbedding(0, 4, true).evaluate(in)[0].floats());
    }

    @Test
    void ranksAgree() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 2, 4);
        Tensor cos = Tensor.of(new float[] {0.5f, 2}, 1, 2, 1);
        Tensor sin = Tensor.of(new float[] {3, 4}, 1, 2, 1);
        float[] y = new RotaryEmbedding(2, 0, false).evaluate(new Tensor[] {x, cos, sin})[0].floats();
        Tensor headed = Tensor.of(new float[] {1, 2, 5, 6, 3, 4, 7, 8}, 1, 2, 2, 2);
        float[] z = new RotaryEmbedding(0, 0, false).evaluate(new Tensor[] {headed, cos, sin})[0].floats();
        assertArrayEquals(new float[] {z[0], z[1], z[4], z[5], z[2], z[3], z[6], z[7]}, y);
    }

    @Test
    void rotationMisfitsAreErrors() {
        Value x = value(DataType.FLOAT, 1, 2, 3, 4);
        Value good = value(DataType.FLOAT, 1, 3, 2);
        Node.of("r", new RotaryEmbedding(0, 0, false), x, good, good);
        assertThrows(ModelFormatException.class,
                () -> Node.of("r", new RotaryEmbedding(0, 3, false), x, good, good));
        assertThrows(ModelFormatException.class,
                () -> Node.of("r", new RotaryEmbedding(0, 6, false), x, good, good));
        assertThrows(ModelFormatException.class, () -> Node.of("r", new RotaryEmbedding(0, 0, false),
                value(DataType.FLOAT, 1, 3, 8), good, good));
        assertThrows(ModelFormatException.class, () -> Node.of("r", new RotaryEmbedding(0, 0, false), x,
                value(DataType.FLOAT, 1, 3, 3), good));
        Tensor t = Tensor.of(new float[4], 1, 1, 1, 4);
        Tensor angles = Tensor.of(new float[2], 1, 2);
        assertThrows(InvalidInputException.class, () -> new RotaryEmbedding(0, 0, false)
                .evaluate(new Tensor[] {t, angles, angles, Tensor.of(new long[] {1}, 1, 1)}));
    }

    @Test
    void writesIntoTheCache() {
        Tensor cache = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3, 1);
        Tensor update = Tensor.of(new float[] {10, 20, 30, 40}, 2, 2, 1);
        assertArrayEquals(new float[] {1, 10, 20, 30, 40, 6},
                new TensorScatter(-2, false).evaluate(new Tensor[] {cache, update, longs(1, 0)})[0].floats());
        assertArrayEquals(new float[] {20, 2, 10, 40, 5, 30},
                new TensorScatter(1, true).evaluate(new Tensor[] {cache, update, longs(2, 2)})[0].floats());
        assertArrayEquals(new float[] {10, 20, 3, 30, 40, 6},
                new TensorScatter(1, false).evaluate(new Tensor[] {cache, update})[0].floats());
        assertThrows(InvalidInputException.class,
                () -> new TensorScatter(1, false).evaluate(new Tensor[] {cache, update, longs(2, 0)}));
        assertThrows(InvalidInputException.class,
                () -> new TensorScatter(1, true).evaluate(new Tensor[] {cache, update, longs(-1, 0)}));
    }

    @Test
    void scatterMisfitsAreErrors() {
        Value cache = value(DataType.FLOAT, 2, 3, 1);
        assertThrows(ModelFormatException.class,
                () -> Node.of("s", new TensorScatter(1, false), cache, value(DataType.FLOAT, 2, 4, 1)));
        assertThrows(ModelFormatException.class,
                () -> Node.of("s", new TensorScatter(0, false), cache, value(DataType.FLOAT, 2, 3, 1)));
        assertThrows(ModelFormatException.class,
                () -> Node.of("s", new TensorScatter(1, false), cache, value(DataType.DOUBLE, 2, 3, 1)));
        assertThrows(ModelFormatException.class,
                () -> Node.of("s", new TensorScatter(3, false), cache, value(DataType.FLOAT, 2, 3, 1)));
    }
}
