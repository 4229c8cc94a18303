package dev.lanewise.op.adaptive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.UnaryFunction;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Optimised;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("width")
class AdaptiveComputationTest {
    private static final int SIZE = 20;
    private static final int LEARNERS = 4;
    private static final int WIDTH = 24;
    private static final int OUT = 45;

    private final GraphBuilder g = new GraphBuilder();
    private final Random random = new Random(11);
    private final Tensor up = g.tensor(SIZE, LEARNERS * WIDTH);
    private final Tensor b1 = g.tensor(LEARNERS * WIDTH);
    private final Tensor down = g.tensor(LEARNERS * WIDTH, OUT);
    private final Tensor b2 = g.tensor(LEARNERS + 1, OUT);

    private static Value constant(Tensor t) {
        return GraphBuilder.constant(t);
    }

    private Graph graph(AdaptiveComputation module) {
        GraphBuilder b = new GraphBuilder();
        List<Value> in = new ArrayList<>(List.of(b.floats("z", "n", SIZE)));
        if (module.fixed() < 0) {
            in.add(b.input("k", DataType.INT32, "n"));
        }
        in.add(constant(up));
        if (module.hiddenBias()) {
            in.add(constant(b1));
        }
        in.add(constant(down));
        if (module.outputBias()) {
            in.add(constant(b2));
        }
        if (module.residual()) {
            in.add(b.floats("r", "n", OUT));
        }
        return b.to(b.op(module, in.toArray(Value[]::new)));
    }

    private Tensor levels(int n, int kind) {
        int[] k = new int[n];
        for (int t = 0; t < n; t++) {
            k[t] = switch (kind) {
                case 0 -> random.nextInt(LEARNERS + 1);
                case 1 -> LEARNERS;
                case 2 -> 0;
                case 3 -> 2;
                case 4 -> LEARNERS - LEARNERS * t / n;
                case 5 -> LEARNERS * t / n;
                default -> random.nextInt(20) == 0 ? LEARNERS : random.nextInt(2);
            };
        }
        return Tensor.of(k, n);
    }

    private static Tensor[] inputs(AdaptiveComputation module, GraphBuilder g, Tensor k) {
        List<Tensor> in = new ArrayList<>(List.of(g.tensor(k.size(), SIZE)));
        if (module.fixed() < 0) {
            in.add(k);
        }
        if (module.residual()) {
            in.add(g.tensor(k.size(), OUT));
        }
        return in.toArray(Tensor[]::new);
    }

    @Test
    void theStepHasTheBitsOfTheLoopOverTokens() {
        for (int modes = 0; modes < 16; modes++) {
            var module = new AdaptiveComputation(LEARNERS, (modes & 8) == 0 ? UnaryFunction.GELU : null, -1,
                    (modes & 1) != 0, (modes & 2) != 0, (modes & 4) != 0);
            Graph graph = graph(module);
            for (KernelMode kernels : new KernelMode[] {KernelMode.ofProperty(), KernelMode.SCALAR}) {
                try (Model model = GraphBuilder.model(graph, LoadOptions.defaults().withKernels(kernels));
                        Session one = model.newSession(Agreement.COLD);
                        Session two = model.newSession(Agreement.COLD.withThreads(2))) {
                    for (int n : modes == 5 ? new int[] {0, 1, 2, 5, 6, 7, 8, 11, 12, 13, 50, 191, 192, 193, 400}
                            : new int[] {1, 7, 200}) {
                        for (int kind = 0; kind < 7; kind++) {
                            Tensor[] in = inputs(module, g, levels(n, kind));
                            float[] expected = graph.evaluate(in)[0].floats();
                            Map<String, Tensor> named = Agreement.named(graph, in);
                            assertArrayEquals(expected, one.run(named).get(0).floats(), module + " " + n + " " + kind);
                            assertArrayEquals(expected, two.run(named).get(0).floats(), module + " " + n + " " + kind);
                        }
                    }
                }
            }
        }
    }

    private static Tensor columns(Tensor t, int width) {
        int rows = t.rank() == 1 ? 1 : t.dim(0);
        float[] cut = new float[rows * width];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(t.floats(), r * (t.size() / rows), cut, r * width, width);
        }
        return t.rank() == 1 ? Tensor.of(cut, width) : Tensor.of(cut, rows, width);
    }

    /** Every number of learners is the block of so many hidden neurons; all of them are the dense block. */
    @Test
    void aNumberOfLearnersIsAPrefixOfTheHiddenNeurons() {
        Tensor z = g.tensor(13, SIZE);
        for (int k = 1; k <= LEARNERS; k++) {
            GraphBuilder b = new GraphBuilder();
            int width = k * WIDTH;
            Value hidden = b.op(new Gelu(false), b.add(b.matMul(b.floats("z", "n", SIZE), constant(columns(up, width))),
                    constant(columns(b1, width))));
            Graph dense = b.to(b.matMul(hidden,
                    constant(Tensor.of(Arrays.copyOf(down.floats(), width * OUT), width, OUT))));
            float[] expected = Agreement.run(dense, z).getFirst().floats();
            var chosen = new AdaptiveComputation(LEARNERS, UnaryFunction.GELU, -1, true, false, false);
            var fixed = new AdaptiveComputation(LEARNERS, UnaryFunction.GELU, k, true, false, false);
            int[] all = new int[13];
            Arrays.fill(all, k);
            assertArrayEquals(expected, Agreement.run(graph(chosen), z, Tensor.of(all, 13)).getFirst().floats());
            assertArrayEquals(expected, Agreement.run(graph(fixed), z).getFirst().floats());
        }
        var none = new AdaptiveComputation(LEARNERS, UnaryFunction.GELU, 0, true, false, false);
        assertArrayEquals(new float[13 * OUT], Agreement.run(graph(none), z).getFirst().floats());
    }

    @Test
    void aTokenIsTheSameInAnyOrderAndCompany() {
        var module = new AdaptiveComputation(LEARNERS, UnaryFunction.GELU, -1, true, true, false);
        Graph graph = graph(module);
        int n = 60;
        Tensor z = g.tensor(n, SIZE);
        Tensor k = levels(n, 0);
        float[] whole = Agreement.run(graph, z, k).getFirst().floats();
        List<Integer> order = new ArrayList<>();
        for (int t = 0; t < n; t++) {
            order.add(t);
        }
        java.util.Collections.shuffle(order, random);
        for (List<Integer> some : List.of(order, order.subList(0, 17), order.subList(0, 1))) {
            float[] rows = new float[some.size() * SIZE];
            int[] levels = new int[some.size()];
            for (int i = 0; i < levels.length; i++) {
                System.arraycopy(z.floats(), some.get(i) * SIZE, rows, i * SIZE, SIZE);
                levels[i] = k.ints()[some.get(i)];
            }
            float[] found = Agreement.run(graph, Tensor.of(rows, levels.length, SIZE), Tensor.of(levels, levels.length))
                    .getFirst().floats();
            for (int i = 0; i < levels.length; i++) {
                assertArrayEquals(Arrays.copyOfRange(whole, some.get(i) * OUT, (some.get(i) + 1) * OUT),
                        Arrays.copyOfRange(found, i * OUT, (i + 1) * OUT));
            }
        }
    }

    /** Also of requests that run together. */
    @Test
    void theProfileCountsTokensByLearners() {
        Graph graph = graph(new AdaptiveComputation(LEARNERS, UnaryFunction.GELU, -1, true, false, false));
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults());
                Session session = model.newSession(Agreement.COLD.withProfile(true))) {
            Tensor[] one = {g.tensor(5, SIZE), Tensor.of(new int[] {4, 0, 2, 2, 1}, 5)};
            Tensor[] two = {g.tensor(2, SIZE), Tensor.of(new int[] {3, 4}, 2)};
            session.run(Agreement.named(graph, two));
            session.run(Agreement.named(graph, one));
            assertEquals(List.of(1, 1, 2, 0, 1), learners(session));
            session.runAll(List.of(Agreement.named(graph, one), Agreement.named(graph, two)));
            assertEquals(List.of(1, 1, 2, 1, 2), learners(session));
        }
    }

    private static List<Integer> learners(Session session) {
        return session.profile().steps().stream().filter(s -> s.operator().equals("AdaptiveComputation")).findFirst()
                .orElseThrow().learners();
    }

    private static Graph small(int fixed) {
        GraphBuilder b = new GraphBuilder();
        Value z = b.floats("z", "n", 2);
        Value w1 = constant(Tensor.of(new float[] {1, 0, 0, 1}, 2, 2));
        Value bias = constant(Tensor.of(new float[] {0, -0.5f}, 2));
        Value w2 = constant(Tensor.of(new float[] {1, 1, 2, -1}, 2, 2));
        var module = new AdaptiveComputation(2, UnaryFunction.RELU, fixed, true, false, false);
        return b.to(fixed < 0 ? b.op(module, z, b.input("k", DataType.INT32, "n"), w1, bias, w2)
                : b.op(module, z, w1, bias, w2));
    }

    @Test
    void smallCaseInNumbers() {
        Tensor z = Tensor.of(new float[] {1, 2, 3, 0.25f, -1, 1}, 3, 2);
        assertArrayEquals(new float[] {1, 1, 3, 3, 0, 0}, Agreement.run(small(1), z).getFirst().floats());
        assertArrayEquals(new float[] {4, -0.5f, 3, 3, 1, -0.5f}, Agreement.run(small(2), z).getFirst().floats());
        assertArrayEquals(new float[] {4, -0.5f, 3, 3, 0, 0},
                Agreement.run(small(-1), z, Tensor.of(new int[] {2, 1, 0}, 3)).getFirst().floats());
    }

    @Test
    void withoutAnActivationAModuleIsALinearMapOfItsRank() {
        var module = new AdaptiveComputation(LEARNERS, null, -1, true, false, false);
        Tensor z = g.tensor(9, SIZE);
        Tensor k = levels(9, 0);
        float[] found = Agreement.run(graph(module), z, k).getFirst().floats();
        float[][] constants = AdaptiveComputation.constants(LEARNERS, b1, down, null);
        for (int t = 0; t < 9; t++) {
            int width = k.ints()[t] * WIDTH;
            for (int j = 0; j < OUT; j++) {
                double added = 0;
                double factored = 0;
                for (int h = 0; h < width; h++) {
                    double v = b1.floats()[h];
                    added += v * down.floats()[h * OUT + j];
                    for (int i = 0; i < SIZE; i++) {
                        v += (double) z.floats()[t * SIZE + i] * up.floats()[i * LEARNERS * WIDTH + h];
                    }
                    factored += v * down.floats()[h * OUT + j];
                }
                double folded = added;
                for (int i = 0; i < SIZE; i++) {
                    double product = 0;
                    for (int h = 0; h < width; h++) {
                        product += (double) up.floats()[i * LEARNERS * WIDTH + h] * down.floats()[h * OUT + j];
                    }
                    folded += z.floats()[t * SIZE + i] * product;
                }
                assertEquals(added, constants[k.ints()[t]][j], 1e-6 * (1 + Math.abs(added)));
                assertEquals(folded, factored, 1e-12 * (1 + Math.abs(factored)));
                assertEquals(factored, found[t * OUT + j], 1e-4 * (1 + Math.abs(factored)));
            }
        }
    }

    @Test
    void biasesOfTheOutputAddUpFromTheOneOfNoLearner() {
        float[][] constants = AdaptiveComputation.constants(LEARNERS, null, down, b2);
        for (int j = 0; j < OUT; j++) {
            double sum = 0;
            for (int k = 0; k <= LEARNERS; k++) {
                sum += b2.floats()[k * OUT + j];
                assertEquals(sum, constants[k][j], 1e-6);
            }
        }
        var module = new AdaptiveComputation(LEARNERS, UnaryFunction.GELU, 0, true, true, false);
        float[] found = Agreement.run(graph(module), g.tensor(1, SIZE)).getFirst().floats();
        assertArrayEquals(Arrays.copyOf(b2.floats(), OUT), found);
    }

    @Test
    void theResidualJoins() {
        GraphBuilder b = new GraphBuilder();
        Value z = b.floats("z", "n", SIZE);
        Value k = b.input("k", DataType.INT32, "n");
        Value square = b.weights(LEARNERS * WIDTH, SIZE);
        var module = new AdaptiveComputation(LEARNERS, UnaryFunction.GELU, -1, false, false, false);
        Graph graph = b.to(b.add(z, b.op(module, z, k, constant(up), square)));
        assertEquals(List.of("AdaptiveComputation"), Optimised.operators(graph));
        Agreement.check(graph, g.tensor(30, SIZE), levels(30, 0));
    }

    @Test
    void numbersOfLearnersThatThereAreNotAreRefused() {
        Graph graph = graph(new AdaptiveComputation(LEARNERS, UnaryFunction.GELU, -1, true, false, false));
        for (int bad : new int[] {-1, LEARNERS + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            Tensor[] in = {g.tensor(2, SIZE), Tensor.of(new int[] {1, bad}, 2)};
            assertThrows(InvalidInputException.class, () -> Agreement.run(graph, in));
            assertThrows(InvalidInputException.class, () -> graph.evaluate(in));
        }
    }

    @Test
    void weightsThatDoNotFitAreRefused() {
        Value z = g.floats("z", "n", SIZE);
        for (AdaptiveComputation module : List.of(new AdaptiveComputation(5, null, 1, false, false, false),
                new AdaptiveComputation(0, null, 0, false, false, false),
                new AdaptiveComputation(LEARNERS, null, 5, false, false, false),
                new AdaptiveComputation(LEARNERS, null, -2, false, false, false))) {
            assertThrows(ModelFormatException.class, () -> g.op(module, z, constant(up), constant(down)));
        }
        var module = new AdaptiveComputation(LEARNERS, null, 1, false, false, false);
        // as nn.Linear has them: the other way round
        assertThrows(ModelFormatException.class, () -> g.op(module, z, constant(down), constant(up)));
        assertThrows(ModelFormatException.class, () -> g.op(module, z, g.floats("w", SIZE, 96), constant(down)));
        var gated = new AdaptiveComputation(LEARNERS, null, -1, false, false, false);
        Value k = g.input("k", DataType.INT32, "n", 3);
        assertThrows(ModelFormatException.class, () -> g.op(gated, z, k, constant(up), constant(down)));
        assertThrows(ModelFormatException.class, () -> g.op(gated, z, z, constant(up), constant(down)));
    }
}
