package dev.lanewise.models.checkpoint;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.AdaptiveOptions;
import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Outputs;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.safetensors.Safetensors;
import dev.lanewise.loaders.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ways to adapt that go together: a size of a nested model is the model cut to that width, whatever else adapts. */
class CombinationsTest {
    private static final int FULL = 20;
    private static final int NARROW = 10;
    private static final int IMAGES = 12;
    private static final String SAMPLING = "\"token_sampling\": {\"blocks\": [1], \"reference_tokens\": 5, "
            + "\"score\": \"class attention times norm of v over all heads\", \"grid\": \"official\", \"softmax_epsilon\": 1e-6}";

    @TempDir
    private Path folder;

    @Test
    void unifiedNormalizationAndWidths() throws IOException {
        same("vit-unified", "", LoadOptions.defaults(), Map.of());
    }

    @Test
    void tokenSamplingAndWidths() throws IOException {
        same("vit-unified", SAMPLING + ", ", LoadOptions.defaults(), Map.of());
    }

    /** At a threshold that some images reach early, and with none that leaves. */
    @Test
    void earlyExitsAndWidths() throws IOException {
        LoadOptions leave = LoadOptions.defaults().withAdaptive(new AdaptiveOptions(0, 0, true));
        same("vit-exits", "", leave, Map.of("exit_threshold", Tensor.of(new float[] {0.2f}, 1)));
        same("vit-exits", "", leave, Map.of("exit_threshold", Tensor.of(new float[] {2}, 1)));
    }

    private void same(String name, String keys, LoadOptions options, Map<String, Tensor> given) throws IOException {
        Path nested = variant(name, keys + "\"nested_axis\": \"ffn\", \"nested_widths\": [10, 20], ", FULL);
        Path cut = variant(name, keys, NARROW);
        Random random = new Random(5);
        boolean differs = false;
        try (Model elastic = Model.load(nested, options);
                Session whole = elastic.newSession();
                Model small = Model.load(cut, options);
                Session narrow = small.newSession()) {
            RunOptions half = RunOptions.defaults().withSubmodel(elastic.elastic().widths(NARROW));
            for (int i = 0; i < IMAGES; i++) {
                float[] pixels = new float[2 * 9 * 9];
                for (int p = 0; p < pixels.length; p++) {
                    pixels[p] = (float) random.nextGaussian();
                }
                Map<String, Tensor> inputs = new HashMap<>(given);
                inputs.put("images", Tensor.of(pixels, 1, 2, 9, 9));
                Outputs expected = narrow.run(inputs);
                Outputs found = whole.run(inputs, half);
                for (String output : expected.names()) {
                    assertTrue(equal(expected.get(output), found.get(output)), output + " of image " + i);
                }
                differs |= !equal(expected.get("logits"), whole.run(inputs).get("logits"));
            }
        }
        assertTrue(differs, "the widths make no difference");
    }

    private static boolean equal(Tensor a, Tensor b) {
        return Arrays.equals(a.shape(), b.shape()) && (a.type() == DataType.FLOAT
                ? Arrays.equals(a.floats(), b.floats()) : Arrays.equals(a.longs(), b.longs()));
    }

    /** The checkpoint with further keys, its feed-forward blocks cut to so many neurons. */
    private Path variant(String name, String keys, int width) throws IOException {
        Path good = Path.of("src/test/resources/checkpoints", name);
        Path made = Files.createTempDirectory(folder, name);
        String config = Files.readString(good.resolve("config.json"));
        Files.writeString(made.resolve("config.json"),
                config.replace("\"classes\"", keys + "\"classes\"").replace("\"ffn_size\": 20",
                        "\"ffn_size\": " + width));
        Map<String, Tensor> tensors = new HashMap<>(
                Safetensors.read(ModelSource.of(good.resolve("model.safetensors"))).tensors());
        tensors.replaceAll((tensor, t) -> tensor.contains(".mlp.0.") ? head(t, width)
                : tensor.endsWith(".mlp.3.weight") ? columns(t, width) : t);
        SafetensorsWriter.write(made.resolve("model.safetensors"), tensors, Map.of());
        return made;
    }

    private static Tensor head(Tensor t, int rows) {
        int[] shape = t.shape();
        float[] kept = Arrays.copyOf(t.floats(), t.size() / shape[0] * rows);
        shape[0] = rows;
        return Tensor.of(kept, shape);
    }

    private static Tensor columns(Tensor t, int columns) {
        float[] kept = new float[t.dim(0) * columns];
        for (int r = 0; r < t.dim(0); r++) {
            System.arraycopy(t.floats(), r * t.dim(1), kept, r * columns, columns);
        }
        return Tensor.of(kept, t.dim(0), columns);
    }
}
