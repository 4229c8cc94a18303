package dev.lanewise.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.BitCast;
import dev.lanewise.op.linear.Det;
import dev.lanewise.op.ml.Binarizer;
import dev.lanewise.op.ml.LabelEncoder;
import dev.lanewise.op.reduce.CumProd;
import dev.lanewise.testing.Ways;
import org.junit.jupiter.api.Test;

class RareOperatorsTest {
    private static String run(Operator operator, Tensor... inputs) {
        return Ways.text(operator.evaluate(inputs)[0]);
    }

    private static Tensor row(float... values) {
        return Tensor.of(values, values.length);
    }

    @Test
    void products() {
        Tensor axis = Tensor.scalar(0L);
        assertEquals("FLOAT[3] [2.0, 6.0, 24.0]", run(new CumProd(false, false), row(2, 3, 4), axis));
        assertEquals("FLOAT[3] [1.0, 2.0, 6.0]", run(new CumProd(true, false), row(2, 3, 4), axis));
        assertEquals("FLOAT[3] [24.0, 12.0, 4.0]", run(new CumProd(false, true), row(2, 3, 4), axis));
        assertEquals("INT64[3] [12, 4, 1]",
                run(new CumProd(true, true), Tensor.of(new long[] {2, 3, 4}, 3), Tensor.scalar(-1L)));
    }

    @Test
    void bits() {
        assertEquals("INT32[2] [1065353216, -2147483648]", run(new BitCast(DataType.INT32), row(1, -0f)));
        assertEquals("UINT8[1] [255]",
                run(new BitCast(DataType.UINT8), Tensor.of(DataType.INT8, new byte[] {-1}, 1)));
        Value x = Value.constant("x", row(1));
        assertThrows(ModelFormatException.class, () -> Node.of("n", new BitCast(DataType.INT64), x));
    }

    @Test
    void determinants() {
        assertEquals("FLOAT[2] [-2.0, 0.0]",
                run(new Det(), Tensor.of(new float[] {1, 2, 3, 4, 1, 2, 2, 4}, 2, 2, 2)));
        assertEquals("FLOAT[] [-6.0]", run(new Det(), Tensor.of(new float[] {0, 2, 0, 3, 0, 0, 0, 0, 1}, 3, 3)));
    }

    @Test
    void thresholdsAndLabels() {
        assertEquals("FLOAT[3] [0.0, 0.0, 1.0]", run(new Binarizer(1), row(-1, 1, 2)));
        LabelEncoder encoder = new LabelEncoder(row(1, Float.NaN), Tensor.of(new String[] {"one", "none"}, 2),
                Tensor.of(new String[] {"?"}, 1));
        assertEquals("STRING[3] [?, none, one]", run(encoder, row(2, Float.NaN, 1)));
    }
}
