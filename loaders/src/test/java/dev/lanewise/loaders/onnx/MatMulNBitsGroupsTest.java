package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import org.junit.jupiter.api.Test;

/** Rows of MatMulNBits that belong to groups in any order, where ONNX Runtime does not do as the operator says. */
class MatMulNBitsGroupsTest {
    private static final long OPSET = 21;
    private static final int SEEDS = 24;

    /** What the operator says: {@code y = x W, W = (code - zero point) * scale}, both of the row's group. */
    @Test
    void weightsInGroupsByTheFormula() {
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomModel m = new RandomModel(seed, OPSET);
            int bits = m.one(2, 4, 8);
            Tensor[] t = ContribQuantGraphs.groups(m, bits, 32);
            float[] y = Differential.run(m.bytes(), m.inputs(), LoadOptions.defaults()).getFirst().floats();
            int k = t[0].dim(1);
            int n = t[1].dim(0);
            int blocks = t[1].dim(1);
            for (int i = 0; i < y.length; i++) {
                double sum = 0;
                for (int l = 0; l < k; l++) {
                    int at = i % n * k + l;
                    int code = t[1].bytes()[at * bits / 8] >> at * bits % 8 & (1 << bits) - 1;
                    int of = i % n * blocks + t[4].ints()[l];
                    sum += t[0].floats()[i / n * k + l] * (code - t[3].floats()[of]) * t[2].floats()[of];
                }
                assertEquals(sum, y[i], 1e-4 * k, "seed " + seed);
            }
        }
    }

    @Test
    void groupsBeyondTheBlocksAreRefused() {
        for (int wrong : new int[] {-1, 2}) {
            RandomModel m = new RandomModel(1, OPSET);
            Tensor groups = Tensor.of(new int[32], 32);
            groups.ints()[7] = wrong;
            m.output(m.contrib("MatMulNBits", String.join(",", m.input(m.floats(-1, 1, 1, 32)),
                    m.constant(m.codes(DataType.UINT8, 3, 2, 8)), m.constant(m.floats(0.1, 1, 6)), "",
                    m.constant(groups)), integer("K", 32), integer("N", 3), integer("block_size", 16)), DataType.FLOAT);
            assertThrows(ModelFormatException.class,
                    () -> Model.load(ModelSource.of("groups.onnx", m.bytes()), LoadOptions.defaults()));
        }
    }
}
