package dev.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.FuzzModel.Item;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as explained, and what just misses it. */
class FuzzExplainedTest {
    private static final float INFINITE = Float.POSITIVE_INFINITY;

    private static FuzzModel model(String type, Tensor x) {
        FuzzGraph g = new FuzzGraph(1, 13);
        Item in = g.fixed(x);
        g.op(type, FuzzGraph.ROUNDED, List.of(in));
        return g.build();
    }

    private static String reason(FuzzModel m, Tensor found) {
        return FuzzExplained.difference(m, List.of(found));
    }

    @Test
    void productsThatOverflowOnTheWay() {
        float[] x = new float[17];
        Arrays.fill(x, 1);
        x[0] = 1e20f;
        x[1] = 0;
        x[16] = 1e30f; // in the lane of the first
        FuzzModel m = model("ReduceProd", Tensor.of(x, 1, x.length));
        assertEquals(Float.NaN, m.values().get(m.outputs().getFirst()).tensor().floats()[0]);
        assertNotNull(reason(m, Tensor.of(new float[] {0}, 1, 1)));
        assertNull(reason(m, Tensor.of(new float[] {1}, 1, 1)), "not the product");
        FuzzModel small = model("ReduceProd", Tensor.of(new float[] {1e5f, 1e6f}, 1, 2));
        assertNull(reason(small, Tensor.of(new float[] {INFINITE}, 1, 1)), "no order overflows");
        FuzzModel finite = model("ReduceProd", Tensor.of(new float[] {1e5f, 1e4f, 3}, 1, 3));
        assertNull(reason(finite, Tensor.of(new float[] {2e9f}, 1, 1)), "both are finite");
    }

    @Test
    void logarithmsOfAlmostNothing() {
        FuzzModel m = model("ReduceLogSum", Tensor.of(new float[] {1, -1, 1e-7f}, 1, 3));
        assertNotNull(reason(m, Tensor.of(new float[] {(float) Math.log(1.19e-7)}, 1, 1)));
        assertNull(reason(m, Tensor.of(new float[] {(float) Math.log(1e-5)}, 1, 1)), "more than rounding");
    }

    @Test
    void signsOfLowerHalves() {
        FuzzModel m = model("Sign", Tensor.of(new long[] {1L << 31, -5}, 2));
        assertNotNull(reason(m, Tensor.of(new long[] {-1, -1}, 2)));
        assertNull(reason(m, Tensor.of(new long[] {1, 1}, 2)), "another error");
        assertNull(reason(model("Sign", Tensor.of(new long[] {7, -5}, 2)), Tensor.of(new long[] {-1, -1}, 2)),
                "no such number");
    }

    /** Graphs that showed these cases. */
    @ParameterizedTest
    @ValueSource(longs = {15174, 23757, 25413})
    void seeds(long seed) throws Exception {
        assertNull(new FuzzRun(seed, new FuzzTally()).run());
    }
}
