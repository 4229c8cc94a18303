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
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.elastic.Submodel;
import dev.lanewise.loaders.json.JsonReader;
import dev.lanewise.loaders.json.JsonValue;
import dev.lanewise.loaders.safetensors.Safetensors;
import dev.lanewise.models.evaluation.ByteLoss;
import dev.lanewise.models.evaluation.Evaluation;
import dev.lanewise.models.evaluation.ImageAccuracy;
import dev.lanewise.models.evaluation.LabelledImages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The project's own checkpoints compute in Lanewise what they computed where they were trained. */
class ReferenceCheckpointsTest {
    private static final Path CHECKPOINTS = Path.of(System.getProperty("lanewise.checkpoints", "checkpoints"));
    /** Of the largest logit. */
    private static final float NEARLY = 1e-6f;
    private static final Path DATA = Path.of("checkpoints", "data");

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

    private static JsonValue json(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return JsonReader.read(in, file.toString(), 1 << 20);
        }
    }

    /** What a model's logits are called in each of its sizes: {@code logits} of the whole, {@code logits.48} of that width. */
    private static Map<String, RunOptions> sizes(Model model) {
        Map<String, RunOptions> sizes = new LinkedHashMap<>(Map.of("logits", RunOptions.defaults()));
        if (model.compiled().elastic() != null) {
            for (Submodel s : model.elastic().granularities()) {
                String name = s.equals(model.elastic().full()) ? "logits" : "logits." + s.width(0);
                sizes.put(name, RunOptions.defaults().withSubmodel(s));
            }
        }
        return sizes;
    }

    private static float[] logits(Outputs outputs, String output) {
        return outputs.get(outputs.names().contains(output) ? output : "logits").toFloatArray();
    }

    /** By the ONNX file and by the folder, vector kernels and scalar ones, optimised and as written, in each size. */
    @ParameterizedTest
    @MethodSource("all")
    void golden(Path folder) {
        Safetensors golden = Safetensors.read(ModelSource.of(folder.resolve("golden.safetensors")));
        Map<String, Tensor> inputs = new HashMap<>(golden.tensors());
        inputs.keySet().removeIf(name -> name.startsWith("logits"));
        LoadOptions options = LoadOptions.defaults();
        Map<String, float[]> onnx = null;
        for (Path file : List.of(folder.resolve("model.onnx"), folder)) {
            Map<String, float[]> first = new HashMap<>();
            for (LoadOptions o : List.of(options, options.withKernels(KernelMode.SCALAR))) {
                try (Model model = Model.load(file, o); Session session = model.newSession()) {
                    sizes(model).forEach((size, how) -> {
                        Outputs outputs = session.run(inputs, how);
                        for (String name : size.equals("logits") ? outputs.names() : List.of(size)) {
                            float[] found = logits(outputs, name);
                            compare(golden.get(name), found, file + " " + name);
                            assertArrayEquals(first.computeIfAbsent(name, n -> found), found, file + " scalar " + name);
                        }
                    });
                }
            }
            assertEquals(golden.tensors().keySet().stream().filter(n -> n.startsWith("logits")).sorted().toList(),
                    first.keySet().stream().sorted().toList(), "outputs and sizes of " + file);
            try (Model model = Model.load(file, options.withOptimise(false))) {
                Outputs outputs = model.newSession().run(inputs);
                for (String name : outputs.names()) {
                    compare(golden.get(name), outputs.get(name).toFloatArray(), file + " not optimised " + name);
                }
            }
            if (onnx != null) {
                compareForms(folder, onnx, first);
            }
            onnx = first;
        }
    }

    /**
     * The same bits; of a language model, whose attention is one step when it is built from the folder, and of Unified
     * Normalization, whose factors are rounded once then, nearly.
     */
    private static void compareForms(Path folder, Map<String, float[]> onnx, Map<String, float[]> built) {
        String model = folder.getFileName().toString();
        boolean exact = !model.startsWith("lm-") && !model.equals("vit-un");
        onnx.forEach((name, expected) -> {
            float largest = 0;
            for (float v : expected) {
                largest = Math.max(largest, Math.abs(v));
            }
            if (exact) {
                assertArrayEquals(expected, built.get(name), folder + " " + name);
            } else {
                assertArrayEquals(expected, built.get(name), NEARLY * largest, folder + " " + name);
            }
        });
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
        Path images = DATA.resolve("fashion-mnist-2000-images-idx3-ubyte.gz");
        compare(folder, accuracy(folder, images), "subset", 0.1);
    }

    @ParameterizedTest
    @MethodSource("vision")
    void accuracyOnAllTestImages(Path folder) throws IOException {
        Path installed = Path.of(System.getProperty("lanewise.fashion-mnist", "/usr/share/datasets/fashion-mnist"));
        assumeTrue(Files.isDirectory(installed), "needs the Debian package dataset-fashion-mnist in " + installed);
        compare(folder, accuracy(folder, installed.resolve("t10k-images-idx3-ubyte.gz")), "test", 0.05);
    }

    private static ImageAccuracy accuracy(Path folder, Path images) throws IOException {
        JsonValue config = json(folder.resolve("config.json"));
        return new ImageAccuracy(LabelledImages.read(images), (float) config.get("pixel_mean").number(0, 1),
                (float) config.get("pixel_deviation").number(0, 1));
    }

    /** Every eighth window, as the whole text takes a while. */
    @ParameterizedTest
    @MethodSource("language")
    void lossOnTheTextThatIsShipped(Path folder) throws IOException {
        int context = json(folder.resolve("config.json")).get("context").integer(1, 1 << 16);
        compare(folder, new ByteLoss(Files.readAllBytes(DATA.resolve("evaluation-text.txt")), context, 8), "subset",
                1e-3);
    }

    /** What the accuracy of a model's only logits was where it was trained. */
    static double expected(Path folder, String part) throws IOException {
        return json(folder.resolve("evaluation.json")).get("accuracy").get("logits").get(part).number(0, 100);
    }

    /** Each size and each head of a model against what its card says. */
    private static void compare(Path folder, Evaluation evaluation, String part, double tolerance) throws IOException {
        JsonValue expected = json(folder.resolve("evaluation.json")).get(evaluation.metric());
        try (Model model = Model.load(folder);
                Session session = model.newSession(SessionOptions.defaults().withThreads(2))) {
            sizes(model).forEach((size, how) -> evaluation.measure(session, how).forEach((output, measured) -> {
                String name = size.equals("logits") ? output : size;
                assertEquals(expected.get(name).get(part).number(0, 100), measured, tolerance, folder + " " + name);
            }));
        }
    }
}
