package dev.lanewise.op.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantisation: definitions on small cases, steps against definitions. */
class QuantStepsTest {
    private static final Dim BATCH = Dim.symbol("batch");
    private static final Dim SEQ = Dim.symbol("seq");
    private static final Random RANDOM = new Random(3);

    private static Graph graph(Operator operator, Value... inputs) {
        return Steps.graph(in -> Node.of("node", operator, in), inputs);
    }

    private static Value constant(Tensor t) {
        return Value.constant("constant", t);
    }

    private static Tensor bytes(DataType type, int... shape) {
        Tensor t = Tensor.zeros(type, shape);
        RANDOM.nextBytes(t.bytes());
        return t;
    }

    private static Tensor floats(float scale, int... shape) {
        Tensor t = Tensor.zeros(DataType.FLOAT, shape);
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] = (RANDOM.nextFloat() - 0.3f) * scale;
        }
        return t;
    }

    private static Tensor[] dynamic(float... x) {
        return new DynamicQuantizeLinear().evaluate(new Tensor[] {Tensor.of(x, x.length)});
    }

    @Test
    void dynamicRangeHoldsZero() {
        Tensor[] positive = dynamic(1, 2, 255);
        assertArrayEquals(new byte[] {1, 2, (byte) 255}, positive[0].bytes());
        assertEquals(1, positive[1].floats()[0]);
        assertEquals(0, positive[2].bytes()[0]);
        Tensor[] negative = dynamic(-255, -1.5f, -2.5f);
        assertArrayEquals(new byte[] {0, (byte) 253, (byte) 253}, negative[0].bytes());
        assertEquals((byte) 255, negative[2].bytes()[0]);
    }

    @Test
    void dynamicOfNothingButZeros() {
        for (Tensor[] out : List.of(dynamic(0, 0), dynamic(), dynamic(-0f))) {
            assertEquals(1, out[1].floats()[0]);
            assertEquals(0, out[2].bytes()[0]);
            assertArrayEquals(new byte[out[0].size()], out[0].bytes());
        }
    }

    @Test
    void dynamicSteps() {
        Value x = Value.input("x", Fact.of(DataType.FLOAT, BATCH, SEQ));
        List<Tensor[]> runs = new ArrayList<>();
        runs.add(new Tensor[] {Tensor.zeros(DataType.FLOAT, 2, 3)});
        for (int[] size : new int[][] {{1, 1}, {3, 7}, {2, 31}, {5, 20_000}, {1, 16}}) {
            runs.add(new Tensor[] {floats(10, size)});
        }
        Steps.assertAsDefined(graph(new DynamicQuantizeLinear(), x), runs);
    }

    @ParameterizedTest
    @CsvSource({"INT8", "UINT8", "INT4", "UINT4"})
    void linearSteps(DataType type) {
        Value x = Value.input("x", Fact.of(DataType.FLOAT, BATCH, Dim.constant(3), SEQ));
        Value q = Value.input("q", Fact.of(type, BATCH, Dim.constant(3), SEQ));
        Tensor zero = Tensor.of(type, new byte[] {1, 7, 3}, 3);
        Value[] one = {constant(Tensor.scalar(0.03f)), constant(Tensor.of(type, new byte[] {5}))};
        Value[] many = {constant(Tensor.of(new float[] {0.1f, 0.02f, 1.5f}, 3)), constant(zero)};
        List<Tensor[]> reals = new ArrayList<>();
        List<Tensor[]> quantised = new ArrayList<>();
        for (int[] size : new int[][] {{1, 3, 1}, {2, 3, 70}, {2, 3, 9000}}) {
            reals.add(new Tensor[] {floats(12, size)});
            quantised.add(new Tensor[] {bytes(type, size)});
        }
        for (Value[] p : List.of(one, many)) {
            Steps.assertAsDefined(graph(new QuantizeLinear(1, 0, true, type), x, p[0], p[1]), reals);
            Steps.assertAsDefined(graph(new QuantizeLinear(1, 0, true, type), x, p[0]), reals);
            Steps.assertAsDefined(graph(new DequantizeLinear(-2, 0, DataType.FLOAT), q, p[0], p[1]), quantised);
        }
    }

    @ParameterizedTest
    @CsvSource({"UINT8,INT8,700,40", "INT8,UINT8,520,33", "UINT8,UINT8,3,1", "INT8,INT8,1300,64"})
    void integerProductSteps(DataType typeA, DataType typeB, int k, int n) {
        Value a = Value.input("a", Fact.of(typeA, BATCH, SEQ, Dim.constant(k)));
        Value zeroA = Value.input("zero", Fact.of(typeA));
        List<Tensor[]> runs = new ArrayList<>();
        for (int[] size : new int[][] {{1, 1}, {2, 5}, {3, 70}}) {
            runs.add(new Tensor[] {bytes(typeA, size[0], size[1], k), bytes(typeA)});
        }
        Tensor extreme = Tensor.zeros(typeA, 1, 2, k);
        java.util.Arrays.fill(extreme.bytes(), typeA == DataType.INT8 ? (byte) 127 : (byte) 255);
        runs.add(new Tensor[] {extreme, Tensor.of(typeA, new byte[] {typeA == DataType.INT8 ? Byte.MIN_VALUE : 0})});
        Tensor same = Tensor.zeros(typeB, k, n);
        java.util.Arrays.fill(same.bytes(), (byte) 0x80);
        for (Tensor b : List.of(bytes(typeB, k, n), same)) {
            Steps.assertAsDefined(graph(new MatMulInteger(), a, constant(b), zeroA), runs);
            Steps.assertAsDefined(graph(new MatMulInteger(), a, constant(b), zeroA,
                    constant(Tensor.of(typeB, new byte[] {127}))), runs);
            Steps.assertAsDefined(graph(new MatMulInteger(), a, constant(b), zeroA, constant(bytes(typeB, n))), runs);
        }
    }

    @Test
    void zeroPointsOfRowsAndColumns() {
        Tensor a = Tensor.of(DataType.UINT8, new byte[] {1, 2, 3, 4}, 2, 2);
        Tensor b = Tensor.of(DataType.UINT8, new byte[] {1, 2, 3, 4}, 2, 2);
        Tensor rows = Tensor.of(DataType.UINT8, new byte[] {1, 3}, 2);
        Tensor columns = Tensor.of(DataType.UINT8, new byte[] {1, 2}, 2);
        // a - rows = [0 1; 0 1], b - columns = [0 0; 2 2]
        Tensor y = new MatMulInteger().evaluate(new Tensor[] {a, b, rows, columns})[0];
        assertArrayEquals(new int[] {2, 2, 2, 2}, y.ints());
    }

    @Test
    void quotientsInTheTypeOfTheScale() {
        Tensor x = Tensor.of(new float[] {64.51f}, 1);
        Tensor half = Tensor.of(DataType.FLOAT16, new short[] {Float.floatToFloat16(1)});
        Tensor brain = Tensor.of(DataType.BFLOAT16, new short[] {0x3F80});
        // FLOAT16 has 64.5, which goes to the even neighbour; BFLOAT16 has 64.5 as well, FLOAT has more than it
        assertEquals(64, quantized(x, half, null));
        assertEquals(65, quantized(x, half, DataType.FLOAT));
        assertEquals(64, quantized(x, brain, null));
        assertEquals(64, quantized(x, Tensor.scalar(1f), DataType.FLOAT16));
        assertEquals(65, quantized(x, Tensor.scalar(1f), null));
    }

    private static int quantized(Tensor x, Tensor scale, DataType precision) {
        return new QuantizeLinear(1, 0, true, DataType.INT8, precision).evaluate(new Tensor[] {x, scale})[0].bytes()[0];
    }

    @Test
    void misfitsAreErrors() {
        Value x = Value.input("x", Fact.of(DataType.FLOAT, Dim.constants(2, 6)));
        Value three = constant(Tensor.of(new float[3], 3));
        assertThrows(ModelFormatException.class, () -> graph(new QuantizeLinear(1, 0, true, DataType.INT8), x, three));
        assertThrows(ModelFormatException.class, () -> graph(new QuantizeLinear(7, 0, true, DataType.INT8), x, three));
        assertThrows(ModelFormatException.class, () -> graph(new QuantizeLinear(1, 2, true, DataType.INT8), x, three));
        assertThrows(ModelFormatException.class, () -> graph(new QuantizeLinear(1, -1, true, DataType.INT8), x, three));
        assertThrows(ModelFormatException.class, () -> graph(new QuantizeLinear(1, 0, true, DataType.INT64), x, three));
        assertThrows(ModelFormatException.class,
                () -> graph(new QuantizeLinear(1, 0, true, DataType.INT8, DataType.INT8), x, three));
        Value blocks = constant(Tensor.of(new float[6], 2, 3));
        assertEquals(DataType.INT8, graph(new QuantizeLinear(1, 2, true, DataType.INT8), x, blocks).outputs().getFirst()
                .fact().type());
        assertThrows(ModelFormatException.class, () -> graph(new DynamicQuantizeLinear(),
                Value.input("x", Fact.of(DataType.INT32, Dim.constants(2)))));
        Value bytes = Value.input("a", Fact.of(DataType.UINT8, Dim.constants(2, 3)));
        assertThrows(ModelFormatException.class, () -> graph(new MatMulInteger(), bytes, bytes));
    }
}
