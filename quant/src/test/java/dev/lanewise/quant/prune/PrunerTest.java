package dev.lanewise.quant.prune;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Cast;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.linear.MatMul;
import dev.lanewise.op.shape.Transpose;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.testing.SmallEncoder;
import dev.lanewise.quant.testing.TestGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrunerTest {
    private static final Embedding MEAN = new Embedding.Mean("y", "attention_mask");
    private static final double TEMPERATURE = 0.5;

    private final Graph graph = SmallEncoder.graph(DataType.FLOAT);
    private final Pruner pruner = new Pruner(graph, MEAN, KernelMode.SCALAR);
    private final Calibration samples = Calibration.of(SmallEncoder.samples(12, 1), 6);

    private static float[] run(Graph graph, Map<String, Tensor> sample) {
        return graph.evaluate(graph.inputs().stream().map(v -> sample.get(v.name())).toArray(Tensor[]::new))[0]
                .floats();
    }

    private static void assertClose(float[] expected, float[] found, double tolerance) {
        double largest = 0;
        for (float e : expected) {
            largest = Math.max(largest, Math.abs(e));
        }
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], tolerance * largest, "element " + i);
        }
    }

    @Test
    void findsPlainAndGatedBlocks() {
        List<FeedForwardBlock> blocks = pruner.blocks();
        assertArrayEquals(new int[] {SmallEncoder.HIDDEN, SmallEncoder.GATED}, pruner.fullWidths());
        assertEquals(2 * SmallEncoder.WIDTH, blocks.get(0).neuronCost());
        assertEquals(2 * SmallEncoder.WIDTH + 1, blocks.get(0).neuronParameters());
        assertEquals(3 * SmallEncoder.WIDTH, blocks.get(1).neuronCost());
        assertEquals(3 * SmallEncoder.WIDTH, blocks.get(1).neuronParameters());
    }

    @Test
    void theOrderOfNeuronsIsNoPartOfTheFunction() {
        Selection sorted = pruner.sorted(pruner.random(1));
        for (Map<String, Tensor> sample : samples.all()) {
            assertClose(run(graph, sample), run(sorted.graph(), sample), 1e-6);
        }
        // W1, b1, W2 of the plain block, both first layers and the second of the gated one.
        assertEquals(6, sorted.constants().size());
    }

    @Test
    void prunedIsMasked() {
        NeuronScores scores = pruner.random(2);
        int[] widths = {19, 31};
        Selection cut = pruner.cut(scores, widths);
        try (MaskedModel masked = new MaskedModel(graph, pruner.blocks(), scores.order(), MEAN,
                KernelMode.SCALAR)) {
            List<float[]> expected = masked.embeddings(samples.all(), widths);
            for (int i = 0; i < expected.size(); i++) {
                Map<String, Tensor> sample = samples.all().get(i);
                Tensor y = Tensor.of(run(cut.graph(), sample), 1, sample.get("input_ids").dim(1), SmallEncoder.WIDTH);
                assertClose(expected.get(i), MEAN.of(y, sample), 1e-5);
            }
        }
        assertClose(run(withZeros(scores, widths), samples.all().getFirst()),
                run(cut.graph(), samples.all().getFirst()),
                1e-6);
    }

    /** The whole model with the second layers' weights of all but the kept neurons at 0. */
    private Graph withZeros(NeuronScores scores, int[] widths) {
        Map<Value, Tensor> changed = new java.util.HashMap<>();
        for (int b = 0; b < widths.length; b++) {
            NeuronAxis second = pruner.blocks().get(b).second();
            float[] w = second.constant().fact().constant().toFloatArray();
            int outputs = w.length / scores.order()[b].length;
            for (int i = widths[b]; i < scores.order()[b].length; i++) {
                int from = scores.order()[b][i] * outputs;
                Arrays.fill(w, from, from + outputs, 0);
            }
            changed.put(second.constant(), Tensor.of(w, second.constant().fact().constant().shape()));
        }
        return Selection.of(graph, changed).graph();
    }

    @Test
    void everyPrefixOfTheSortedModelIsThePruningAtItsWidth() {
        NeuronScores scores = pruner.activation(samples);
        Selection sorted = pruner.sorted(scores);
        int[] widths = {24, 9};
        Selection cut = pruner.cut(scores, widths);
        for (int b = 0; b < widths.length; b++) {
            for (NeuronAxis n : pruner.blocks().get(b).neurons()) {
                Tensor whole = sorted.constants().get(n.constant().name());
                int[] prefix = java.util.stream.IntStream.range(0, widths[b]).toArray();
                Tensor start = new NeuronAxis(Value.constant("", whole), n.axis()).select(prefix);
                Tensor alone = cut.constants().get(n.constant().name());
                assertArrayEquals(alone.shape(), start.shape());
                assertArrayEquals(alone.floats(), start.floats());
            }
        }
        for (double[] block : scores.scores()) {
            assertEquals(Arrays.stream(block).max().orElseThrow(), block[order(block)]);
        }
    }

    private static int order(double[] block) {
        return new NeuronScores("", new double[][] {block}).order()[0][0];
    }

    @Test
    void parametersFollowTheWidths() {
        int[] widths = {24, 9};
        Selection cut = pruner.cut(pruner.random(3), widths);
        long gone = (SmallEncoder.HIDDEN - 24) * (2L * SmallEncoder.WIDTH + 1)
                + (SmallEncoder.GATED - 9) * 3L * SmallEncoder.WIDTH;
        assertEquals(parameters(graph) - gone, parameters(cut.graph()));
        long products = 8 * 16 * 16;
        assertEquals((products + 24.0 * 32 + 9 * 48) / (products + 64 * 32 + 48 * 48), pruner.compute(widths), 1e-12);
    }

    private static long parameters(Graph graph) {
        return graph.constants().stream().mapToLong(v -> v.fact().constant().size()).sum();
    }

    /** What AMP's score stands for: the change of the entropy with the neuron's size, here for a batch whose other samples stay. */
    @Test
    void scoresAreWhatTheEntropyChangesBy() {
        List<Map<String, Tensor>> batch = SmallEncoder.samples(5, 8);
        NeuronScores found = pruner.amp(Calibration.of(batch, 5), TEMPERATURE);
        double largest = Arrays.stream(found.scores()).flatMapToDouble(Arrays::stream).max().orElseThrow();
        List<float[]> vectors = new ArrayList<>();
        for (Map<String, Tensor> sample : batch) {
            vectors.add(embedding(graph, sample));
        }
        for (int b = 0; b < 2; b++) {
            for (int neuron = 0; neuron < found.scores()[b].length; neuron += 5) {
                Graph larger = scaled(b, neuron, 1.02f);
                Graph smaller = scaled(b, neuron, 0.98f);
                double sum = 0;
                for (int i = 0; i < batch.size(); i++) {
                    List<float[]> above = new ArrayList<>(vectors);
                    above.set(i, embedding(larger, batch.get(i)));
                    List<float[]> below = new ArrayList<>(vectors);
                    below.set(i, embedding(smaller, batch.get(i)));
                    sum += Math.abs(BatchEntropy.of(above, TEMPERATURE).value()
                            - BatchEntropy.of(below, TEMPERATURE).value()) / 0.04;
                }
                assertEquals(sum / batch.size(), found.scores()[b][neuron], 0.01 * largest, b + ", " + neuron);
            }
        }
        assertTrue(largest > 1e-4);
    }

    private static float[] embedding(Graph graph, Map<String, Tensor> sample) {
        Tensor y = Tensor.of(run(graph, sample), 1, sample.get("input_ids").dim(1), SmallEncoder.WIDTH);
        return MEAN.of(y, sample);
    }

    private Graph scaled(int block, int neuron, float factor) {
        Value constant = pruner.blocks().get(block).second().constant();
        float[] w = constant.fact().constant().toFloatArray();
        for (int i = neuron * SmallEncoder.WIDTH; i < (neuron + 1) * SmallEncoder.WIDTH; i++) {
            w[i] *= factor;
        }
        return Selection.of(graph, Map.of(constant, Tensor.of(w, constant.fact().constant().shape()))).graph();
    }

    @Test
    void activationScoresByDefinition() {
        NeuronScores found = pruner.activation(samples);
        FeedForwardBlock block = pruner.blocks().getFirst();
        Graph hidden = Graph.of(graph.inputs(), List.of(block.hidden()), List.of("hidden"));
        double[] sums = new double[SmallEncoder.HIDDEN];
        long tokens = 0;
        for (Map<String, Tensor> sample : samples.all()) {
            float[] a = run(hidden, sample);
            for (int i = 0; i < a.length; i++) {
                sums[i % sums.length] += Math.abs(a[i]);
            }
            tokens += a.length / sums.length;
        }
        float[] w = block.second().constant().fact().constant().floats();
        for (int j = 0; j < sums.length; j++) {
            double squares = 0;
            for (int o = 0; o < SmallEncoder.WIDTH; o++) {
                squares += Math.pow(w[j * SmallEncoder.WIDTH + o], 2);
            }
            assertEquals(sums[j] / tokens * Math.sqrt(squares), found.scores()[0][j], 1e-5);
        }
    }

    @Test
    void aBudgetGivesWidthsOfTheTile() {
        NeuronScores scores = pruner.amp(samples, TEMPERATURE);
        try (WidthSearch search = pruner.search(scores, samples, TEMPERATURE, Criterion.ENTROPY)) {
            BudgetedWidths found = search.within(0.85);
            assertTrue(pruner.compute(found.widths()) <= 0.85);
            for (int b = 0; b < 2; b++) {
                assertTrue(found.widths()[b] % 32 == 0 || found.widths()[b] == pruner.fullWidths()[b]);
            }
            int[] exact = search.atThreshold(1e-3, 1);
            assertEquals(0, exact[0] % (SmallEncoder.HIDDEN / 64));
            assertThrows(InvalidInputException.class, () -> search.within(0.1));
            assertThrows(InvalidInputException.class, () -> search.within(1.5));
        }
        assertTrue(pruner.compute(pruner.uniformWidths(0.85)) <= 0.85);
    }

    @Test
    void repairBringsTheModelNearerToWhatItWas() {
        Calibration many = Calibration.of(SmallEncoder.samples(150, 20), 150);
        NeuronScores scores = pruner.activation(many);
        int[] widths = {32, 24};
        Selection cut = pruner.cut(scores, widths);
        Selection repaired = pruner.repaired(scores, widths, many, 1e-3);
        assertEquals(parameters(cut.graph()), parameters(repaired.graph()));
        double before = 0;
        double after = 0;
        for (Map<String, Tensor> sample : SmallEncoder.samples(40, 21)) {
            float[] expected = run(graph, sample);
            before += distance(expected, run(cut.graph(), sample));
            after += distance(expected, run(repaired.graph(), sample));
        }
        assertTrue(after < 0.8 * before, after + " of " + before);
    }

    /** The more it is drawn to the weights as they are, the nearer it is to the cut model. */
    @Test
    void repairWithAHeavyRidgeKeepsTheWeights() {
        int[] widths = {32, 24};
        NeuronScores scores = pruner.random(4);
        Selection cut = pruner.cut(scores, widths);
        Selection repaired = pruner.repaired(scores, widths, samples, 1e9);
        FeedForwardBlock gated = pruner.blocks().get(1);
        String name = gated.second().constant().name();
        assertClose(cut.constants().get(name).floats(), repaired.constants().get(name).floats(), 1e-6);
        Selection whole = pruner.repaired(scores, pruner.fullWidths(), samples, 1e-3);
        assertArrayEquals(pruner.sorted(scores).constants().get(name).floats(), whole.constants().get(name).floats());
    }

    /** Separators of a sentence encoder are such rows: a few, of far larger values than words. */
    @Test
    void repairIsNotForAFewLargeRowsAlone() {
        TestGraph g = new TestGraph(DataType.FLOAT);
        Value x = g.input("x", DataType.FLOAT, Dim.symbol("n"), Dim.constant(6));
        Value up = g.op("up", new Gemm(1, 1, false, false), x, g.weights("up.w", 1, 6, 20), g.weights("up.b", 1, 20));
        Value down = g.op("down", new MatMul(), g.op(new Gelu(true), up), g.weights("down.w", 1, 20, 4));
        Graph graph = g.to(g.add(down, g.weights("down.b", 1, 4)));
        Pruner pruner = new Pruner(graph, new Embedding.Whole("y"), KernelMode.SCALAR);
        List<Map<String, Tensor>> mixed = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            mixed.add(Map.of("x", row(i, i % 8 == 0 ? 300 : 1)));
        }
        int[] widths = {12};
        Selection cut = pruner.cut(pruner.random(6), widths);
        Selection repaired = pruner.repaired(pruner.random(6), widths, Calibration.of(mixed, 40), 1e-3);
        double before = 0;
        double after = 0;
        for (int i = 1000; i < 1100; i++) {
            Map<String, Tensor> ordinary = Map.of("x", row(i, 1));
            before += distance(run(graph, ordinary), run(cut.graph(), ordinary));
            after += distance(run(graph, ordinary), run(repaired.graph(), ordinary));
        }
        assertTrue(after < 0.6 * before, after + " of " + before);
    }

    private static Tensor row(int seed, float size) {
        Random random = new Random(seed);
        float[] values = new float[6];
        for (int i = 0; i < values.length; i++) {
            values[i] = size * (float) random.nextGaussian();
        }
        return Tensor.of(values, 1, 6);
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.pow(a[i] - b[i], 2);
        }
        return Math.sqrt(sum);
    }

    /** As other exporters write it: rows of two axes, matrices on their side, one of them stored as FLOAT16. */
    @Test
    void matricesMayLieOnTheirSide() {
        TestGraph g = new TestGraph(DataType.FLOAT);
        Value x = g.input("x", DataType.FLOAT, Dim.symbol("n"), Dim.constant(6));
        Value up = g.op("up", new Gemm(1, 1, false, true), x, g.weights("up.w", 1, 20, 6), g.weights("up.b", 1, 20));
        Value half = Value.constant("down.w", new Cast(DataType.FLOAT16)
                .evaluate(new Tensor[] {g.weights("", 1, 4, 20).fact().constant()})[0]);
        Value side = g.op(new Transpose(List.of(1, 0)), g.op(new Cast(DataType.FLOAT), half));
        Value down = g.op("down", new MatMul(), g.op(new Gelu(true), up), side);
        Graph graph = g.to(g.add(g.op(new Cast(DataType.FLOAT), g.weights("down.b", 1, 4)), down));
        Pruner pruner = new Pruner(graph, new Embedding.Whole("y"), KernelMode.SCALAR);
        NeuronScores scores = pruner.random(5);
        Tensor input = Tensor.of(new float[] {1, -2, 3, 0.5f, 0, 1}, 1, 6);
        Graph sorted = pruner.sorted(scores).graph();
        assertClose(graph.evaluate(input)[0].floats(), sorted.evaluate(input)[0].floats(), 1e-6);
        Selection cut = pruner.cut(scores, new int[] {7});
        assertArrayEquals(new int[] {7, 6}, cut.constants().get("up.w").shape());
        assertArrayEquals(new int[] {7}, cut.constants().get("up.b").shape());
        assertArrayEquals(new int[] {4, 7}, cut.constants().get("down.w").shape());
        Calibration one = Calibration.of(List.of(Map.of("x", input), Map.of("x", Tensor.of(new float[6], 1, 6))), 2);
        Selection repaired = pruner.repaired(scores, new int[] {7}, one, 1e-6);
        assertTrue(repaired.constants().containsKey("down.b"));
        // Two samples have few degrees of freedom: the seven neurons that are left can give what all gave.
        assertClose(graph.evaluate(input)[0].floats(), repaired.graph().evaluate(input)[0].floats(), 1e-3);
    }

    @Test
    void whatIsNoBlockIsLeftAlone() {
        TestGraph g = new TestGraph(DataType.FLOAT);
        Value x = g.input("x", DataType.FLOAT, Dim.symbol("n"), Dim.constant(6));
        Value hidden = g.op(new Gelu(false), g.linear("up", x, 6, 20));
        Value read = g.linear("down", hidden, 20, 6);
        Graph readTwice = Graph.of(List.of(x), List.of(read, hidden), List.of("y", "hidden"));
        InvalidInputException e = assertThrows(InvalidInputException.class,
                () -> new Pruner(readTwice, new Embedding.Whole("y"), KernelMode.SCALAR));
        assertTrue(e.getMessage().contains("feed-forward"), e.getMessage());
        TestGraph two = new TestGraph(DataType.FLOAT);
        Value z = two.input("x", DataType.FLOAT, Dim.symbol("n"), Dim.constant(6));
        Graph straight = two.to(two.linear("b", two.linear("a", z, 6, 20), 20, 6));
        assertThrows(InvalidInputException.class,
                () -> new Pruner(straight, new Embedding.Whole("y"), KernelMode.SCALAR));
    }
}
