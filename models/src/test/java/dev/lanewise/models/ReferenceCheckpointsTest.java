package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.DataType;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.json.JsonReader;
import dev.lanewise.loaders.json.JsonValue;
import dev.lanewise.loaders.safetensors.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The project's own checkpoints compute in Lanewise what they computed where they were trained. */
class ReferenceCheckpointsTest {
    private static final Path CHECKPOINTS = Path.of("checkpoints");
    private static final Path DATA = CHECKPOINTS.resolve("data");
    private static final int BATCH = 100;
    private static final int CONTEXT = 256;

    /** The checkpoints of a family that ONNX can say. */
    private static List<Path> onnx(String prefix) throws IOException {
        try (Stream<Path> folders = Files.list(CHECKPOINTS)) {
            List<Path> found = folders.filter(f -> f.getFileName().toString().startsWith(prefix))
                    .filter(f -> Files.exists(f.resolve("model.onnx"))).sorted().toList();
            assumeTrue(!found.isEmpty(), "no checkpoint " + prefix + "* is published yet: see models/training");
            return found;
        }
    }

    static List<Path> all() throws IOException {
        return onnx("");
    }

    static List<Path> vision() throws IOException {
        return onnx("vit-");
    }

    static List<Path> language() throws IOException {
        return onnx("lm-");
    }

    /** Says so in the test report where a family is not there, since a parameterised test without parameters says nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"vit-", "lm-"})
    void theFamilyIsPublished(String prefix) throws IOException {
        assertFalse(onnx(prefix).isEmpty());
    }

    private static JsonValue evaluation(Path folder) throws IOException {
        try (InputStream in = Files.newInputStream(folder.resolve("evaluation.json"))) {
            return JsonReader.read(in, folder + "/evaluation.json", 1 << 20);
        }
    }

    private static double number(JsonValue value) {
        return ((Number) value.value()).doubleValue();
    }

    @ParameterizedTest
    @MethodSource("all")
    void golden(Path folder) {
        Safetensors golden = Safetensors.read(ModelSource.of(folder.resolve("golden.safetensors")));
        Map<String, Tensor> inputs = new HashMap<>(golden.tensors());
        inputs.keySet().removeIf(name -> name.startsWith("logits"));
        LoadOptions options = LoadOptions.defaults();
        Map<String, float[]> first = new HashMap<>();
        for (LoadOptions o : List.of(options, options.withKernels(KernelMode.SCALAR))) {
            try (Model model = Model.load(folder.resolve("model.onnx"), o)) {
                Outputs outputs = model.newSession().run(inputs);
                for (String name : outputs.names()) {
                    float[] found = outputs.get(name).toFloatArray();
                    compare(golden.get(name), found, folder + " " + name);
                    assertArrayEquals(first.computeIfAbsent(name, n -> found), found, folder + " scalar " + name);
                }
            }
        }
        try (Model model = Model.load(folder.resolve("model.onnx"), options.withOptimise(false))) {
            Outputs outputs = model.newSession().run(inputs);
            for (String name : outputs.names()) {
                compare(golden.get(name), outputs.get(name).toFloatArray(), folder + " not optimised " + name);
            }
        }
    }

    private static void compare(Tensor expected, float[] found, String what) {
        assertEquals(DataType.DOUBLE, expected.type());
        double[] exact = expected.doubles();
        assertEquals(exact.length, found.length, what);
        for (int i = 0; i < exact.length; i++) {
            assertEquals(exact[i], found[i], 1e-4 * Math.max(1, Math.abs(exact[i])), what + " [" + i + "]");
        }
    }

    @ParameterizedTest
    @MethodSource("vision")
    void accuracyOnTheImagesThatAreShipped(Path folder) throws IOException {
        compareAccuracies(folder, FashionMnist.read(DATA, "fashion-mnist-2000"), "subset", 0.1);
    }

    @ParameterizedTest
    @MethodSource("vision")
    void accuracyOnAllTestImages(Path folder) throws IOException {
        Path installed = Path.of(System.getProperty("lanewise.fashion-mnist", "/usr/share/datasets/fashion-mnist"));
        assumeTrue(Files.isDirectory(installed), "needs the Debian package dataset-fashion-mnist in " + installed);
        compareAccuracies(folder, FashionMnist.read(installed, "t10k"), "test", 0.05);
    }

    private static void compareAccuracies(Path folder, FashionMnist images, String part, double tolerance)
            throws IOException {
        JsonValue expected = evaluation(folder).get("accuracy");
        Map<String, Integer> right = new HashMap<>();
        try (Model model = Model.load(folder.resolve("model.onnx"));
                Session session = model.newSession(SessionOptions.defaults().withThreads(2))) {
            for (int from = 0; from < images.count(); from += BATCH) {
                Outputs outputs = session.run(Map.of("images", images.images(from, BATCH)));
                for (String name : outputs.names()) {
                    right.merge(name, right(outputs.get(name), images.labels(), from), Integer::sum);
                }
            }
        }
        right.forEach(
                (name, count) -> assertEquals(number(expected.get(name).get(part)), 100.0 * count / images.count(),
                        tolerance, folder + " " + name));
    }

    private static int right(Tensor logits, byte[] labels, int from) {
        int classes = logits.dim(1);
        float[] values = logits.floats();
        int right = 0;
        for (int i = 0; i < logits.dim(0); i++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                best = values[i * classes + c] > values[i * classes + best] ? c : best;
            }
            right += best == labels[from + i] ? 1 : 0;
        }
        return right;
    }

    /** Part of the text, as the whole takes a while. */
    @ParameterizedTest
    @MethodSource("language")
    void lossOnTheTextThatIsShipped(Path folder) throws IOException {
        byte[] text = Files.readAllBytes(DATA.resolve("evaluation-text.txt"));
        double loss = 0;
        int bytes = 0;
        try (Model model = Model.load(folder.resolve("model.onnx"));
                Session session = model.newSession(SessionOptions.defaults().withThreads(2))) {
            for (int from = 0; from + CONTEXT < text.length; from += 8 * CONTEXT) {
                long[] tokens = new long[CONTEXT];
                for (int i = 0; i < CONTEXT; i++) {
                    tokens[i] = text[from + i] & 0xFF;
                }
                float[] logits = session.run(Map.of("tokens", Tensor.of(tokens, 1, CONTEXT))).get("logits").floats();
                for (int i = 0; i < CONTEXT; i++, bytes++) {
                    loss += loss(logits, i * 256, text[from + i + 1] & 0xFF);
                }
            }
        }
        assertEquals(number(evaluation(folder).get("loss").get("logits").get("subset")), loss / bytes, 1e-3,
                new String(text, 0, 40, StandardCharsets.US_ASCII));
    }

    /** Negative log-likelihood, in nats. */
    private static double loss(float[] logits, int from, int target) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + 256; i++) {
            highest = Math.max(highest, logits[i]);
        }
        double sum = 0;
        for (int i = from; i < from + 256; i++) {
            sum += Math.exp(logits[i] - highest);
        }
        return highest + Math.log(sum) - logits[from + target];
    }
}
