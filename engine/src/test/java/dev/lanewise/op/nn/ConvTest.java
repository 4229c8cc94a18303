package dev.lanewise.op.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConvTest {
    private static final Window PLAIN = window(List.of(), List.of(), Window.Padding.EXPLICIT);

    private static Window window(List<Integer> strides, List<Integer> pads, Window.Padding padding) {
        return new Window(List.of(), strides, List.of(), pads, padding, false);
    }

    private static Value value(Dim... shape) {
        return Value.input("x", Fact.of(DataType.FLOAT, shape));
    }

    private static Dim[] shape(Operator op, Dim[] x, Dim[] w) {
        return Node.of("conv", op, value(x), value(w)).output().fact().shape();
    }

    private static Tensor random(DataType type, long seed, int... shape) {
        Tensor t = Tensor.zeros(type, shape);
        Random random = new Random(seed);
        for (int i = 0; i < t.size(); i++) {
            Elements.set(t, i, random.nextInt(17) / 8.0 - 1);
        }
        return t;
    }

    @Test
    void symbolicSizes() {
        Dim n = Dim.symbol("n");
        Dim h = Dim.symbol("h");
        Dim[] x = {n, Dim.constant(3), h, Dim.constant(10)};
        Conv halving = new Conv(1, window(List.of(2, 2), List.of(1, 1, 1, 1), Window.Padding.EXPLICIT));
        Dim[] y = shape(halving, x, Dim.constants(8, 3, 3, 3));
        assertArrayEquals(new Dim[] {n, Dim.constant(8), h.plus(-1).floorDiv(Dim.constant(2)).plus(1),
            Dim.constant(5)}, y);
        assertEquals(112, y[2].eval(s -> 224));
        Conv same = new Conv(1, window(List.of(1, 1), List.of(), Window.Padding.SAME_UPPER));
        assertArrayEquals(new Dim[] {n, Dim.constant(8), h, Dim.constant(10)},
                shape(same, x, Dim.constants(8, 3, 5, 5)));
        ConvTranspose doubling =
                new ConvTranspose(1, window(List.of(2, 2), List.of(), Window.Padding.EXPLICIT), List.of(), List.of());
        assertArrayEquals(new Dim[] {n, Dim.constant(4), h.times(2), Dim.constant(20)},
                shape(doubling, x, Dim.constants(3, 4, 2, 2)));
    }

    @Test
    void misfitsAreErrors() {
        Dim[] x = Dim.constants(1, 4, 5, 5);
        assertThrows(ModelFormatException.class, () -> shape(new Conv(1, PLAIN), x, Dim.constants(2, 3, 3, 3)));
        assertThrows(ModelFormatException.class, () -> shape(new Conv(3, PLAIN), x, Dim.constants(4, 1, 3, 3)));
        assertThrows(ModelFormatException.class, () -> shape(new Conv(0, PLAIN), x, Dim.constants(4, 4, 3, 3)));
        assertThrows(ModelFormatException.class, () -> shape(new Conv(1, PLAIN), x, Dim.constants(4, 4, 6, 3)));
        assertThrows(ModelFormatException.class, () -> shape(new Conv(1, PLAIN), x, Dim.constants(4, 4, 3)));
        for (Window bad : List.of(window(List.of(1), List.of(), Window.Padding.EXPLICIT),
                window(List.of(0, 1), List.of(), Window.Padding.EXPLICIT),
                window(List.of(), List.of(1, 1), Window.Padding.EXPLICIT),
                window(List.of(), List.of(-1, 0, 0, 0), Window.Padding.EXPLICIT))) {
            assertThrows(ModelFormatException.class, () -> shape(new Conv(1, bad), x, Dim.constants(4, 4, 3, 3)));
        }
        assertThrows(InvalidInputException.class, () -> new Conv(1, PLAIN)
                .evaluate(new Tensor[] {random(DataType.FLOAT, 1, 1, 4, 5), random(DataType.FLOAT, 1, 2, 3, 3)}));
    }

    /** By definition, in double, for two spatial axes. */
    private static double[] definition(Tensor x, Tensor w, Tensor bias, int group, int stride, int pad, int[] out) {
        double[] y = new double[out[0] * out[1] * out[2] * out[3]];
        for (int i = 0; i < y.length; i++) {
            int q = i % out[3];
            int p = i / out[3] % out[2];
            int m = i / out[3] / out[2] % out[1];
            int n = i / out[3] / out[2] / out[1];
            y[i] = Elements.doubleAt(bias, m);
            for (int c = 0; c < w.dim(1); c++) {
                for (int k = 0; k < w.dim(2) * w.dim(3); k++) {
                    int row = p * stride + k / w.dim(3) - pad;
                    int column = q * stride + k % w.dim(3) - pad;
                    if (row >= 0 && row < x.dim(2) && column >= 0 && column < x.dim(3)) {
                        int channel = m / (out[1] / group) * w.dim(1) + c;
                        y[i] += Elements.doubleAt(x, ((n * x.dim(1) + channel) * x.dim(2) + row) * x.dim(3) + column)
                                * Elements.doubleAt(w, (m * w.dim(1) + c) * w.dim(2) * w.dim(3) + k);
                    }
                }
            }
        }
        return y;
    }

    @Test
    void groupsStridesAndPaddingInAllTypes() {
        for (int group : new int[] {1, 2, 4}) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16)) {
                Tensor x = random(type, 1, 2, 4, 9, 11);
                Tensor w = random(type, 2, 8, 4 / group, 3, 2);
                Tensor bias = random(type, 3, 8);
                Conv conv = new Conv(group, window(List.of(2, 2), List.of(1, 1, 1, 1), Window.Padding.EXPLICIT));
                Tensor y = conv.evaluate(new Tensor[] {x, w, bias})[0];
                double[] due = definition(x, w, bias, group, 2, 1, y.shape());
                for (int i = 0; i < due.length; i++) {
                    assertEquals(due[i], Elements.doubleAt(y, i), type == DataType.FLOAT16 ? 1e-2 : 1e-6);
                }
            }
        }
    }

    @Test
    void transposedIsTheAdjoint() {
        Window window = window(List.of(2, 1), List.of(1, 0, 0, 1), Window.Padding.EXPLICIT);
        Tensor x = random(DataType.DOUBLE, 1, 1, 4, 7, 6);
        Tensor w = random(DataType.DOUBLE, 2, 6, 2, 4, 3);
        Tensor y = new Conv(2, window).evaluate(new Tensor[] {x, w})[0];
        Tensor back = random(DataType.DOUBLE, 3, y.shape());
        Tensor z = new ConvTranspose(2, window, List.of(), List.of(7, 6)).evaluate(new Tensor[] {back, w})[0];
        assertArrayEquals(new int[] {1, 4, 7, 6}, z.shape());
        Window given =
                new Window(List.of(), List.of(2, 1), List.of(), List.of(1, 0, 0, 1), Window.Padding.EXPLICIT, false);
        Tensor same = new ConvTranspose(2, given, List.of(0, 0), List.of()).evaluate(new Tensor[] {back, w})[0];
        assertEquals(dot(y, back), dot(x, same), 1e-9);
    }

    private static double dot(Tensor a, Tensor b) {
        assertArrayEquals(a.shape(), b.shape());
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += a.doubles()[i] * b.doubles()[i];
        }
        return sum;
    }

    @Test
    void integersWithZeroPoints() {
        Tensor x = Tensor.of(DataType.UINT8, new byte[] {(byte) 255, 1, 2}, 1, 1, 3);
        Tensor w = Tensor.of(DataType.INT8, new byte[] {-1, 2}, 1, 1, 2);
        Tensor xZero = Tensor.of(DataType.UINT8, new byte[] {1});
        Tensor[] y = new ConvInteger(1, window(List.of(), List.of(1, 0), Window.Padding.EXPLICIT))
                .evaluate(new Tensor[] {x, w, xZero});
        assertArrayEquals(new int[] {508, -254, 2}, y[0].ints());
    }

    @Test
    void quantisedResultSaturates() {
        Tensor x = Tensor.of(DataType.UINT8, new byte[] {10, 20}, 1, 1, 2);
        Tensor w = Tensor.of(DataType.INT8, new byte[] {1, -3}, 2, 1, 1);
        Tensor one = Tensor.scalar(1f);
        Tensor zero = Tensor.of(DataType.UINT8, new byte[] {5});
        Tensor[] y = new QLinearConv(1, PLAIN).evaluate(new Tensor[] {x, one, Tensor.of(DataType.UINT8, new byte[1]), w,
            Tensor.of(new float[] {0.25f, 100}, 2), Tensor.of(DataType.INT8, new byte[1]), one, zero});
        assertArrayEquals(new byte[] {2 + 5, 5 + 5, 0, 0}, y[0].bytes());
    }

    @Test
    void emptyBatch() {
        Tensor y = new Conv(1, PLAIN)
                .evaluate(new Tensor[] {Tensor.zeros(DataType.FLOAT, 0, 2, 4), random(DataType.FLOAT, 1, 3, 2, 2)})[0];
        assertArrayEquals(new int[] {0, 3, 3}, y.shape());
    }
}
