package dev.lanewise.op.adaptive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.adaptive.ExitGate.Confidence;
import dev.lanewise.op.attention.MultiHeadAttention;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("width")
class EarlyExitTest {
    private static final int SIZE = 16;
    private static final int CLASSES = 5;
    private static final int LAYERS = 3;

    private final GraphBuilder g = new GraphBuilder();

    private static Value layer(GraphBuilder b, Value x) {
        Value mixed = b.op(new MultiHeadAttention(2, 0.35f, false, false), b.matMul(x, b.weights(SIZE, SIZE)),
                b.matMul(x, b.weights(SIZE, SIZE)), b.matMul(x, b.weights(SIZE, SIZE)));
        return b.add(x, b.add(b.matMul(mixed, b.weights(SIZE, SIZE)), b.weights(SIZE)));
    }

    private static Value head(GraphBuilder b, Value x) {
        Value first = b.op(new Gather(1), x, GraphBuilder.constant(Tensor.scalar(0L)));
        return b.add(b.matMul(first, b.weights(SIZE, CLASSES)), b.weights(CLASSES));
    }

    /** All heads' logits, of the same weights as with exits. */
    private static Graph plain() {
        GraphBuilder b = new GraphBuilder();
        Value x = b.floats("x", "batch", 4, SIZE);
        Value[] logits = new Value[LAYERS];
        for (int l = 0; l < LAYERS; l++) {
            x = layer(b, x);
            logits[l] = head(b, x);
        }
        return b.to(logits);
    }

    private static Graph exits(Confidence confidence) {
        GraphBuilder b = new GraphBuilder();
        Value x = b.floats("x", "batch", 4, SIZE);
        Value threshold = b.floats("threshold");
        List<Value> merged = new ArrayList<>();
        for (int l = 0; l < LAYERS; l++) {
            x = layer(b, x);
            Value logits = head(b, x);
            merged.add(logits);
            if (l < LAYERS - 1) {
                Dim active = Dim.symbol("active after " + l);
                Value rows = b.op(new ExitGate(confidence, active), logits, threshold);
                merged.add(rows);
                x = b.op(new KeepRows(0, active), x, rows);
            }
        }
        Value out = b.op(new MergeExits(LAYERS - 1), merged.toArray(Value[]::new));
        return b.to(out, out.producer().outputs().get(1));
    }

    private static double[] softmax(float[] logits, int row) {
        double[] p = IntStream.range(0, CLASSES).mapToDouble(i -> Math.exp(logits[row * CLASSES + i])).toArray();
        double sum = Arrays.stream(p).sum();
        return Arrays.stream(p).map(v -> v / sum).toArray();
    }

    private static boolean leaves(Confidence confidence, double[] p, float threshold) {
        return confidence == Confidence.ENTROPY ? -Arrays.stream(p).map(v -> v * Math.log(v)).sum() <= threshold
                : Arrays.stream(p).max().getAsDouble() >= threshold;
    }

    private static Map<String, Tensor> request(Tensor x, float threshold) {
        return Map.of("x", x, "threshold", Tensor.scalar(threshold));
    }

    /** Bits of the logits of the first head that is sure enough, and its number. */
    private static void check(List<Tensor> heads, List<Tensor> found, Confidence confidence, float threshold,
            TreeSet<Integer> seen) {
        int batch = found.getFirst().dim(0);
        for (int r = 0; r < batch; r++) {
            int exit = 0;
            while (exit < LAYERS - 1 && !leaves(confidence, softmax(heads.get(exit).floats(), r), threshold)) {
                exit++;
            }
            assertEquals(exit, found.get(1).ints()[r]);
            seen.add(exit);
            assertArrayEquals(Arrays.copyOfRange(heads.get(exit).floats(), r * CLASSES, (r + 1) * CLASSES),
                    Arrays.copyOfRange(found.get(0).floats(), r * CLASSES, (r + 1) * CLASSES));
        }
    }

    @Test
    void everySampleLeavesWhereItIsSureEnough() {
        for (Confidence confidence : List.of(Confidence.HIGHEST_PROBABILITY, Confidence.ENTROPY)) {
            boolean entropy = confidence == Confidence.ENTROPY;
            float[] thresholds =
                    entropy ? new float[] {-1, 0.4f, 0.9f, 1.2f, 3} : new float[] {2, 0.9f, 0.6f, 0.45f, 0};
            TreeSet<Integer> seen = new TreeSet<>();
            for (KernelMode kernels : new KernelMode[] {KernelMode.ofProperty(), KernelMode.SCALAR}) {
                LoadOptions options = LoadOptions.defaults().withKernels(kernels);
                try (Model all = GraphBuilder.model(plain(), options);
                        Model model = GraphBuilder.model(exits(confidence), options);
                        Session heads = all.newSession(Agreement.COLD); Session one = model.newSession(Agreement.COLD);
                        Session two = model.newSession(Agreement.COLD.withThreads(2))) {
                    for (int batch : new int[] {9, 1, 40, 0, 9}) {
                        Tensor x = g.tensor(batch, 4, SIZE);
                        List<Tensor> expected = heads.run(Map.of("x", x)).tensors();
                        for (float threshold : thresholds) {
                            check(expected, one.run(request(x, threshold)).tensors(), confidence, threshold, seen);
                            check(expected, two.run(request(x, threshold)).tensors(), confidence, threshold, seen);
                        }
                    }
                }
            }
            assertEquals(LAYERS, seen.size());
        }
    }

    @Test
    void withTheThresholdOffTheBitsAreThoseOfThePlainModel() {
        Tensor x = g.tensor(23, 4, SIZE);
        float[] last = Agreement.run(plain(), x).get(LAYERS - 1).floats();
        List<Tensor> found = Agreement.run(exits(Confidence.HIGHEST_PROBABILITY), x, Tensor.scalar(2f));
        assertArrayEquals(last, found.get(0).floats());
        assertTrue(Arrays.stream(found.get(1).ints()).allMatch(e -> e == LAYERS - 1));
    }

    @Test
    void compiledAndDefinedAgree() {
        Graph graph = exits(Confidence.HIGHEST_PROBABILITY);
        for (float threshold : new float[] {0.5f, 0.7f}) {
            Agreement.check(graph, g.tensor(15, 4, SIZE), Tensor.scalar(threshold));
        }
    }

    @Test
    void requestsThatRunTogetherLeaveAsAlone() {
        try (Model model = GraphBuilder.model(exits(Confidence.HIGHEST_PROBABILITY), LoadOptions.defaults());
                Session s = model.newSession(Agreement.COLD)) {
            List<Map<String, Tensor>> requests = new ArrayList<>();
            for (int batch : new int[] {4, 1, 7, 1, 2}) {
                requests.add(request(g.tensor(batch, 4, SIZE), 0.6f));
            }
            for (int repeat = 0; repeat < 2; repeat++) {
                List<Outputs> together = s.runAll(requests);
                for (int i = 0; i < requests.size(); i++) {
                    Agreement.assertSameBits(s.run(requests.get(i)).tensors(), together.get(i).tensors());
                }
            }
        }
    }

    /** Embeddings that a layer hardly turns any more are those of that layer. */
    @Test
    void embeddingsLeaveWhenTheyNoLongerChange() {
        GraphBuilder b = new GraphBuilder();
        Value x = b.floats("x", "batch", CLASSES);
        Value threshold = b.floats("threshold");
        Value turned = b.matMul(x, b.weights(CLASSES, CLASSES));
        Dim active = Dim.symbol("active");
        Value rows = b.op(new ExitGate(Confidence.COSINE, active), turned, threshold, x);
        Value kept = b.op(new KeepRows(0, active), turned, rows);
        Value out = b.op(new MergeExits(1), turned, rows, b.matMul(kept, b.weights(CLASSES, CLASSES)));
        Graph graph = b.to(out, out.producer().outputs().get(1), turned);
        Tensor values = g.tensor(50, CLASSES);
        TreeSet<Integer> seen = new TreeSet<>();
        for (float limit : new float[] {-2, 0.3f, 0.9f, 2}) {
            List<Tensor> found = Agreement.run(graph, values, Tensor.scalar(limit));
            Agreement.check(graph.evaluate(values, Tensor.scalar(limit)), found);
            for (int r = 0; r < 50; r++) {
                double product = 0;
                double squares = 0;
                double before = 0;
                for (int i = r * CLASSES; i < (r + 1) * CLASSES; i++) {
                    product += (double) values.floats()[i] * found.get(2).floats()[i];
                    squares += Math.pow(found.get(2).floats()[i], 2);
                    before += Math.pow(values.floats()[i], 2);
                }
                int exit = product / Math.sqrt(squares * before) >= limit ? 0 : 1;
                assertEquals(exit, found.get(1).ints()[r]);
                seen.add(exit);
            }
        }
        assertEquals(2, seen.size());
    }

    @Test
    @DisplayName("30 NaN where an exit compares")
    void logitsThatAreNoNumbersGoOn() {
        var gate = new ExitGate(Confidence.HIGHEST_PROBABILITY, Dim.symbol("active"));
        Tensor logits = Tensor.of(new float[] {Float.NaN, 0, 9, 0, Float.NEGATIVE_INFINITY, 8}, 3, 2);
        assertArrayEquals(new long[] {0, -1, -1}, gate.evaluate(new Tensor[] {logits, Tensor.scalar(0.9f)})[0].longs());
        var entropy = new ExitGate(Confidence.ENTROPY, Dim.symbol("active"));
        assertArrayEquals(new long[] {0, -1, -1},
                entropy.evaluate(new Tensor[] {logits, Tensor.scalar(0.1f)})[0].longs());
    }

    @Test
    void exitsThatDoNotFitAreRefused() {
        Value logits = g.floats("l", "b", CLASSES);
        Value rows = g.op(new ExitGate(Confidence.ENTROPY, Dim.symbol("active")), logits, g.floats("t"));
        assertThrows(ModelFormatException.class, () -> g.op(new MergeExits(1), logits, rows));
        assertThrows(ModelFormatException.class, () -> g.op(new MergeExits(1), logits, rows, g.floats("m", "c", 7)));
        assertThrows(ModelFormatException.class,
                () -> g.op(new ExitGate(Confidence.ENTROPY, Dim.symbol("a")), logits, g.floats("two", 2)));
        assertThrows(ModelFormatException.class, () -> g.op(new ExitGate(Confidence.COSINE, Dim.symbol("a")), logits,
                g.floats("one"), g.floats("before", "b", CLASSES + 1)));
    }
}
