package dev.lanewise.op.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("width")
class MultiHeadAttentionTest {
    private static final float LOWEST = -Float.MAX_VALUE;
    private final GraphBuilder g = new GraphBuilder();

    private Tensor run(int heads, float scale, Tensor q, Tensor k, Tensor v, Tensor mask) {
        GraphBuilder b = new GraphBuilder();
        Value[] in = new Value[mask == null ? 3 : 4];
        Tensor[] given = mask == null ? new Tensor[] {q, k, v} : new Tensor[] {q, k, v, mask};
        for (int i = 0; i < in.length; i++) {
            in[i] = b.floats("in" + i, Arrays.stream(given[i].shape()).boxed().toArray());
        }
        Graph graph = b.to(b.op(new MultiHeadAttention(heads, scale, false, mask != null), in));
        Tensor y = Agreement.run(graph, given).getFirst();
        assertArrayEquals(graph.evaluate(given)[0].floats(), y.floats(), "reference and kernels differ");
        return y;
    }

    private void check(int heads, float scale, Tensor q, Tensor k, Tensor v, Tensor mask) {
        double[] expected = AttentionFormula.of(heads, scale, q, k, v, mask);
        float[] found = run(heads, scale, q, k, v, mask).floats();
        assertEquals(expected.length, found.length);
        for (int i = 0; i < found.length; i++) {
            assertEquals(expected[i], found[i], 1e-5, "element " + i);
        }
    }

    /** More than one block of 512 keys, depths beside multiples of 32, one query and more than a block of 24. */
    @ParameterizedTest
    @CsvSource({"1,1,1,1,1,1", "2,3,5,7,8,8", "1,2,3,512,20,20", "1,2,3,513,33,5", "1,1,25,1100,16,40",
        "2,1,49,64,64,31", "1,3,4,1,7,100"})
    void agreesWithTheFormula(int batches, int heads, int queries, int keys, int depth, int valueDepth) {
        Tensor q = g.tensor(batches, queries, heads * depth);
        Tensor k = g.tensor(batches, keys, heads * depth);
        Tensor v = g.tensor(batches, keys, heads * valueDepth);
        check(heads, 1 / (float) Math.sqrt(depth), q, k, v, null);
        check(heads, 0.7f, q, k, v, g.tensor(batches, heads, queries, keys));
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "2,1,1", "1,3,1", "1,1,5", "2,3,1", "2,1,5", "1,3,5", "2,3,5"})
    void masksAreBroadcast(int batches, int heads, int queries) {
        check(3, 0.5f, g.tensor(2, 5, 12), g.tensor(2, 600, 12), g.tensor(2, 600, 12),
                g.tensor(batches, heads, queries, 600));
    }

    /** Where every key is masked with the same large number, the scores no longer count and all keys weigh the same. */
    @Test
    void aRowMaskedByALargeNumberIsTheMean() {
        Tensor mask = Tensor.of(filled(2 * 700, LOWEST), 2, 1, 1, 700);
        Arrays.fill(mask.floats(), 0, 700, 0);
        Tensor v = g.tensor(2, 700, 6);
        Tensor q = g.tensor(2, 3, 8);
        Tensor k = g.tensor(2, 700, 8);
        check(2, 1, q, k, v, mask);
    }

    @Test
    void keysMaskedByInfinityCountForNothing() {
        Tensor q = g.tensor(1, 3, 8);
        Tensor k = g.tensor(1, 1100, 8);
        Tensor v = g.tensor(1, 1100, 6);
        float[] mask = filled(1100, Float.NEGATIVE_INFINITY);
        Arrays.fill(mask, 1030, 1040, 0); // the first two blocks are masked in full
        check(2, 1, q, k, v, Tensor.of(mask, 1, 1, 1, 1100));
        float[] first = filled(1100, Float.NEGATIVE_INFINITY);
        Arrays.fill(first, 3, 9, 0.5f); // and here all but the first
        check(2, 1, q, k, v, Tensor.of(first, 1, 1, 1, 1100));
    }

    /** As softmax over nothing but minus infinities has it, in every block alike. */
    @Test
    void aRowMaskedByInfinityIsNotANumber() {
        for (int keys : new int[] {5, 700}) {
            Tensor mask = Tensor.of(filled(keys, Float.NEGATIVE_INFINITY), 1, 1, 1, keys);
            float[] y = run(1, 1, g.tensor(1, 2, 4), g.tensor(1, keys, 4), g.tensor(1, keys, 4), mask).floats();
            for (float f : y) {
                assertTrue(Float.isNaN(f));
            }
        }
    }

    /** Padding leaves every bit of a row as it is, on either side of a block's end. */
    @ParameterizedTest
    @CsvSource({"5,32", "500,530", "512,700", "513,1025"})
    void maskedKeysBehindTheLastDoNotCount(int keys, int padded) {
        Tensor q = g.tensor(1, 2, 20);
        Tensor k = g.tensor(1, padded, 20);
        Tensor v = g.tensor(1, padded, 20);
        float[] mask = filled(padded, LOWEST);
        Arrays.fill(mask, 0, keys, 0);
        Tensor shortK = Tensor.of(Arrays.copyOf(k.floats(), keys * 20), 1, keys, 20);
        Tensor shortV = Tensor.of(Arrays.copyOf(v.floats(), keys * 20), 1, keys, 20);
        assertArrayEquals(run(2, 1, q, shortK, shortV, Tensor.of(new float[keys], 1, 1, 1, keys)).floats(),
                run(2, 1, q, k, v, Tensor.of(mask, 1, 1, 1, padded)).floats());
    }

    @Test
    void nothingToAttendOrNobodyToAsk() {
        assertEquals(0, run(2, 1, g.tensor(0, 4, 8), g.tensor(0, 4, 8), g.tensor(0, 4, 8), null).size());
        assertEquals(0, run(2, 1, g.tensor(1, 0, 8), g.tensor(1, 4, 8), g.tensor(1, 4, 8), null).size());
    }

    private static float[] filled(int n, float value) {
        float[] all = new float[n];
        Arrays.fill(all, value);
        return all;
    }
}
