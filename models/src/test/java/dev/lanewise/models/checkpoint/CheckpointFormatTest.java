package dev.lanewise.models.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.SessionOptions.WarmUp;
import dev.lanewise.Tensor;
import dev.lanewise.elastic.Elastic;
import dev.lanewise.elastic.HiddenLayer;
import dev.lanewise.elastic.Submodel;
import dev.lanewise.loaders.safetensors.Safetensors;
import dev.lanewise.loaders.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders as {@code models/training} writes them: small models with random weights, and the results PyTorch has in float64. */
@Tag("width")
class CheckpointFormatTest {
    private static final SessionOptions COLD = SessionOptions.defaults().withWarmUp(WarmUp.NONE);

    @TempDir
    private Path temporary;

    private static Path folder(String name) {
        return Path.of("src/test/resources/checkpoints", name);
    }

    private static Safetensors golden(Path folder) {
        return Safetensors.read(ModelSource.of(folder.resolve("golden.safetensors")));
    }

    private static Map<String, Tensor> inputs(Safetensors golden) {
        Map<String, Tensor> inputs = new HashMap<>(golden.tensors());
        inputs.keySet().removeIf(n -> n.startsWith("logits"));
        return inputs;
    }

    private static Outputs run(Path model, LoadOptions options, Map<String, Tensor> inputs) {
        try (Model loaded = Model.load(model, options); Session session = loaded.newSession(COLD)) {
            return session.run(inputs);
        }
    }

    private static void near(double[] expected, float[] found, double tolerance, String what) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        assertEquals(expected.length, found.length, what);
        for (int i = 0; i < found.length; i++) {
            assertEquals(expected[i], found[i], tolerance * largest, what + " [" + i + "]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vit-nested", "vit-unified", "vit-exits", "decoder"})
    void computesWhatPyTorchDoes(String name) {
        Safetensors golden = golden(folder(name));
        for (boolean optimise : new boolean[] {true, false}) {
            Outputs outputs = run(folder(name), LoadOptions.defaults().withOptimise(optimise), inputs(golden));
            for (String output : outputs.names()) {
                near(golden.get(output).doubles(), outputs.get(output).floats(), 2e-6, output + " " + optimise);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vit-nested", "vit-exits"})
    void visionTransformersHaveTheBitsOfTheOnnxFile(String name) {
        Map<String, Tensor> inputs = inputs(golden(folder(name)));
        Outputs built = run(folder(name), LoadOptions.defaults(), inputs);
        Outputs onnx = run(folder(name).resolve("model.onnx"), LoadOptions.defaults(), inputs);
        assertEquals(onnx.names(), built.names());
        for (String output : onnx.names()) {
            assertArrayEquals(onnx.get(output).floats(), built.get(output).floats(), output);
        }
    }

    /**
     * The last bits differ: the decoder's attention runs as one step here and as written there, and the factors of Unified
     * Normalization are rounded once here and after each operation there.
     */
    @ParameterizedTest
    @ValueSource(strings = {"vit-unified", "decoder"})
    void othersAreNearTheOnnxFile(String name) {
        Map<String, Tensor> inputs = inputs(golden(folder(name)));
        float[] built = run(folder(name), LoadOptions.defaults(), inputs).get("logits").floats();
        float[] onnx = run(folder(name).resolve("model.onnx"), LoadOptions.defaults(), inputs).get("logits").floats();
        near(IntStream.range(0, onnx.length).mapToDouble(i -> onnx[i]).toArray(), built, 1e-6, "logits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vit-nested", "decoder"})
    void nestedWidthsMakeItElastic(String name) {
        Safetensors golden = golden(folder(name));
        try (Model model = Model.load(folder(name)); Session session = model.newSession(COLD)) {
            Elastic elastic = model.elastic();
            assertEquals(2, elastic.layers().size());
            int full = elastic.layers().getFirst().width();
            for (Submodel submodel : elastic.granularities()) {
                String output = submodel.width(0) == full ? "logits" : "logits." + submodel.width(0);
                near(golden.get(output).doubles(), session.run(inputs(golden), submodel).get("logits").floats(), 2e-6,
                        output);
            }
            try (Model onnx = Model.load(folder(name).resolve("model.onnx"))) {
                assertEquals(onnx.elastic().granularities(), elastic.granularities());
            }
        }
    }

    /** A decoder goes on beyond the length of its golden texts, and what a token gets does not depend on later ones. */
    @Test
    void laterTokensChangeNothing() {
        try (Model model = Model.load(folder("decoder")); Session session = model.newSession(COLD)) {
            long[] tokens = IntStream.range(0, 300).mapToLong(i -> i * 7 % 256).toArray();
            float[] all = session.run(Map.of("tokens", Tensor.of(tokens, 1, 300))).get("logits").floats();
            float[] some = session.run(Map.of("tokens", Tensor.of(Arrays.copyOf(tokens, 150), 1, 150))).get("logits")
                    .floats();
            assertArrayEquals(Arrays.copyOf(all, some.length), some);
        }
    }

    /** Two heads of keys for four of queries are four, each of them twice. */
    @Test
    void headsOfKeysThatAreSharedAreHeadsRepeated() throws IOException {
        Map<String, Tensor> tensors =
                new HashMap<>(
                        Safetensors.read(ModelSource.of(folder("decoder").resolve("model.safetensors"))).tensors());
        Map<String, Tensor> repeated = new HashMap<>(tensors);
        int[] two = IntStream.concat(IntStream.range(0, 8), IntStream.of(0, 1, 2, 3, 4, 5, 6, 7)).toArray();
        int[] four = IntStream.concat(IntStream.range(0, 8),
                IntStream.of(0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7)).toArray();
        for (int block = 0; block < 2; block++) {
            for (String part : new String[] {".att_proj.weight", ".att_proj.bias"}) {
                String name = "transformer.blocks." + block + part;
                tensors.put(name, rows(tensors.get(name), two));
                repeated.put(name, rows(repeated.get(name), four));
            }
        }
        Map<String, Tensor> inputs = inputs(golden(folder("decoder")));
        float[] shared = run(decoder("shared", 2, tensors), LoadOptions.defaults(), inputs).get("logits").floats();
        float[] each = run(decoder("each", 4, repeated), LoadOptions.defaults(), inputs).get("logits").floats();
        assertArrayEquals(each, shared);
    }

    /** The same numbers in either form of 16 bits and in 32 give the same bits. */
    @Test
    void weightsOfSixteenBitsAreWidened() throws IOException {
        Map<String, Tensor> halves =
                Safetensors.read(ModelSource.of(folder("decoder").resolve("model.safetensors"))).tensors();
        Map<String, Tensor> floats = new HashMap<>();
        Map<String, Tensor> cut = new HashMap<>();
        Map<String, Tensor> brain = new HashMap<>();
        halves.forEach((name, t) -> {
            float[] wide = new float[t.size()];
            float[] coarse = new float[t.size()];
            short[] bits = new short[t.size()];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = Float.float16ToFloat(t.shorts()[i]);
                bits[i] = (short) (Float.floatToRawIntBits(wide[i]) >>> 16);
                coarse[i] = Float.intBitsToFloat(bits[i] << 16);
            }
            floats.put(name, Tensor.of(wide, t.shape()));
            cut.put(name, Tensor.of(coarse, t.shape()));
            brain.put(name, Tensor.of(DataType.BFLOAT16, bits, t.shape()));
        });
        Map<String, Tensor> inputs = inputs(golden(folder("decoder")));
        LoadOptions options = LoadOptions.defaults();
        float[] stored = run(folder("decoder"), options, inputs).get("logits").floats();
        assertArrayEquals(stored, run(decoder("floats", 1, floats), options, inputs).get("logits").floats());
        float[] coarse = run(decoder("cut", 1, cut), options, inputs).get("logits").floats();
        assertArrayEquals(coarse, run(decoder("brain", 1, brain), options, inputs).get("logits").floats());
        assertFalse(Arrays.equals(stored, coarse));
    }

    private static Tensor rows(Tensor t, int[] rows) {
        int width = t.size() / t.dim(0);
        short[] picked = new short[rows.length * width];
        for (int r = 0; r < rows.length; r++) {
            System.arraycopy(t.shorts(), rows[r] * width, picked, r * width, width);
        }
        int[] shape = t.shape();
        shape[0] = rows.length;
        return Tensor.of(t.type(), picked, shape);
    }

    private Path decoder(String name, int keyValueHeads, Map<String, Tensor> tensors) throws IOException {
        Path made = Files.createDirectory(temporary.resolve(name));
        Files.writeString(made.resolve("config.json"), Files.readString(folder("decoder").resolve("config.json"))
                .replace("\"key_value_heads\": 1", "\"key_value_heads\": " + keyValueHeads));
        SafetensorsWriter.write(made.resolve("model.safetensors"), tensors, Map.of());
        return made;
    }

    /** As a pruned model has them. */
    @Test
    void widthsOfLayersAreThoseOfTheTensors() throws IOException {
        Map<String, Tensor> tensors = new HashMap<>(
                Safetensors.read(ModelSource.of(folder("vit-unified").resolve("model.safetensors"))).tensors());
        String mlp = "encoder.layers.encoder_layer_1.mlp.";
        tensors.put(mlp + "0.weight", Tensor.of(new float[7 * 12], 7, 12));
        tensors.put(mlp + "0.bias", Tensor.of(new float[7], 7));
        tensors.put(mlp + "3.weight", Tensor.of(new float[12 * 7], 12, 7));
        Files.copy(folder("vit-unified").resolve("config.json"), temporary.resolve("config.json"));
        SafetensorsWriter.write(temporary.resolve("model.safetensors"), tensors, Map.of());
        LoadOptions elastic = LoadOptions.defaults().withGranularities(1);
        try (Model model = Model.load(temporary.resolve("config.json"), elastic); Session s = model.newSession(COLD)) {
            assertEquals(List.of(20, 7, 20), model.elastic().layers().stream().map(HiddenLayer::width).toList());
            Safetensors golden = golden(folder("vit-unified"));
            assertTrue(Float.isFinite(s.run(inputs(golden)).get("logits").floats()[0]));
        }
    }

    /** Once loaded, a model needs its files no more, and says what its images and texts are. */
    @Test
    void saysWhatItIs() throws IOException {
        for (String file : new String[] {"config.json", "model.safetensors"}) {
            Files.copy(folder("vit-nested").resolve(file), temporary.resolve(file));
        }
        try (Model model = Model.load(temporary); Session session = model.newSession(COLD)) {
            Files.delete(temporary.resolve("config.json"));
            Files.delete(temporary.resolve("model.safetensors"));
            assertEquals("[images: FLOAT[batch,1,28,28]]", model.metadata().inputs().toString());
            assertEquals("[logits: FLOAT[batch,10]]", model.metadata().outputs().toString());
            assertEquals("0.286", model.metadata().properties().get("lanewise.pixel_mean"));
            assertEquals("5,10,20", model.metadata().properties().get("lanewise.nested_widths"));
            session.run(Map.of("images", Tensor.of(new float[784], 1, 1, 28, 28)));
        }
        try (Model model = Model.load(folder("decoder"))) {
            assertEquals("[logits: FLOAT[batch,length,256]]", model.metadata().outputs().toString());
            assertEquals("16", model.metadata().properties().get("lanewise.context"));
        }
    }
}
