package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.ints;
import static dev.lanewise.loaders.onnx.OnnxModels.real;
import static dev.lanewise.loaders.onnx.OnnxModels.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.LanewiseException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Tensor;
import dev.lanewise.op.elementwise.Cast;
import org.junit.jupiter.api.Test;

/** What random graphs brought to light and was put right, each held against ONNX Runtime. */
class FoundByRandomGraphsTest {
    private static void compare(RandomModel m) throws Exception {
        new Differential().compare(m.toString(), m, 1e-5, 0);
    }

    @Test
    void rangeOfFloatsRunsAsWritten() throws Exception {
        RandomModel m = new RandomModel(1, 11);
        compare(m.output(m.op("Range", String.join(",", m.constant(Tensor.scalar(2f)), m.constant(Tensor.scalar(4.5f)),
                m.constant(Tensor.scalar(0.5f)))), DataType.FLOAT));
    }

    @Test
    void biasBehindTheSecondOutputOfANode() throws Exception {
        RandomModel m = new RandomModel(2, 14);
        m.add("", "LSTM", String.join(",", m.input(m.floats(-1, 1, 3, 1, 2)), m.constant(m.floats(-1, 1, 1, 16, 2)),
                m.constant(m.floats(-1, 1, 1, 16, 4))), ",last", integer("hidden_size", 4));
        compare(m.output(m.op("Add", "last," + m.constant(m.floats(-1, 1, 4))), DataType.FLOAT));
    }

    @Test
    void signOfMinusZero() throws Exception {
        RandomModel m = new RandomModel(3, 13);
        String sign = m.op("Sign", m.input(Tensor.of(new float[] {-0f, 0f, -3, 2}, 4)));
        compare(m.output(m.op("Reciprocal", sign), DataType.FLOAT));
    }

    /** Whether the file says the image's size or not. */
    @Test
    void paddingThatTakesTheWholeOutput() {
        for (int seed = 0; seed < 8; seed++) {
            RandomModel m = new RandomModel(seed, 12);
            m.output(m.op("ConvTranspose", m.input(m.floats(-1, 1, 1, 2, 1, 3)) + ","
                    + m.constant(m.floats(-1, 1, 2, 1, 1, 2)), ints("kernel_shape", 1, 2), ints("pads", 1, 0, 0, 0)),
                    DataType.FLOAT);
            LanewiseException e = assertThrows(LanewiseException.class,
                    () -> Differential.run(m.bytes(), m.inputs(), LoadOptions.defaults()));
            assertTrue(e.getMessage().contains("padding smaller than the output"), e.getMessage());
        }
    }

    @Test
    void oddExponentsThatAFloatWouldRound() throws Exception {
        RandomModel m = new RandomModel(5, 15);
        compare(m.output(m.op("Pow", m.input(Tensor.of(new float[] {-1, -1, -1.5f}, 3)) + ","
                + m.constant(Tensor.of(new int[] {304_516_651, 304_516_652, 3}, 3))), DataType.FLOAT));
    }

    @Test
    void shrinkOfIntegers() throws Exception {
        RandomModel m = new RandomModel(6, 13);
        for (DataType t : new DataType[] {DataType.INT32, DataType.INT8, DataType.INT64}) {
            m.output(m.op("Shrink", m.input(m.integers(t, -6, 6, 20)), real("lambd", 2), real("bias", 1)), t);
        }
        compare(m);
    }

    /** What is computed from constants wraps in their type, also where it is followed as a size would be. */
    @Test
    void constantsThatOverflow() throws Exception {
        RandomModel m = new RandomModel(8, 15);
        String most = m.constant(Tensor.of(new long[] {Long.MAX_VALUE}, 1));
        m.output(m.op("Mul", most + "," + most), DataType.INT64);
        m.output(m.op("Neg", m.constant(Tensor.of(new long[] {Long.MIN_VALUE}, 1))), DataType.INT64);
        String sum = m.op("Add", m.constant(Tensor.of(new int[] {2_000_000_000}, 1)) + ","
                + m.constant(Tensor.of(new int[] {2_000_000_000}, 1)));
        m.output(m.op("Greater", sum + "," + m.constant(Tensor.of(new int[] {0}, 1))), DataType.BOOL);
        String cut = m.op("Cast", m.constant(Tensor.of(new long[] {5_000_000_000L}, 1)), integer("to", 6));
        compare(m.output(m.op("Less", cut + "," + m.constant(Tensor.of(new int[] {2_000_000_000}, 1))),
                DataType.BOOL));
    }

    /** A window that hangs over the end counts what it covers, as it does without automatic padding. */
    @Test
    void meanOfAWindowThatIsPartlyCovered() throws Exception {
        RandomModel m = new RandomModel(10, 10);
        String x = m.input(m.floats(-1, 1, 2, 3, 4));
        for (String padding : new String[] {"VALID", "NOTSET"}) {
            m.output(m.op("AveragePool", x, ints("kernel_shape", 3), ints("strides", 2), integer("ceil_mode", 1),
                    integer("count_include_pad", 1), text("auto_pad", padding)), DataType.FLOAT);
        }
        compare(m);
    }

    /** ONNX Runtime has no kernel of that age. */
    @Test
    void oneElementAlongAnAxisOfAnUnknownShape() {
        RandomModel m = new RandomModel(11, 6);
        Tensor given = m.floats(-1, 1, 2, 3);
        String x = m.op("Reshape", m.input(given) + "," + m.input(Tensor.of(new long[] {3, -1}, 2)));
        m.output(m.op("Add", x + "," + m.constant(Tensor.scalar(-0.5f)), integer("broadcast", 1), integer("axis", 1)),
                DataType.FLOAT);
        float[] expected = given.floats().clone();
        for (int i = 0; i < expected.length; i++) {
            expected[i] -= 0.5f;
        }
        assertArrayEquals(expected,
                Differential.run(m.bytes(), m.inputs(), LoadOptions.defaults()).getFirst().floats());
    }

    /** ONNX Runtime has the least integer for any product that a double cannot make one. */
    @Test
    void productOfConstantsThatOverflows() {
        RandomModel m = new RandomModel(9, 15);
        String factors = m.constant(Tensor.of(new int[] {91, 517, -186, 896, -882, 84, -172, -850, -198}, 9));
        m.output(m.op("ReduceProd", factors, ints("axes", 0)), DataType.INT32);
        assertArrayEquals(new int[] {664_240_128},
                Differential.run(m.bytes(), m.inputs(), LoadOptions.defaults()).getFirst().ints());
    }

    /** Before operator set 21 scale and bias had one element a group; the file need not say how many channels there are. */
    @Test
    void groupsOfANamedNumberOfChannels() throws Exception {
        for (int seed = 0; seed < 8; seed++) {
            RandomModel m = new RandomModel(seed, 18);
            compare(m.output(m.op("GroupNormalization", String.join(",", m.input(m.floats(-1, 1, 2, 6, 4)),
                    m.constant(m.floats(-1, 1, 3)), m.constant(m.floats(-1, 1, 3))), integer("num_groups", 3)),
                    DataType.FLOAT));
        }
    }

    @Test
    void paddingOfHalvesWithAValue() throws Exception {
        RandomModel m = new RandomModel(8, 8);
        String x = m.input(Cast.convert(m.floats(-1, 1, 2, 3), DataType.FLOAT16));
        compare(m.output(m.op("Pad", x, ints("pads", 1, 0, 0, 2), real("value", 1.5f)), DataType.FLOAT16));
    }
}
