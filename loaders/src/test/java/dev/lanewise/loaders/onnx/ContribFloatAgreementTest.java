package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.real;

import dev.lanewise.DataType;
import org.junit.jupiter.api.Test;

/** Float operators of the domain com.microsoft, but for attention, against ONNX Runtime, on random models. */
class ContribFloatAgreementTest {
    private static final long OPSET = 21;
    private static final int SEEDS = 16;

    private static void run(String what, ContribQuantAgreementTest.Case c) throws Exception {
        Differential d = new Differential();
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomModel m = new RandomModel(seed, OPSET);
            c.build(m);
            d.compare(what + " " + seed, m, 1e-4, 0);
        }
        System.out.println(what + ": " + d);
    }

    @Test
    void skipLayerNormalization() throws Exception {
        run("SkipLayerNormalization", m -> {
            int[] shape = {m.pick(1, 3), m.pick(1, 5), m.pick(2, 20)};
            int[] skip = m.one(shape, new int[] {shape[1], shape[2]}, new int[] {1, shape[1], shape[2]});
            String inputs = String.join(",", m.input(m.floats(-1, 1, shape)), m.any(m.floats(-1, 1, skip)),
                    m.constant(m.floats(-1, 1, shape[2])), m.one("", m.constant(m.floats(-1, 1, shape[2]))),
                    m.one("", m.constant(m.floats(-1, 1, shape[2]))));
            m.add("com.microsoft", "SkipLayerNormalization", inputs, "y,,,sum", real("epsilon", 1e-5f));
            m.output("y", DataType.FLOAT).output("sum", DataType.FLOAT);
        });
    }
}
