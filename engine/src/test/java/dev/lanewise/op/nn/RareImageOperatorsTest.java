package dev.lanewise.op.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.op.shape.AffineGrid;
import dev.lanewise.op.shape.CenterCropPad;
import dev.lanewise.testing.Ways;
import java.util.List;
import org.junit.jupiter.api.Test;

class RareImageOperatorsTest {
    private static final Window PLAIN =
            new Window(List.of(), List.of(), List.of(), List.of(), Window.Padding.EXPLICIT, false);

    private static Tensor longs(long... values) {
        return Tensor.of(values, values.length);
    }

    private static Tensor counting(int... shape) {
        Tensor t = Tensor.zeros(dev.lanewise.DataType.FLOAT, shape);
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] = i + 1;
        }
        return t;
    }

    @Test
    void valuesGoBackToTheirPlaces() {
        MaxUnpool unpool = new MaxUnpool(List.of(2, 2), List.of(2, 2), List.of(0, 0, 0, 0));
        Tensor x = counting(1, 1, 1, 2);
        Tensor places = Tensor.of(new long[] {5, 2}, 1, 1, 1, 2);
        assertEquals("FLOAT[1, 1, 2, 4] [0.0, 0.0, 2.0, 0.0, 0.0, 1.0, 0.0, 0.0]",
                Ways.text(unpool.evaluate(new Tensor[] {x, places})[0]));
        assertEquals("FLOAT[1, 1, 2, 5] [0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]",
                Ways.text(unpool.evaluate(new Tensor[] {x, places, longs(1, 1, 2, 5)})[0]));
        Tensor beyond = Tensor.of(new long[] {8, 2}, 1, 1, 1, 2);
        assertThrows(InvalidInputException.class, () -> unpool.evaluate(new Tensor[] {x, beyond}));
    }

    @Test
    void blocksAddUpWhereTheyOverlap() {
        Col2Im fold = new Col2Im(List.of(), List.of(), List.of());
        // blocks of 1 x 2 at columns 0 and 1 of a row of 3: (1, 3) and (2, 4)
        assertEquals("FLOAT[1, 1, 1, 3] [1.0, 5.0, 4.0]",
                Ways.text(fold.evaluate(new Tensor[] {counting(1, 2, 2), longs(1, 3), longs(1, 2)})[0]));
        assertThrows(InvalidInputException.class,
                () -> fold.evaluate(new Tensor[] {counting(1, 2, 2), longs(1, 5), longs(1, 2)}));
    }

    @Test
    void windowElementsAreReadBetweenPoints() {
        DeformConv conv = new DeformConv(1, 1, PLAIN);
        Tensor x = counting(1, 1, 2, 2);
        Tensor w = Tensor.of(new float[] {10}, 1, 1, 1, 1);
        float[] down = {0.5f, 0, 0, 0};
        float[] right = {0.5f, 0, 0, 0.25f};
        float[] both = new float[8];
        System.arraycopy(down, 0, both, 0, 4);
        System.arraycopy(right, 0, both, 4, 4);
        // the middle of all four, then two as they are, then a quarter of the way out of the image
        assertEquals("FLOAT[1, 1, 2, 2] [25.0, 20.0, 30.0, 30.0]",
                Ways.text(conv.evaluate(new Tensor[] {x, w, Tensor.of(both, 1, 2, 2, 2)})[0]));
    }

    @Test
    void middlesAndMargins() {
        Tensor x = counting(5);
        assertEquals("FLOAT[2] [2.0, 3.0]",
                Ways.text(new CenterCropPad(List.of()).evaluate(new Tensor[] {x, longs(2)})[0]));
        assertEquals("FLOAT[8] [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 0.0, 0.0]",
                Ways.text(new CenterCropPad(List.of(-1)).evaluate(new Tensor[] {x, longs(8)})[0]));
    }

    @Test
    void gridOfAnAffineMap() {
        Tensor theta = Tensor.of(new float[] {1, 0, 0, 0, 2, 1}, 1, 2, 3);
        assertEquals("FLOAT[1, 2, 2, 2] [-1.0, -1.0, 1.0, -1.0, -1.0, 3.0, 1.0, 3.0]",
                Ways.text(new AffineGrid(true).evaluate(new Tensor[] {theta, longs(1, 1, 2, 2)})[0]));
        assertEquals("FLOAT[1, 2, 2, 2] [-0.5, 0.0, 0.5, 0.0, -0.5, 2.0, 0.5, 2.0]",
                Ways.text(new AffineGrid(false).evaluate(new Tensor[] {theta, longs(1, 1, 2, 2)})[0]));
    }
}
