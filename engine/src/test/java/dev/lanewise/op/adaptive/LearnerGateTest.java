package dev.lanewise.op.adaptive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.WeightPrecision;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("width")
class LearnerGateTest {
    private static final int SIZE = 30;
    private final GraphBuilder g = new GraphBuilder();

    /** Gates of q, k, v (at least one learner) and a feed-forward block (none or more), 4 learners each. */
    private Graph stacked(boolean skipLast) {
        GraphBuilder b = new GraphBuilder();
        Value z = b.floats("z", "n", SIZE);
        Node gate = Node.of("gate", new LearnerGate(List.of(1, 1, 1, 0), skipLast), z, b.weights(SIZE, 4),
                b.weights(SIZE, 4), b.weights(SIZE, 4), b.weights(SIZE, 5), b.weights(4), b.weights(4), b.weights(4),
                b.weights(5));
        return b.to(gate.outputs().toArray(Value[]::new));
    }

    @Test
    void theStepChoosesAsDefined() {
        for (boolean skipLast : new boolean[] {false, true}) {
            Graph graph = stacked(skipLast);
            for (KernelMode kernels : new KernelMode[] {KernelMode.ofProperty(), KernelMode.SCALAR}) {
                // bytes would turn near ties: gates stay as they are
                LoadOptions options = LoadOptions.defaults().withKernels(kernels).withWeights(WeightPrecision.INT8);
                try (Model model = GraphBuilder.model(graph, options);
                        Session one = model.newSession(Agreement.COLD);
                        Session two = model.newSession(Agreement.COLD.withThreads(2))) {
                    for (int n : new int[] {0, 1, 7, 64, 65, 200}) {
                        Tensor z = g.tensor(n, SIZE);
                        Tensor[] expected = graph.evaluate(z);
                        for (Session s : List.of(one, two)) {
                            Agreement.assertSameBits(List.of(expected), s.run(Agreement.named(graph, z)).tensors());
                        }
                    }
                }
            }
        }
    }

    @Test
    void eachModuleChoosesBetweenItsLeastAndAll() {
        Tensor[] k = stacked(false).evaluate(g.tensor(500, SIZE));
        for (int m = 0; m < 4; m++) {
            int least = m < 3 ? 1 : 0;
            for (int level = 0; level <= 4; level++) {
                int wanted = level;
                boolean found = java.util.Arrays.stream(k[m].ints()).anyMatch(v -> v == wanted);
                assertEquals(level >= least, found, "module " + m + " level " + level);
            }
        }
    }

    private static Graph gate(int least, boolean skipLast, float[] weights, float[] bias) {
        GraphBuilder b = new GraphBuilder();
        int choices = bias.length;
        return b.to(b.op(new LearnerGate(List.of(least), skipLast), b.floats("z", "n", weights.length / choices),
                GraphBuilder.constant(Tensor.of(weights, weights.length / choices, choices)),
                GraphBuilder.constant(Tensor.of(bias, choices))));
    }

    private static int[] run(Graph graph, float... z) {
        int d = (int) graph.inputs().getFirst().fact().shape()[1].value();
        return Agreement.run(graph, Tensor.of(z, z.length / d, d)).getFirst().ints();
    }

    @Test
    void theLowestOfEqualChoicesWins() {
        assertArrayEquals(new int[] {1}, run(gate(1, false, new float[4], new float[4]), 3));
        assertArrayEquals(new int[] {1, 0},
                run(gate(0, false, new float[] {0, 1, 1}, new float[] {0.5f, 0, 0}), 2, -1));
        assertArrayEquals(new int[] {0}, run(gate(0, false, new float[] {0, 1, 1}, new float[3]), Float.NaN));
    }

    /** Of the highest number in the batch one less, as the released loop runs, only where it is asked for. */
    @Test
    void theReleasedLoopLeavesOutTheLastLearnerOfTheBatch() {
        float[] weights = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        float[] z = {0, 0, 1, 0, 1, 0, 0, 0, 1};
        assertArrayEquals(new int[] {2, 1, 2}, run(gate(0, false, weights, new float[3]), z));
        assertArrayEquals(new int[] {1, 1, 1}, run(gate(0, true, weights, new float[3]), z));
        assertArrayEquals(new int[] {0, 0}, run(gate(0, true, weights, new float[3]), 1, 0, 0, 0, 1, 0));
        assertArrayEquals(new int[] {0}, run(gate(0, true, weights, new float[3]), 1, 0, 0));
    }

    @Test
    void layersInARowFoldToOne() {
        int[] sizes = {SIZE, 16, 16, 5};
        List<Tensor> weights = List.of(g.tensor(16, SIZE), g.tensor(16, 16), g.tensor(5, 16));
        List<Tensor> biases = List.of(g.tensor(16), g.tensor(16), g.tensor(5));
        FoldedGate folded = FoldedGate.of(weights, biases);
        Graph graph = gate(0, false, folded.weights().floats(), folded.bias().floats());
        int clear = 0;
        for (int t = 0; t < 300; t++) {
            float[] z = g.tensor(SIZE).floats();
            double[] u = new double[SIZE];
            java.util.Arrays.setAll(u, i -> z[i]);
            for (int layer = 0; layer < 3; layer++) {
                double[] next = new double[sizes[layer + 1]];
                for (int j = 0; j < next.length; j++) {
                    next[j] = biases.get(layer).floats()[j];
                    for (int i = 0; i < u.length; i++) {
                        next[j] += weights.get(layer).floats()[j * u.length + i] * u[i];
                    }
                }
                u = next;
            }
            double[] logits = u;
            int best = 0;
            double second = Double.NEGATIVE_INFINITY;
            double largest = 1;
            for (int j = 0; j < 5; j++) {
                double one = folded.bias().floats()[j];
                for (int i = 0; i < SIZE; i++) {
                    one += (double) z[i] * folded.weights().floats()[i * 5 + j];
                }
                largest = Math.max(largest, Math.abs(logits[j]));
                assertEquals(logits[j], one, 1e-5 * largest);
                best = logits[j] > logits[best] ? j : best;
            }
            for (int j = 0; j < 5; j++) {
                second = j == best ? second : Math.max(second, logits[j]);
            }
            if (logits[best] - second > 1e-4) {
                clear++;
                assertEquals(best, graph.evaluate(Tensor.of(z, 1, SIZE))[0].ints()[0]);
            }
        }
        assertTrue(clear > 290);
    }

    @Test
    void whatIsNoGateIsRefused() {
        Value z = g.floats("z", "n", SIZE);
        var one = new LearnerGate(List.of(0), false);
        assertThrows(ModelFormatException.class, () -> g.op(one, z, g.weights(SIZE + 1, 5), g.weights(5)));
        assertThrows(ModelFormatException.class, () -> g.op(one, z, g.weights(SIZE, 5), g.weights(4)));
        assertThrows(ModelFormatException.class, () -> g.op(one, z, g.floats("g", SIZE, 5), g.weights(5)));
        assertThrows(InvalidInputException.class, () -> FoldedGate.of(List.of(), List.of()));
        assertThrows(InvalidInputException.class,
                () -> FoldedGate.of(List.of(g.tensor(4, 3), g.tensor(4, 5)), List.of(g.tensor(4), g.tensor(4))));
    }
}
