package dev.lanewise.op.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.Tensor;
import org.junit.jupiter.api.Test;

/** One head of width 1, so that the memory is a number that can be followed by hand. */
class LinearAttentionTest {
    private static Tensor steps(double... values) {
        return Tensor.of(values, 1, values.length, 1);
    }

    private static final Tensor Q = steps(1, 1, 2);
    private static final Tensor K = steps(1, 2, 1);
    private static final Tensor V = steps(3, 5, 7);
    private static final Tensor HALF = steps(Math.log(0.5), Math.log(0.5), Math.log(0.5));
    private static final Tensor BETA = steps(1, 0.5, 1);

    private static Tensor[] run(LinearAttention.Rule rule, Tensor past, Tensor decay, Tensor beta) {
        return new LinearAttention(1, 1, rule, 0).evaluate(new Tensor[] {Q, K, V, past, decay, beta});
    }

    @Test
    void linearAddsUp() {
        Tensor[] out = run(LinearAttention.Rule.LINEAR, null, null, null);
        assertArrayEquals(new double[] {3, 13, 40}, out[0].doubles(), 1e-12);
        assertArrayEquals(new double[] {20}, out[1].doubles(), 1e-12);
    }

    @Test
    void gatedFadesFirst() {
        Tensor past = Tensor.of(new double[] {4}, 1, 1, 1, 1);
        Tensor[] out = run(LinearAttention.Rule.GATED, past, HALF, null);
        // 2 + 3, then 2.5 + 10, then 6.25 + 7
        assertArrayEquals(new double[] {5, 12.5, 26.5}, out[0].doubles(), 1e-12);
    }

    @Test
    void deltaCorrectsWhatTheKeyRemembers() {
        Tensor[] out = run(LinearAttention.Rule.DELTA, null, null, BETA);
        // 3; 3 + 0.5 * 2 * (5 - 6); 2 + (7 - 2)
        assertArrayEquals(new double[] {3, 2, 14}, out[0].doubles(), 1e-12);
    }

    @Test
    void gatedDeltaDoesBoth() {
        Tensor[] out = run(LinearAttention.Rule.GATED_DELTA, null, HALF, BETA);
        // 3; 1.5 + 0.5 * 2 * (5 - 3); 1.75 + (7 - 1.75)
        assertArrayEquals(new double[] {3, 3.5, 14}, out[0].doubles(), 1e-12);
        assertEquals("[1, 1, 1, 1]", java.util.Arrays.toString(out[1].shape()));
    }
}
