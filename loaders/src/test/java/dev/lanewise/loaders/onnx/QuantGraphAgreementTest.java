package dev.lanewise.loaders.onnx;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random quantised graphs against ONNX Runtime. Integers that are rounded results may be one off, sums may not. */
class QuantGraphAgreementTest {
    private static final int SEEDS = 30;
    private static final long[] OPSETS = {13, 19, 21, 23, 25};

    @ParameterizedTest
    @EnumSource
    void standard(QuantGraphs.Kind kind) throws Exception {
        Differential d = new Differential();
        for (int seed = 0; seed < SEEDS; seed++) {
            long opset = Math.max(kind.since(), OPSETS[seed % OPSETS.length]);
            RandomModel m = new RandomModel(1000L * kind.ordinal() + seed, opset);
            kind.build(m);
            d.compare(kind + " " + seed + ", opset " + opset, m, 1e-5, kind.steps());
        }
        System.out.println(kind + ": " + d);
    }

    @Test
    void aroundFloatOperators() throws Exception {
        Differential d = new Differential();
        for (int seed = 0; seed < 200; seed++) {
            RandomModel m = new RandomModel(seed, OPSETS[seed % OPSETS.length]);
            QdqGraphs.build(m);
            d.compare("QDQ " + seed + " " + m, m, 1e-5, 1);
        }
        System.out.println("QDQ: " + d);
    }
}
