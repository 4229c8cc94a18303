package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.AdaptiveOptions;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Outputs;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.SessionOptions.WarmUp;
import dev.lanewise.Tensor;
import dev.lanewise.WeightPrecision;
import dev.lanewise.loaders.safetensors.Safetensors;
import dev.lanewise.models.checkpoint.Spending;
import dev.lanewise.models.evaluation.ImageAccuracy;
import dev.lanewise.models.evaluation.LabelledImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The project's own checkpoints whose computation depends on the input. */
class AdaptiveCheckpointsTest {
    private static final Path CHECKPOINTS = Path.of(System.getProperty("lanewise.checkpoints", "checkpoints"));
    private static final Path SHIPPED = Path.of("checkpoints", "data", "fashion-mnist-2000-images-idx3-ubyte.gz");
    private static final Path INSTALLED =
            Path.of(System.getProperty("lanewise.fashion-mnist", "/usr/share/datasets/fashion-mnist"));
    private static final SessionOptions COLD = SessionOptions.defaults().withWarmUp(WarmUp.NONE);
    private static final LoadOptions EXITS =
            LoadOptions.defaults().withAdaptive(new AdaptiveOptions(0, 0, true));
    private static final int PIXELS = 28 * 28;

    private static Path folder(String name) {
        Path folder = CHECKPOINTS.resolve(name);
        assumeTrue(Files.exists(folder.resolve("model.safetensors")), folder + " is not published");
        return folder;
    }

    private static Safetensors golden(String name) {
        return Safetensors.read(ModelSource.of(folder(name).resolve("golden.safetensors")));
    }

    private static Tensor images(Tensor all, int... which) {
        float[] picked = new float[which.length * PIXELS];
        for (int i = 0; i < which.length; i++) {
            System.arraycopy(all.floats(), which[i] * PIXELS, picked, i * PIXELS, PIXELS);
        }
        return Tensor.of(picked, which.length, 1, 28, 28);
    }

    private static List<Map<String, Tensor>> oneByOne(Tensor all) {
        return IntStream.range(0, all.dim(0)).mapToObj(i -> Map.of("images", images(all, i))).toList();
    }

    private static float[] joined(List<Outputs> outputs) {
        float[] logits = new float[outputs.size() * 10];
        for (int i = 0; i < outputs.size(); i++) {
            System.arraycopy(outputs.get(i).get("logits").floats(), 0, logits, i * 10, 10);
        }
        return logits;
    }

    private static void near(Tensor expected, float[] found) {
        double[] exact = expected.doubles();
        assertEquals(exact.length, found.length);
        for (int i = 0; i < exact.length; i++) {
            assertEquals(exact[i], found[i], 1e-4 * Math.max(1, Math.abs(exact[i])), "logit " + i);
        }
    }

    private static List<LoadOptions> ways() {
        LoadOptions o = LoadOptions.defaults();
        return List.of(o, o.withKernels(KernelMode.SCALAR), o.withOptimise(false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vit-acm-075", "vit-acm-060", "vit-acm-040", "vit-acm-025"})
    void modulesGiveTheGoldenLogitsAndLearners(String name) {
        Safetensors golden = golden(name);
        byte[] due = (byte[]) golden.get("learners").array();
        for (LoadOptions options : ways()) {
            try (Model model = Model.load(folder(name), options); Session session = model.newSession(COLD)) {
                Outputs outputs = session.run(Map.of("images", golden.get("images")));
                near(golden.get("logits"), outputs.get("logits").floats());
                Tensor learners = outputs.get("learners");
                assertArrayEquals(golden.get("learners").shape(), learners.shape());
                assertArrayEquals(IntStream.range(0, due.length).map(i -> due[i]).toArray(), learners.ints());
            }
        }
    }

    @Test
    void samplingGivesTheGoldenLogits() {
        Safetensors golden = golden("vit-ats");
        for (LoadOptions options : ways()) {
            try (Model model = Model.load(folder("vit-ats"), options); Session session = model.newSession(COLD)) {
                List<Map<String, Tensor>> requests = oneByOne(golden.get("images"));
                List<Outputs> together = session.runAll(requests);
                near(golden.get("logits"), joined(together));
                Spending spending = Spending.of(model);
                for (int i = 0; i < requests.size(); i++) {
                    Outputs alone = session.run(requests.get(i));
                    assertArrayEquals(alone.get("logits").floats(), together.get(i).get("logits").floats());
                    long[] tokens = alone.get("tokens").longs();
                    assertArrayEquals(tokens, together.get(i).get("tokens").longs());
                    assertEquals(4, tokens.length);
                    assertTrue(tokens[0] < 50 && tokens[3] <= tokens[0], Arrays.toString(tokens));
                    assertTrue(spending.multiplyAdds(alone, 0) < spending.full());
                }
            }
        }
    }

    @Test
    void fewerPointsKeepFewerTokens() {
        LoadOptions few = LoadOptions.defaults().withAdaptive(new AdaptiveOptions(0, 8, false));
        try (Model model = Model.load(folder("vit-ats"), few); Session session = model.newSession(COLD)) {
            for (Map<String, Tensor> request : oneByOne(golden("vit-ats").get("images"))) {
                for (long tokens : session.run(request).get("tokens").longs()) {
                    assertTrue(tokens <= 9, Long.toString(tokens));
                }
            }
        }
    }

    @Test
    void aTokensLearnersDoNotDependOnItsCompany() {
        Tensor all = golden("vit-acm-040").get("images");
        try (Model model = Model.load(folder("vit-acm-040")); Session session = model.newSession(COLD)) {
            float[] whole = session.run(Map.of("images", all)).get("logits").floats();
            float[] turned = session.run(Map.of("images", images(all, 7, 6, 5, 4, 3, 2, 1, 0))).get("logits").floats();
            for (int i = 0; i < 8; i++) {
                float[] due = Arrays.copyOfRange(whole, i * 10, i * 10 + 10);
                assertArrayEquals(due, Arrays.copyOfRange(turned, (7 - i) * 10, (7 - i) * 10 + 10));
                assertArrayEquals(due, session.run(Map.of("images", images(all, i))).get("logits").floats());
            }
        }
    }

    /** The same learners for all tokens: no output says so, and the more of them the more it takes. */
    @Test
    void learnersCanBeFixed() {
        Tensor all = golden("vit-acm-060").get("images");
        double before = 0;
        for (int k = 1; k <= 4; k++) {
            LoadOptions fixed = LoadOptions.defaults().withAdaptive(new AdaptiveOptions(k, 0, false));
            try (Model model = Model.load(folder("vit-acm-060"), fixed); Session session = model.newSession(COLD)) {
                Outputs outputs = session.run(Map.of("images", all));
                assertEquals(List.of("logits"), outputs.names());
                double spent = Spending.of(model).multiplyAdds(outputs, 0);
                assertTrue(spent > before);
                before = spent;
                assertEquals(k == 4, spent == Spending.of(model).full());
            }
        }
        refused(folder("vit-acm-060"), new AdaptiveOptions(5, 0, false), "at most 4");
    }

    @Test
    void aThresholdThatNoneReachesHasTheBitsOfThePlainRun() {
        Tensor all = golden("vit-exits").get("images");
        try (Model plain = Model.load(folder("vit-exits")); Model leaving = Model.load(folder("vit-exits"), EXITS);
                Session one = plain.newSession(COLD); Session other = leaving.newSession(COLD)) {
            Outputs due = one.run(Map.of("images", all));
            Outputs found = other.run(Map.of("images", all, "exit_threshold", Tensor.of(new float[] {1.5f}, 1)));
            assertEquals(List.of("logits", "layers"), found.names());
            assertArrayEquals(due.get("logits").floats(), found.get("logits").floats());
            assertArrayEquals(new long[] {6, 6, 6, 6, 6, 6, 6, 6}, found.get("layers").longs());
            Spending spending = Spending.of(leaving);
            assertEquals(spending.full(), spending.multiplyAdds(found, 0));
            Outputs first = other.run(Map.of("images", all, "exit_threshold", Tensor.of(new float[] {0}, 1)));
            assertArrayEquals(due.get("logits.0").floats(), first.get("logits").floats());
            assertTrue(spending.multiplyAdds(first, 0) < spending.full() / 5);
        }
    }

    /** What the card of the model says, in percent, and the mean number of layers. */
    @ParameterizedTest
    @CsvSource({"0.7, 87.06, 1.91", "0.8, 89.72, 2.36", "0.9, 91.26, 2.96", "0.95, 91.55, 3.40"})
    void imagesThatAreSureLeaveEarly(float threshold, double due, double layers) throws IOException {
        assumeTrue(Files.isDirectory(INSTALLED), "needs the Debian package dataset-fashion-mnist in " + INSTALLED);
        ImageAccuracy data = data(INSTALLED.resolve("t10k-images-idx3-ubyte.gz"));
        long[] taken = {0};
        try (Model model = Model.load(folder("vit-exits"), EXITS); Session session = model.newSession(COLD)) {
            double found = data.measure(session, RunOptions.defaults(),
                    Map.of("exit_threshold", Tensor.of(new float[] {threshold}, 1)),
                    (outputs, sample) -> taken[0] += outputs.get("layers").longs()[sample]).get("logits");
            assertEquals(due, found, 0.05);
        }
        assertEquals(layers, (double) taken[0] / data.samples(), 0.01);
    }

    private static ImageAccuracy data(Path images) throws IOException {
        return new ImageAccuracy(LabelledImages.read(images), 0.286f, 0.353f);
    }

    @ParameterizedTest
    @CsvSource({"vit-acm-075", "vit-acm-060", "vit-acm-040", "vit-acm-025", "vit-ats"})
    void accuracyOnTheImagesThatAreShipped(String name) throws IOException {
        assertEquals(ReferenceCheckpointsTest.expected(folder(name), "subset"), accuracy(name, data(SHIPPED)), 0.1);
    }

    @ParameterizedTest
    @CsvSource({"vit-acm-075", "vit-acm-060", "vit-acm-040", "vit-acm-025", "vit-ats"})
    void accuracyOnAllTestImages(String name) throws IOException {
        assumeTrue(Files.isDirectory(INSTALLED), "needs the Debian package dataset-fashion-mnist in " + INSTALLED);
        double found = accuracy(name, data(INSTALLED.resolve("t10k-images-idx3-ubyte.gz")));
        assertEquals(ReferenceCheckpointsTest.expected(folder(name), "test"), found, 0.1);
    }

    private static double accuracy(String name, ImageAccuracy data) {
        try (Model model = Model.load(folder(name)); Session session = model.newSession()) {
            return data.measure(session, RunOptions.defaults()).get("logits");
        }
    }

    /** Nearly all weights are the modules'; gates stay as they are, so few tokens choose otherwise. */
    @Test
    void weightsOfModulesInFewerBits() throws IOException {
        double whole = accuracy("vit-acm-060", data(SHIPPED));
        for (WeightPrecision precision : List.of(WeightPrecision.INT8, WeightPrecision.INT4_GROUP32)) {
            LoadOptions options = LoadOptions.defaults().withWeights(precision);
            try (Model plain = Model.load(folder("vit-acm-060"));
                    Model model = Model.load(folder("vit-acm-060"), options);
                    Session session = model.newSession()) {
                assertTrue(model.compiled().packedBytes() < 0.4 * plain.compiled().packedBytes(), precision + " bytes");
                double found = data(SHIPPED).measure(session, RunOptions.defaults()).get("logits");
                assertEquals(whole, found, precision == WeightPrecision.INT8 ? 0.5 : 2, precision.toString());
            }
        }
    }

    private static void refused(Path model, AdaptiveOptions adaptive, String words) {
        InvalidInputException e = assertThrows(InvalidInputException.class,
                () -> Model.load(model, LoadOptions.defaults().withAdaptive(adaptive)));
        assertTrue(e.getMessage().contains(words), e.getMessage());
    }

    @Test
    void whatAModelDoesNotHaveIsRefused() {
        List<AdaptiveOptions> each = List.of(new AdaptiveOptions(2, 0, false), new AdaptiveOptions(0, 9, false),
                new AdaptiveOptions(0, 0, true));
        List<String> words = List.of("adaptive computation modules", "blocks that sample tokens", "early exits");
        Path exits = folder("vit-exits");
        for (int i = 0; i < 3; i++) {
            refused(exits.resolve("model.onnx"), each.get(i), words.get(i));
            refused(folder("lm-plain"), each.get(i), words.get(i));
        }
        refused(exits, each.get(0), words.get(0));
        refused(folder("vit-ats"), each.get(2), words.get(2));
        refused(folder("vit-acm-060"), each.get(1), words.get(1));
        assertThrows(InvalidInputException.class, () -> new AdaptiveOptions(-1, 0, false));
        assertThrows(InvalidInputException.class, () -> new AdaptiveOptions(0, 1, false));
    }

}
