package dev.lanewise.op.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AttentionTest {
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    private static Attention op(boolean causal, int queryHeads, int keyHeads) {
        return new Attention(causal, queryHeads, keyHeads, Float.NaN, 0, Attention.Scores.RAW);
    }

    private static Tensor random(int seed, int... shape) {
        Random random = new Random(seed);
        float[] values = new float[Tensor.sizeOf(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() * 4 - 2;
        }
        return Tensor.of(values, shape);
    }

    private static Tensor part(Tensor t, int from, int to, int... shape) {
        return Tensor.of(Arrays.copyOfRange(t.floats(), from, to), shape);
    }

    @Test
    void sameBitsAsTheFusedForm() {
        for (int keys : new int[] {1, 33, 600}) {
            Tensor q = random(1, 2, 5, 3 * 8);
            Tensor k = random(2, 2, keys, 3 * 8);
            Tensor v = random(3, 2, keys, 3 * 4);
            Tensor mask = random(4, 2, 1, 5, keys);
            float scale = (float) (1 / Math.sqrt(8));
            assertArrayEquals(
                    new MultiHeadAttention(3, scale, false, true).evaluate(new Tensor[] {q, k, v, mask})[0].floats(),
                    op(false, 3, 3).evaluate(new Tensor[] {q, k, v, mask})[0].floats());
        }
    }

    @Test
    void ranksAgree() {
        Tensor q = random(1, 1, 2, 3, 4);
        Tensor k = random(2, 1, 2, 5, 4);
        Tensor[] y = op(false, 0, 0).evaluate(new Tensor[] {q, k, k});
        for (int h = 0; h < 2; h++) {
            Tensor[] own = op(false, 1, 1).evaluate(new Tensor[] {part(q, h * 12, h * 12 + 12, 1, 3, 4),
                part(k, h * 20, h * 20 + 20, 1, 5, 4), part(k, h * 20, h * 20 + 20, 1, 5, 4)});
            assertArrayEquals(own[0].floats(), part(y[0], h * 12, h * 12 + 12, 12).floats());
            assertArrayEquals(own[3].floats(), part(y[3], h * 15, h * 15 + 15, 15).floats());
        }
    }

    @Test
    void groupsShareKeys() {
        Tensor q = random(1, 1, 4, 3, 4);
        Tensor k = random(2, 1, 2, 5, 4);
        float[] repeated = new float[80];
        for (int h = 0; h < 4; h++) {
            System.arraycopy(k.floats(), h / 2 * 20, repeated, h * 20, 20);
        }
        Tensor all = Tensor.of(repeated, 1, 4, 5, 4);
        assertArrayEquals(op(true, 0, 0).evaluate(new Tensor[] {q, all, all})[0].floats(),
                op(true, 0, 0).evaluate(new Tensor[] {q, k, k})[0].floats());
    }

    /** Tokens one by one over a cache give the same bits as all at once under a causal mask. */
    @Test
    void cacheAndCausalMask() {
        int tokens = 6;
        Tensor q = random(1, 1, 1, tokens, 4);
        Tensor k = random(2, 1, 1, tokens, 4);
        Tensor v = random(3, 1, 1, tokens, 4);
        Tensor whole = op(true, 0, 0).evaluate(new Tensor[] {q, k, v})[0];
        Tensor pastKey = Tensor.zeros(DataType.FLOAT, 1, 1, 0, 4);
        Tensor pastValue = pastKey;
        for (int t = 0; t < tokens; t++) {
            Tensor[] step = op(true, 0, 0).evaluate(new Tensor[] {part(q, t * 4, t * 4 + 4, 1, 1, 1, 4),
                part(k, t * 4, t * 4 + 4, 1, 1, 1, 4), part(v, t * 4, t * 4 + 4, 1, 1, 1, 4), null, pastKey,
                pastValue});
            assertArrayEquals(part(whole, t * 4, t * 4 + 4, 4).floats(), step[0].floats());
            pastKey = step[1];
            pastValue = step[2];
        }
        assertArrayEquals(k.floats(), pastKey.floats());
    }

    @Test
    void maskedKeysLeaveNoTrace() {
        Tensor q = random(1, 1, 1, 2, 4);
        Tensor k = random(2, 1, 1, 3, 4);
        Tensor first = part(k, 0, 8, 1, 1, 2, 4);
        float[] due = op(false, 0, 0).evaluate(new Tensor[] {q, first, first})[0].floats();
        Tensor bool = Tensor.of(new boolean[] {true, true, false}, 1, 3);
        Tensor added = Tensor.of(new float[] {0, 0, -INFINITY}, 1, 1, 1, 3);
        Tensor small = Tensor.of(new boolean[] {true, true}, 1, 2);
        for (Tensor mask : new Tensor[] {bool, added, small}) {
            assertArrayEquals(due, op(false, 0, 0).evaluate(new Tensor[] {q, k, k, mask})[0].floats());
        }
        Tensor valid = Tensor.of(new long[] {2}, 1);
        assertArrayEquals(due, op(false, 0, 0).evaluate(new Tensor[] {q, k, k, null, null, null, valid})[0].floats());
    }

    @Test
    void queryThatSeesNothingGivesZeros() {
        Tensor k = random(2, 1, 1, 3, 4);
        Tensor none = Tensor.of(new boolean[3], 1, 3);
        Attention op = new Attention(false, 0, 0, 1, 0, Attention.Scores.PROBABILITIES);
        Tensor[] y = op.evaluate(new Tensor[] {k, k, k, none});
        assertArrayEquals(new float[12], y[0].floats());
        assertArrayEquals(new float[9], y[3].floats());
    }

    @Test
    void stagesOfTheScores() {
        Tensor one = Tensor.of(new float[] {2}, 1, 1, 1, 1);
        Tensor k = Tensor.of(new float[] {1, 3}, 1, 1, 2, 1);
        Tensor mask = Tensor.of(new float[] {0.5f, 0}, 1, 2);
        float[][] due = {{2, 6}, {(float) (2 * Math.tanh(1)), (float) (2 * Math.tanh(3))},
            {(float) (2 * Math.tanh(1)) + 0.5f, (float) (2 * Math.tanh(3))}, null};
        float p = (float) (1 / (1 + Math.exp(due[2][1] - due[2][0])));
        due[3] = new float[] {p, 1 - p};
        for (Attention.Scores stage : Attention.Scores.values()) {
            Tensor[] y = new Attention(false, 0, 0, 1, 2, stage).evaluate(new Tensor[] {one, k, k, mask});
            assertArrayEquals(due[stage.ordinal()], y[3].floats(), 1e-6f);
            assertEquals(p + 3 * (1 - p), y[0].floats()[0], 1e-5f);
        }
    }

    private static Value value(Dim... shape) {
        return Value.input("x", Fact.of(DataType.FLOAT, shape));
    }

    @Test
    void symbolicShapes() {
        Dim b = Dim.symbol("b");
        Dim s = Dim.symbol("s");
        Dim past = Dim.symbol("past");
        Dim d = Dim.constant(8);
        Value q = value(b, s, Dim.constant(32));
        Value k = value(b, s, Dim.constant(16));
        Value cache = value(b, Dim.constant(2), past, d);
        Node n = Node.of("a", op(true, 4, 2), q, k, k, null, cache, cache);
        assertArrayEquals(new Dim[] {b, s, Dim.constant(32)}, n.output().fact().shape());
        assertArrayEquals(new Dim[] {b, Dim.constant(2), past.plus(s), d}, n.outputs().get(1).fact().shape());
        assertArrayEquals(new Dim[] {b, Dim.constant(4), s, past.plus(s)}, n.outputs().get(3).fact().shape());
    }

    @Test
    void misfitsAreErrors() {
        Value q = value(Dim.constants(1, 3, 2, 4));
        assertThrows(ModelFormatException.class,
                () -> Node.of("a", op(false, 0, 0), q, value(Dim.constants(1, 2, 2, 4)), q));
        assertThrows(ModelFormatException.class,
                () -> Node.of("a", op(false, 0, 0), q, value(Dim.constants(1, 3, 2, 5)), q));
        assertThrows(ModelFormatException.class, () -> Node.of("a", op(false, 0, 0), q, q));
        assertThrows(ModelFormatException.class,
                () -> Node.of("a", op(false, 0, 0), q, q, q, value(Dim.constants(3, 2))));
        assertThrows(ModelFormatException.class, () -> Node.of("a", op(false, 0, 0), q, q, q, null, q));
        Value flat = value(Dim.constants(1, 2, 12));
        assertThrows(ModelFormatException.class, () -> Node.of("a", op(false, 0, 0), flat, flat, flat));
        assertThrows(ModelFormatException.class, () -> Node.of("a", op(false, 5, 5), flat, flat, flat));
        assertThrows(ModelFormatException.class, () -> Node.of("a", op(false, 0, 0), q, flat, flat));
    }
}
