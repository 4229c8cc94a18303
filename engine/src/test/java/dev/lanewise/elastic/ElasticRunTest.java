package dev.lanewise.elastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelMetadata;
import dev.lanewise.Outputs;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.WeightPrecision;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Submodels compute what the model with the other neurons cut out computes. */
@Tag("width")
class ElasticRunTest {
    private static final int SIZE = 40;
    private static final int HIDDEN = 200;
    private static final LoadOptions ELASTIC = LoadOptions.defaults().withGranularities(0.25, 0.5, 1);

    private final GraphBuilder g = new GraphBuilder();
    private final Tensor up = g.tensor(SIZE, HIDDEN);
    private final Tensor bias = g.tensor(HIDDEN);
    private final Tensor down = g.tensor(HIDDEN, SIZE);
    private final Tensor gate = g.tensor(SIZE, HIDDEN);
    private final Tensor gatedUp = g.tensor(SIZE, HIDDEN);
    private final Tensor gatedDown = g.tensor(HIDDEN, SIZE);

    private static Value constant(Tensor t) {
        return GraphBuilder.constant(t);
    }

    /** Two blocks, a plain and a gated one, whose matrices are cut to these widths. */
    private Graph graph(int plain, int gated) {
        GraphBuilder b = new GraphBuilder();
        Value x = b.floats("x", "n", SIZE);
        Value h =
                b.op(new Gelu(false), b.add(b.matMul(x, constant(columns(up, plain))), constant(columns(bias, plain))));
        Value y = b.add(b.matMul(h, constant(rows(down, plain))), x);
        Value activated = b.unary(Unary.Function.RELU, b.matMul(y, constant(columns(gate, gated))));
        Value product = b.mul(activated, b.matMul(y, constant(columns(gatedUp, gated))));
        return b.to(b.add(b.matMul(product, constant(rows(gatedDown, gated))), y));
    }

    private static Tensor columns(Tensor t, int width) {
        int rows = t.rank() == 1 ? 1 : t.dim(0);
        int all = t.size() / rows;
        float[] cut = new float[rows * width];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(t.floats(), r * all, cut, r * width, width);
        }
        return t.rank() == 1 ? Tensor.of(cut, width) : Tensor.of(cut, rows, width);
    }

    private static Tensor rows(Tensor t, int count) {
        return Tensor.of(Arrays.copyOf(t.floats(), count * t.dim(1)), count, t.dim(1));
    }

    private static Map<String, Tensor> input(int n) {
        float[] x = new float[n * SIZE];
        Random random = new Random(n);
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return Map.of("x", Tensor.of(x, n, SIZE));
    }

    private static float[] cut(Graph graph, LoadOptions options, int n) {
        try (Model model = GraphBuilder.model(graph, options); Session s = model.newSession(Agreement.COLD)) {
            return s.run(input(n)).get(0).floats();
        }
    }

    @Test
    void aSubmodelHasTheBitsOfTheModelThatIsCutToItsWidths() {
        for (KernelMode kernels : new KernelMode[] {KernelMode.ofProperty(), KernelMode.SCALAR}) {
            LoadOptions options = ELASTIC.withKernels(kernels);
            try (Model model = GraphBuilder.model(graph(HIDDEN, HIDDEN), options);
                    Session one = model.newSession(Agreement.COLD);
                    Session two = model.newSession(Agreement.COLD.withThreads(2))) {
                assertEquals(2, model.elastic().layers().size());
                assertEquals(3 * SIZE, model.elastic().layers().get(1).neuronCost());
                for (int[] widths : new int[][] {{50, 50}, {100, 200}, {200, 200}, {32, 64}, {1, 33}, {177, 7}}) {
                    Submodel submodel = model.elastic().widths(widths);
                    for (int n : new int[] {1, 5, 16, 40}) {
                        float[] expected =
                                cut(graph(widths[0], widths[1]), LoadOptions.defaults().withKernels(kernels), n);
                        assertArrayEquals(expected, one.run(input(n), submodel).get(0).floats(), submodel + " " + n);
                        assertArrayEquals(expected, two.run(input(n), submodel).get(0).floats(), submodel + " " + n);
                    }
                }
            }
        }
    }

    @Test
    void allWidthsAreTheModelItself() {
        float[] whole = cut(graph(HIDDEN, HIDDEN), LoadOptions.defaults(), 19);
        try (Model model = GraphBuilder.model(graph(HIDDEN, HIDDEN), ELASTIC);
                Session s = model.newSession(Agreement.COLD)) {
            assertArrayEquals(whole, s.run(input(19)).get(0).floats());
            assertArrayEquals(whole, s.run(input(19), model.elastic().full()).get(0).floats());
        }
    }

    @Test
    void batchesOfDifferentLengthsRunInTheSizeTheyAskFor() {
        try (Model model = GraphBuilder.model(graph(HIDDEN, HIDDEN), ELASTIC);
                Session s = model.newSession(Agreement.COLD)) {
            Submodel half = model.elastic().named("L");
            List<Outputs> all =
                    s.runAll(List.of(input(3), input(8), input(1)), RunOptions.defaults().withSubmodel(half));
            int[] lengths = {3, 8, 1};
            for (int r = 0; r < lengths.length; r++) {
                assertArrayEquals(s.run(input(lengths[r]), half).get(0).floats(), all.get(r).get(0).floats());
            }
        }
    }

    @Test
    void bytesCanBeNarrowedToo() {
        LoadOptions int8 = ELASTIC.withWeights(WeightPrecision.INT8);
        try (Model model = GraphBuilder.model(graph(HIDDEN, HIDDEN), int8);
                Model exact = GraphBuilder.model(graph(HIDDEN, HIDDEN), ELASTIC);
                Session s = model.newSession(Agreement.COLD); Session reference = exact.newSession(Agreement.COLD)) {
            Submodel some = model.elastic().widths(64, 96);
            for (int n : new int[] {1, 4, 30}) {
                float[] rough = s.run(input(n), some).get(0).floats();
                float[] fine = reference.run(input(n), some).get(0).floats();
                double error = 0;
                double size = 0;
                for (int i = 0; i < fine.length; i++) {
                    error += Math.pow(fine[i] - rough[i], 2);
                    size += Math.pow(fine[i], 2);
                }
                assertEquals(0, Math.sqrt(error / size), 0.03);
            }
        }
    }

    @Test
    void aModelOfOneSizeHasNoSubmodels() {
        Submodel some;
        try (Model model = GraphBuilder.model(graph(HIDDEN, HIDDEN), ELASTIC)) {
            some = model.elastic().named("L");
        }
        try (Model model = GraphBuilder.model(graph(HIDDEN, HIDDEN), LoadOptions.defaults());
                Session s = model.newSession(Agreement.COLD)) {
            assertThrows(InvalidInputException.class, model::elastic);
            assertThrows(InvalidInputException.class, () -> s.run(input(2), some));
        }
        assertThrows(InvalidInputException.class, () -> LoadOptions.defaults().withGranularities(0.5, 0.25, 1));
        assertThrows(InvalidInputException.class, () -> LoadOptions.defaults().withGranularities(0.5));
        assertThrows(InvalidInputException.class, () -> ELASTIC.withOptimise(false));
    }

    @Test
    void widthsThatTheModelDoesNotHaveAreRefused() {
        Elastic other = new Elastic(List.of(new HiddenLayer("w", "other", 500, 1)), List.of(1.0), 0, 0);
        try (Model model = GraphBuilder.model(graph(HIDDEN, HIDDEN), ELASTIC);
                Session s = model.newSession(SessionOptions.defaults().withThreads(1))) {
            assertThrows(InvalidInputException.class, () -> s.run(input(2), other.full()));
        }
    }

    private Model saying(String widths) {
        return saying(Map.of("lanewise.nested_widths", widths));
    }

    private Model saying(Map<String, String> properties) {
        ModelMetadata metadata = new ModelMetadata("", "", "", 0, 0, Map.of(), "", properties, List.of(), List.of(),
                List.of());
        return Model.of("said.onnx", graph(HIDDEN, HIDDEN), metadata, LoadOptions.defaults());
    }

    @Test
    void aModelMayNameItsWidths() {
        try (Model model = saying("25, 50,200")) {
            assertEquals(List.of("25-25", "50-50", "200-200"), model.elastic().granularities().stream()
                    .map(s -> model.elastic().widths(s.widths()).name()).toList());
        }
    }

    @Test
    void aModelMayNameTheOrderOfItsMixes() {
        try (Model model = saying(Map.of("lanewise.nested_widths", "50,200", "lanewise.mix_order", "first_blocks"))) {
            assertEquals(List.of("50-50", "200-50", "200-200"), model.elastic().mixes().stream()
                    .map(s -> model.elastic().widths(s.widths()).name()).toList());
        }
        ModelFormatException e = assertThrows(ModelFormatException.class,
                () -> saying(Map.of("lanewise.nested_widths", "50,200", "lanewise.mix_order", "any")));
        assertTrue(e.getMessage().contains("FIRST_BLOCKS"), e.getMessage());
    }

    @ParameterizedTest(name = "26 property of widths, {0}")
    @ValueSource(strings = {"", ",", ",,", "0", "-1", "200,100", "100,100", "0,200", "a,b", "1,2,", "99999999999"})
    void widthsThatMakeNoSenseAreAnErrorOfTheModel(String widths) {
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> saying(widths));
        assertEquals("said.onnx", e.source());
    }

    @Test
    void thousandsOfWidthsAreAnErrorOfTheModel() {
        String widths = IntStream.rangeClosed(1, 5000).mapToObj(Integer::toString).collect(Collectors.joining(","));
        assertThrows(ModelFormatException.class, () -> saying(widths));
    }
}
