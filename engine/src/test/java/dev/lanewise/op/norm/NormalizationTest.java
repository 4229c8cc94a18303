package dev.lanewise.op.norm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Elements;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class NormalizationTest {
    private static final float[] X = {1, 2, 3, 6, -1, 0, 5, 8, 2, 2, 4, 8};

    private static Value value(DataType type, Dim... shape) {
        return Value.input("x", Fact.of(type, shape));
    }

    private static Node node(Operator op, Dim[] x, int... parameters) {
        Value[] inputs = new Value[1 + parameters.length];
        inputs[0] = value(DataType.FLOAT, x);
        for (int i = 0; i < parameters.length; i++) {
            inputs[1 + i] = value(DataType.FLOAT, Dim.constant(parameters[i]));
        }
        return Node.of("norm", op, inputs);
    }

    /** The same in the given type, as doubles. */
    private static double[] evaluate(Operator op, DataType type, int[] shape, float[]... parameters) {
        Tensor[] inputs = new Tensor[1 + parameters.length];
        inputs[0] = typed(type, X, shape);
        for (int i = 0; i < parameters.length; i++) {
            inputs[1 + i] = typed(type, parameters[i], parameters[i].length);
        }
        Tensor y = op.evaluate(inputs)[0];
        assertEquals(type, y.type());
        assertArrayEquals(shape, y.shape());
        double[] values = new double[y.size()];
        Arrays.setAll(values, i -> Elements.doubleAt(y, i));
        return values;
    }

    private static Tensor typed(DataType type, float[] values, int... shape) {
        Tensor t = Tensor.zeros(type, shape);
        for (int i = 0; i < values.length; i++) {
            Elements.set(t, i, values[i]);
        }
        return t;
    }

    /** All types agree with DOUBLE, which is returned. */
    private static double[] inAllTypes(Operator op, int[] shape, float[]... parameters) {
        double[] due = evaluate(op, DataType.DOUBLE, shape, parameters);
        assertArrayEquals(due, evaluate(op, DataType.FLOAT, shape, parameters), 1e-5);
        assertArrayEquals(due, evaluate(op, DataType.FLOAT16, shape, parameters), 1e-2);
        assertArrayEquals(due, evaluate(op, DataType.BFLOAT16, shape, parameters), 1e-1);
        return due;
    }

    @Test
    void shapesStaySymbolic() {
        Dim[] x = {Dim.symbol("n"), Dim.constant(4), Dim.symbol("h")};
        assertArrayEquals(x, node(new InstanceNormalization(0), x, 4, 4).output().fact().shape());
        assertArrayEquals(x, node(new GroupNormalization(2, 0), x, 4, 4).output().fact().shape());
        assertArrayEquals(x, node(new BatchNormalization(0, 0, false), x, 4, 4, 4, 4).output().fact().shape());
        assertArrayEquals(x, node(new LRN(3, 1, 1, 1), x).output().fact().shape());
        Node training = node(new BatchNormalization(0, 0, true), x, 4, 4, 4, 4);
        assertArrayEquals(Dim.constants(4), training.outputs().get(2).fact().shape());
    }

    @Test
    void misfitsAreErrors() {
        Dim[] x = Dim.constants(2, 4, 3);
        assertThrows(ModelFormatException.class, () -> node(new InstanceNormalization(0), x, 3, 4));
        assertThrows(ModelFormatException.class, () -> node(new GroupNormalization(3, 0), x, 4, 4));
        assertThrows(ModelFormatException.class, () -> node(new GroupNormalization(0, 0), x, 4, 4));
        assertThrows(ModelFormatException.class, () -> node(new BatchNormalization(0, 0, false), x, 4, 4, 4));
        assertThrows(ModelFormatException.class, () -> node(new BatchNormalization(0, 0, false), Dim.constants(4)));
        assertThrows(ModelFormatException.class, () -> node(new LpNormalization(3, 2), x));
        assertThrows(ModelFormatException.class, () -> node(new LpNormalization(0, 3), x));
        assertThrows(ModelFormatException.class, () -> node(new RMSNormalization(-1, 0), x, 4));
        assertThrows(ModelFormatException.class,
                () -> node(new MeanVarianceNormalization(List.of(0, -3)), x));
        assertThrows(ModelFormatException.class, () -> Node.of("n", new InstanceNormalization(0),
                value(DataType.INT64, x), value(DataType.INT64, Dim.constant(4)),
                value(DataType.INT64, Dim.constant(4))));
    }

    @Test
    void instances() {
        double[] y = inAllTypes(new InstanceNormalization(0), new int[] {1, 3, 4}, new float[] {1, 2, 1},
                new float[] {0, 1, 0});
        double deviation = Math.sqrt(3.5);
        assertEquals((1 - 3) / deviation, y[0], 1e-9);
        assertEquals((8 - 3) / Math.sqrt(13.5) * 2 + 1, y[7], 1e-9);
    }

    @Test
    void groupsOfOneChannelAreInstances() {
        float[] scale = {1, 2, 3};
        float[] bias = {0, 1, 2};
        int[] shape = {1, 3, 4};
        assertArrayEquals(inAllTypes(new InstanceNormalization(1e-5f), shape, scale, bias),
                inAllTypes(new GroupNormalization(3, 1e-5f), shape, scale, bias), 0);
    }

    @Test
    void batch() {
        int[] shape = {2, 2, 3};
        double[] y = inAllTypes(new BatchNormalization(0, 0.9f, false), shape, new float[] {1, 2}, new float[] {0, 1},
                new float[] {1, 2}, new float[] {4, 1});
        assertArrayEquals(new double[] {0, 0.5, 1, 9, -5, -3, 2, 3.5, 0.5, 1, 5, 13}, y, 1e-9);
        double[] trained = inAllTypes(new BatchNormalization(0, 0.9f, true), shape, new float[] {1, 2},
                new float[] {0, 1}, new float[] {1, 2}, new float[] {4, 1});
        double mean = (1 + 2 + 3 + 5 + 8 + 2) / 6.0;
        double square = (1 + 4 + 9 + 25 + 64 + 4) / 6.0;
        assertEquals((1 - mean) / Math.sqrt(square - mean * mean), trained[0], 1e-9);
    }

    @Test
    void norms() {
        double[] one = inAllTypes(new LpNormalization(1, 1), new int[] {3, 4}, new float[0][]);
        assertEquals(1 / 12.0, one[0], 1e-9);
        double[] two = inAllTypes(new LpNormalization(-2, 2), new int[] {3, 4}, new float[0][]);
        assertEquals(1 / Math.sqrt(6), two[0], 1e-9);
        assertArrayEquals(new float[2],
                new LpNormalization(0, 2).evaluate(new Tensor[] {Tensor.of(new float[2], 2)})[0].floats());
    }

    @Test
    void rootMeanSquare() {
        double[] y = inAllTypes(new RMSNormalization(-1, 0), new int[] {3, 4}, new float[] {1, 1, 1, 2});
        assertEquals(6 / Math.sqrt(12.5) * 2, y[3], 1e-9);
    }

    @Test
    void responseAndMeanVariance() {
        double[] y = inAllTypes(new LRN(3, 3, 0.5f, 1), new int[] {1, 3, 4}, new float[0][]);
        assertEquals(1 / Math.sqrt(1 + 1 + 1), y[0], 1e-9);
        double[] z = inAllTypes(new MeanVarianceNormalization(List.of(0)), new int[] {3, 4}, new float[0][]);
        double mean = (1 - 1 + 2) / 3.0;
        assertEquals((1 - mean) / Math.sqrt(2 - mean * mean), z[0], 1e-6);
    }

    @Test
    void emptyTensors() {
        Tensor x = Tensor.zeros(DataType.FLOAT, 0, 2, 3);
        Tensor p = Tensor.of(new float[2], 2);
        assertEquals(0, new InstanceNormalization(0).evaluate(new Tensor[] {x, p, p})[0].size());
        assertEquals(0, new GroupNormalization(1, 0).evaluate(new Tensor[] {x, p, p})[0].size());
        assertEquals(0, new BatchNormalization(0, 0, false).evaluate(new Tensor[] {x, p, p, p, p})[0].size());
        assertEquals(0, new LRN(1, 1, 1, 1).evaluate(new Tensor[] {x})[0].size());
        assertEquals(0, new LpNormalization(0, 2).evaluate(new Tensor[] {x})[0].size());
    }

    @Test
    void dropoutLetsThrough() {
        Tensor x = Tensor.of(X, 12);
        Tensor[] y = new Dropout().evaluate(new Tensor[] {x, Tensor.scalar(0.9f)});
        assertSame(x, y[0]);
        assertEquals(12, Arrays.stream(y[1].asLongs()).sum());
        Tensor training = Tensor.of(new boolean[] {true});
        assertSame(x, new Dropout().evaluate(new Tensor[] {x, Tensor.scalar(0f), training})[0]);
        assertThrows(UnsupportedModelException.class,
                () -> new Dropout().evaluate(new Tensor[] {x, null, training}));
    }
}
