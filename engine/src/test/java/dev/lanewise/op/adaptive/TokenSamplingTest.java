package dev.lanewise.op.adaptive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Arena;
import dev.lanewise.exec.RaggedBinding;
import dev.lanewise.exec.RunControl;
import dev.lanewise.exec.SingleThreadExecutor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.attention.MultiHeadAttention;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.norm.LayerNormalization;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("width")
class TokenSamplingTest {
    private static final int SIZE = 32;
    private static final int HEADS = 2;
    private static final float SCALE = 0.25f;
    private static final int TOKENS = 20;

    private final GraphBuilder g = new GraphBuilder();
    private final Random random = new Random(17);

    /** By definition: for every point the first of the nearest sums; a table of points by tokens. */
    private static int[] defined(double[] scores, int points) {
        int n = scores.length;
        Integer[] order = IntStream.range(0, n).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (a, b) -> Double.compare(scores[a], scores[b]));
        double[] sums = new double[n];
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += scores[order[i]];
            sums[i] = sum;
        }
        if (n < 3 || sums[n - 1] - sums[0] <= 1e-12) {
            return Arrays.stream(order).mapToInt(i -> i).toArray();
        }
        double first = sums[0];
        double range = sums[n - 1] - first;
        double start = 2;
        for (int i = 0; i < n; i++) {
            sums[i] = (sums[i] - first) / range;
            start = sums[i] > 0 ? Math.min(start, sums[i]) : start;
        }
        TreeSet<Integer> picks = new TreeSet<>();
        for (int i = 0; i < points; i++) {
            double y = start + i * (1 - start) / (points - 1);
            int best = 0;
            for (int r = 1; r < n; r++) {
                best = Math.abs(sums[r] - y) < Math.abs(sums[best] - y) ? r : best;
            }
            picks.add(best);
        }
        return picks.stream().mapToInt(r -> order[r]).toArray();
    }

    private static int[] tokens(int points, double... scores) {
        return Arrays.stream(TokenSelection.of(scores, points)).map(t -> t + 1).toArray();
    }

    @Test
    void smallCasesInNumbers() {
        assertArrayEquals(new int[] {3, 4, 2}, tokens(4, 0.1, 0.4, 0.2, 0.3));
        assertArrayEquals(new int[] {5, 7, 8, 2, 6}, tokens(8, .015, .30, .03, .05, .025, .40, .08, .10));
        assertArrayEquals(new int[] {2, 5, 6}, tokens(6, .01, .01, .02, .02, .04, .90));
    }

    @Test
    void selectsAsDefinedInAThousandCases() {
        for (int i = 0; i < 1000; i++) {
            int n = 1 + random.nextInt(60);
            double[] scores = new double[n];
            int kind = random.nextInt(4);
            for (int t = 0; t < n; t++) {
                scores[t] = switch (kind) {
                    case 0 -> random.nextDouble();
                    case 1 -> Math.exp(4 * random.nextGaussian());
                    case 2 -> random.nextInt(4);
                    default -> 1;
                };
            }
            double sum = Arrays.stream(scores).sum();
            for (int t = 0; t < n; t++) {
                scores[t] /= sum == 0 ? 1 : sum;
            }
            int points = random.nextBoolean() ? n : 2 + random.nextInt(80);
            points = Math.max(2, points);
            int[] found = TokenSelection.of(scores, points);
            assertArrayEquals(defined(scores, points), found, Arrays.toString(scores) + " " + points);
            checkKept(scores, points, found);
        }
    }

    private static void checkKept(double[] scores, int points, int[] kept) {
        int n = scores.length;
        assertEquals(kept.length, Arrays.stream(kept).distinct().count());
        assertTrue(n < 3 || kept.length <= points || Arrays.stream(scores).sum() == 0);
        double most = Arrays.stream(scores).max().getAsDouble();
        assertEquals(most, scores[kept[kept.length - 1]]);
        if (n >= 3 && Arrays.stream(scores).distinct().count() == n) {
            assertTrue(kept.length <= n - 1);
        }
    }

    @Test
    void aFineGridKeepsAllButWhatAddsNothing() {
        double[] scores = random.doubles(30).toArray();
        int lowest = IntStream.range(0, 30).reduce((a, b) -> scores[a] <= scores[b] ? a : b).getAsInt();
        int[] kept = TokenSelection.of(scores, 5_000_000);
        assertEquals(29, kept.length);
        assertTrue(Arrays.stream(kept).noneMatch(t -> t == lowest));
    }

    @Test
    void scoresWithoutADifferenceKeepAll() {
        assertArrayEquals(new int[] {0, 1, 2, 3}, TokenSelection.of(new double[4], 8));
        assertArrayEquals(new int[] {0, 1, 2},
                TokenSelection.of(new double[] {Double.NaN, Double.NaN, Double.NaN}, 8));
        assertArrayEquals(new int[] {1, 0}, TokenSelection.of(new double[] {2, 1}, 8));
        assertArrayEquals(new int[] {}, TokenSelection.of(new double[0], 8));
    }

    private static Value linear(GraphBuilder b, Value x, int from, int to) {
        return b.add(b.matMul(x, b.weights(from, to)), b.weights(to));
    }

    private static Value norm(GraphBuilder b, Value x) {
        return b.op(new LayerNormalization(-1, 1e-6f), x, b.weights(SIZE), b.weights(SIZE));
    }

    private static Value rest(GraphBuilder b, Value x, Value mixed) {
        Value y = b.add(x, linear(b, mixed, SIZE, SIZE));
        return b.add(y, linear(b, b.op(new Gelu(false), linear(b, norm(b, y), SIZE, 70)), 70, SIZE));
    }

    private static Value sampled(GraphBuilder b, Value x, int points, String symbol) {
        Dim kept = Dim.symbol(symbol);
        Value z = norm(b, x);
        Value k = linear(b, z, SIZE, SIZE);
        Value v = linear(b, z, SIZE, SIZE);
        Value query = b.weights(SIZE, SIZE);
        Value first = b.matMul(b.op(new Gather(1), z, GraphBuilder.constant(Tensor.of(new long[] {0}, 1))), query);
        Value rows = b.op(new TokenSampling(HEADS, SCALE, points, 1e-6f, kept), first, k, v);
        Value q = b.matMul(b.op(new KeepRows(1, kept), z, rows), query);
        return rest(b, b.op(new KeepRows(1, kept), x, rows),
                b.op(new MultiHeadAttention(HEADS, SCALE, false, false), q, k, v));
    }

    /** A plain block, two sampling ones and a plain one behind; the tokens at the end are an output too. */
    private static Graph network(Object batch) {
        GraphBuilder b = new GraphBuilder();
        Value x = b.floats("x", batch, TOKENS, SIZE);
        Value plain =
                rest(b, x, b.op(new MultiHeadAttention(HEADS, SCALE, false, false), linear(b, norm(b, x), SIZE, SIZE),
                        linear(b, norm(b, x), SIZE, SIZE), linear(b, x, SIZE, SIZE)));
        Value once = sampled(b, plain, TOKENS - 1, "tokens after 1");
        Value twice = sampled(b, once, TOKENS - 1, "tokens after 2");
        Value last =
                rest(b, twice, b.op(new MultiHeadAttention(HEADS, SCALE, false, false), linear(b, twice, SIZE, SIZE),
                        linear(b, twice, SIZE, SIZE), linear(b, twice, SIZE, SIZE)));
        Value logits = linear(b, b.op(new Gather(1), last, GraphBuilder.constant(Tensor.scalar(0L))), SIZE, 10);
        return b.to(logits, last);
    }

    private Tensor image() {
        Tensor x = g.tensor(1, TOKENS, SIZE);
        for (int i = 0; i < x.size(); i++) {
            x.floats()[i] *= 3;
        }
        return x;
    }

    @Test
    void imagesKeepTheTokensThatTheDefinitionKeeps() {
        for (Object batch : new Object[] {1, "batch"}) {
            Graph graph = network(batch);
            for (KernelMode kernels : new KernelMode[] {KernelMode.ofProperty(), KernelMode.SCALAR}) {
                try (Model model = GraphBuilder.model(graph, LoadOptions.defaults().withKernels(kernels));
                        Session one = model.newSession(Agreement.COLD);
                        Session two = model.newSession(Agreement.COLD.withThreads(2))) {
                    List<Map<String, Tensor>> requests = new ArrayList<>();
                    TreeSet<Integer> sizes = new TreeSet<>();
                    for (int i = 0; i < 12; i++) {
                        Tensor x = image();
                        Tensor[] expected = graph.evaluate(x);
                        sizes.add(expected[1].dim(1));
                        List<Tensor> found = one.run(Map.of("x", x)).tensors();
                        Agreement.check(expected, found);
                        Agreement.assertSameBits(found, two.run(Map.of("x", x)).tensors());
                        requests.add(Map.of("x", x));
                    }
                    assertTrue(sizes.size() > 2 && sizes.last() < TOKENS, sizes.toString());
                    for (Session s : List.of(one, two)) {
                        List<Outputs> together = s.runAll(requests);
                        for (int i = 0; i < requests.size(); i++) {
                            Agreement.assertSameBits(one.run(requests.get(i)).tensors(), together.get(i).tensors());
                        }
                    }
                }
            }
        }
    }

    /**
     * What works row by row runs once for the tokens of all images, before sampling and behind it; only the query of the second
     * sampling and the head, one row of each image, run for each.
     */
    @Test
    void keptTokensOfAllImagesRunTogether() {
        try (Model model = GraphBuilder.model(network("batch"), LoadOptions.defaults())) {
            RaggedBinding binding = new RaggedBinding(model.compiled().symbolicPlan(), new Arena(), 1, 1 << 24);
            Tensor[][] inputs = {{image()}, {image()}, {image()}};
            binding.bind(new long[][] {{1}, {1}, {1}}, inputs);
            new SingleThreadExecutor().run(binding.frame(), binding.steps(), RunControl.NONE);
            long rowWise =
                    model.compiled().symbolicPlan().steps().stream().filter(s -> s.maker().get().isRowWise()).count();
            assertEquals(rowWise - 2, binding.joinedSteps());
        }
    }

    @Test
    void choosingBeforeAttendingIsChoosingBehindIt() {
        GraphBuilder b = new GraphBuilder();
        Dim kept = Dim.symbol("kept");
        Value q = b.floats("q", 1, TOKENS, SIZE);
        Value k = b.floats("k", 1, TOKENS, SIZE);
        Value v = b.floats("v", 1, TOKENS, SIZE);
        Value first = b.op(new Gather(1), q, GraphBuilder.constant(Tensor.of(new long[] {0}, 1)));
        Value rows = b.op(new TokenSampling(HEADS, SCALE, TOKENS - 1, 1e-6f, kept), first, k, v);
        var attention = new MultiHeadAttention(HEADS, SCALE, false, false);
        Value before = b.op(attention, b.op(new KeepRows(1, kept), q, rows), k, v);
        Value behind = b.op(new KeepRows(1, kept), b.op(attention, q, k, v), rows);
        Graph graph = b.to(before, behind, rows);
        for (int i = 0; i < 5; i++) {
            Tensor[] in = {image(), image(), image()};
            List<Tensor> found = Agreement.run(graph, in);
            Agreement.check(found.get(1), found.get(0));
            Agreement.assertSameBits(List.of(graph.evaluate(in)[2]), found.subList(2, 3));
            long[] r = found.get(2).longs();
            assertEquals(0, r[0]);
            int n = found.get(0).dim(1);
            assertTrue(n < TOKENS && r[n - 1] > 0 && r[n] == -1 && r[TOKENS - 1] == -1);
        }
    }

    /** Scores by definition in double, from the released form of attention. */
    @Test
    void scoresAreClassAttentionTimesTheNormOfTheValue() {
        Tensor q = g.tensor(1, 1, SIZE);
        Tensor k = image();
        Tensor v = image();
        double[] scores = new double[TOKENS - 1];
        for (int h = 0; h < HEADS; h++) {
            double[] s = new double[TOKENS];
            for (int j = 0; j < TOKENS; j++) {
                for (int d = h * SIZE / HEADS; d < (h + 1) * SIZE / HEADS; d++) {
                    s[j] += SCALE * q.floats()[d] * k.floats()[j * SIZE + d];
                }
            }
            double max = Arrays.stream(s).max().getAsDouble();
            double sum = Arrays.stream(s).map(e -> Math.exp(e - max)).sum();
            for (int j = 1; j < TOKENS; j++) {
                scores[j - 1] += (Math.exp(s[j] - max) + 1e-6 / TOKENS) / (sum + 1e-6);
            }
        }
        for (int j = 1; j < TOKENS; j++) {
            double squares = 0;
            for (int c = 0; c < SIZE; c++) {
                squares += Math.pow(v.floats()[j * SIZE + c], 2);
            }
            scores[j - 1] *= Math.sqrt(squares);
        }
        double all = Arrays.stream(scores).sum();
        int[] expected = defined(Arrays.stream(scores).map(s -> s / all).toArray(), TOKENS - 1);
        long[] rows = new TokenSampling(HEADS, SCALE, TOKENS - 1, 1e-6f, Dim.symbol("kept"))
                .evaluate(new Tensor[] {q, k, v})[0].longs();
        assertArrayEquals(Arrays.stream(expected).mapToLong(t -> t + 1).toArray(),
                Arrays.copyOfRange(rows, 1, 1 + expected.length));
        assertTrue(expected.length == TOKENS - 1 || rows[1 + expected.length] == -1);
    }

    @Test
    void severalImagesInOneRequestAreRefused() {
        try (Model model = GraphBuilder.model(network("batch"), LoadOptions.defaults());
                Session s = model.newSession(Agreement.COLD)) {
            Map<String, Tensor> two = Map.of("x", g.tensor(2, TOKENS, SIZE));
            assertTrue(assertThrows(ModelFormatException.class, () -> s.run(two)).getMessage().contains("runAll"));
            assertEquals(10, s.run(Map.of("x", image())).get(0).size());
        }
    }

    @Test
    void rowsThatThereAreNotAreRefused() {
        var keep = new KeepRows(1, Dim.symbol("kept"));
        Tensor x = g.tensor(1, 3, 2);
        assertThrows(InvalidInputException.class,
                () -> keep.evaluate(new Tensor[] {x, Tensor.of(new long[] {0, 3, -1}, 3)}));
        assertNotEquals(0, keep.evaluate(new Tensor[] {x, Tensor.of(new long[] {0, 2, -1}, 3)})[0].size());
    }

    @Test
    void whatCannotBeSampledIsRefused() {
        Value q = g.floats("q", 1, 1, SIZE);
        Value k = g.floats("k", 1, TOKENS, SIZE);
        Dim kept = Dim.symbol("kept");
        assertThrows(ModelFormatException.class, () -> g.op(new TokenSampling(3, 1, 19, 0, kept), q, k, k));
        assertThrows(ModelFormatException.class, () -> g.op(new TokenSampling(2, 1, 1, 0, kept), q, k, k));
        assertThrows(ModelFormatException.class,
                () -> g.op(new TokenSampling(2, 1, 19, 0, kept), q, g.floats("two", 2, TOKENS, SIZE), k));
        Value rows = g.op(new TokenSampling(2, 1, 19, 0, kept), q, k, k);
        assertThrows(ModelFormatException.class, () -> g.op(new KeepRows(2, kept), k, rows));
        // kept tokens beside tokens of another number
        Value some = g.op(new KeepRows(1, kept), k, rows);
        Graph mixed = g.to(g.add(some, g.floats("other", 1, "m", SIZE)));
        assertThrows(ModelFormatException.class, () -> GraphBuilder.model(mixed, LoadOptions.defaults()));
        // one symbol for two choices
        Value again = g.op(new KeepRows(1, kept), k, g.op(new TokenSampling(2, 1, 9, 0, kept), q, k, k));
        Graph twice = g.to(some, again);
        assertThrows(ModelFormatException.class, () -> GraphBuilder.model(twice, LoadOptions.defaults()));
        assertEquals(DataType.INT64, rows.fact().type());
    }
}
