package dev.lanewise.models.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.LanewiseException;
import dev.lanewise.Model;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.safetensors.Safetensors;
import dev.lanewise.loaders.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders whose parts do not fit each other cost an exception that says which part. */
class BadCheckpointTest {
    private static final String MLP = "encoder.layers.encoder_layer_1.mlp.0.weight";

    private static final String MODULES =
            "\"acm\": {\"learners\": 4, \"least_learners\": {\"q_proj\": 1, \"k_proj\": 1, \"v_proj\": 1, \"o_proj\": 1, \"mlp\": 0}, "
                    + "\"bias\": \"hidden_only\", \"activations\": {\"mlp\": \"gelu\", \"projections\": \"identity\"}}";

    @TempDir
    private Path folder;

    private static Path good(String name) {
        return Path.of("src/test/resources/checkpoints", name);
    }

    private void config(String name, String from, String to) throws IOException {
        String text = Files.readString(good(name).resolve("config.json"));
        String changed = text.replaceAll(from, to);
        assertTrue(!changed.equals(text), from);
        Files.writeString(folder.resolve("config.json"), changed);
        Files.copy(good(name).resolve("model.safetensors"), folder.resolve("model.safetensors"));
    }

    private <T extends LanewiseException> T refused(Class<T> type, String... words) {
        T e = assertThrows(type, () -> Model.load(folder));
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), e.getMessage());
        }
        return e;
    }

    /** Columns: kind of fault; which model; what of its config.json becomes what; the place and what was expected there. */
    @ParameterizedTest(name = "{0}: {1}, {2} becomes {3}")
    @CsvSource(delimiter = '|', value = {
        "26 | vit-nested | \"heads\": 3 | \"heads\": 5 | $.heads | a divisor of hidden_size, 12",
        "26 | vit-nested | \"heads\": 3 | \"heads\": 0 | $.heads | a whole number from 1",
        "26 | vit-nested | \"heads\": 3 | \"heads\": \"3\" | $.heads | found the string '3'",
        "26 | vit-nested | \"layers\": 2 | \"layers\": 3 | $.width_per_layer | a width for each of 3 layers",
        "sizes | vit-unified | \"layers\": 3 | \"layers\": 4 | encoder_layer_3.ln_1 | no tensor of that name",
        "sizes | vit-unified | \"layers\": 3 | \"layers\": 2 | encoder_layer_2 | tensors of the architecture alone",
        "sizes | vit-nested | \"hidden_size\": 12 | \"hidden_size\": 24 | conv_proj.weight | [24, 1, 14, 14]",
        "sizes | vit-nested | \"image_size\": 28 | \"image_size\": 56 | encoder.pos_embedding | [1, 17, 12]",
        "sizes | vit-nested | \"image_size\": 28 | \"image_size\": 12 | $.patch_size | at most image_size, 12",
        "sizes | vit-nested | \"image_size\": 28 | \"image_size\": 1e300 | $.image_size | a whole number",
        "sizes | vit-nested | \"classes\": 10 | \"classes\": 9 | heads.head.weight | [9, 12]",
        "29 | vit-nested | \"norm_epsilon\": 1e-06 | \"norm_epsilon\": 0 | $.norm_epsilon | a number from",
        "29 | vit-nested | \"norm_epsilon\": 1e-06, | '' | $.norm_epsilon | found nothing",
        "sizes | vit-nested | \"pixel_mean\": 0.286 | \"pixel_mean\": [] | $.pixel_mean | a number",
        "26 | vit-nested | 5,\\s+10,\\s+20 | 5, 10, 40 | $.nested_widths | width last, 20",
        "26 | vit-nested | 5,\\s+10,\\s+20 | 20, 10, 20 | lanewise.nested_widths | widths that rise",
        "26 | vit-nested | 5,\\s+10,\\s+20 | 0, 10, 20 | $.nested_widths[0] | a whole number from 1",
        "26 | vit-nested | 5,\\s+10,\\s+20 | '' | $.nested_widths | one or more sizes",
        "26 | vit-nested | 20,\\s+20 | 20, 19 | encoder_layer_1.mlp.0.weight | 19",
        "27 | vit-exits | \"after_layers\": \\[\\s+0, | \"after_layers\": [ 1, | $.exits.after_layers[1] | a whole number from 2",
        "27 | vit-exits | \"after_layers\": \\[\\s+0,\\s+1 | \"after_layers\": [ 0 | tensor 'exits.1 | alone",
        "27 | vit-nested | \"classes\": 10 | \"classes\": 10, \"acm\": {\"learners\": 4} | $.acm.least_learners | an object",
        "27 | vit-nested | \"classes\": 10 | \"classes\": 10, \"acm\": {\"learners\": 0} | $.acm.learners | a whole number from 1",
        "27 | vit-nested | \"classes\": 10 | \"classes\": 10, \"token_sampling\": {} | $.token_sampling.blocks | an array",
        "27 | vit-nested | \"classes\": 10 | \"classes\": 10, \"token_sampling\": {\"blocks\": [2]} | $.token_sampling.blocks[0] | from 0 to 1",
        "26 | decoder | \"key_value_heads\": 1 | \"key_value_heads\": 3 | $.key_value_heads | a divisor of heads, 4",
        "26 | decoder | \"key_value_heads\": 1 | \"key_value_heads\": 2 | att_proj.weight | [16, 8]",
        "sizes | decoder | \"vocabulary\": 256 | \"vocabulary\": 255 | transformer.wte.weight | [255, 8]",
        "sizes | decoder | \"context\": 16 | \"context\": null | $.context | found nothing",
    })
    void wrongSizes(String kind, String name, String from, String to, String place, String expected)
            throws IOException {
        config(name, from, to == null ? "" : to);
        refused(ModelFormatException.class, place, expected);
    }

    @ParameterizedTest(name = "{0}: {1}, {2} becomes {3}")
    @CsvSource(delimiter = '|', value = {
        "sizes | vit-nested | \"architecture\": \"vit\" | \"architecture\": \"bert\" | architecture 'bert'",
        "sizes | vit-nested | \"norm\": \"layer\" | \"norm\": \"batch\" | norm 'batch'",
        "sizes | vit-nested | \"activation\": \"gelu\" | \"activation\": \"sine\" | activation 'sine'",
        "26 | vit-nested | \"nested_axis\": \"ffn\" | \"nested_axis\": \"heads\" | nested_axis 'heads'",
        "27 | decoder | \"vocabulary\": 256 | \"vocabulary\": 256, \"acm\": {} | key 'acm'",
        "27 | vit-exits | highest softmax probability | entropy | exits.confidence 'entropy'",
        "26 | vit-nested | \"classes\": 10 | \"classes\": 10, \"mix_order\": \"any\" | mix_order 'any'",
        "26 | vit-nested | \"classes\": 10 | \"classes\": 10, " + MODULES + " | nested_widths 'with acm'",
        "26 | vit-unified | \"classes\": 10 | \"classes\": 10, \"width_per_layer\": [20, 20, 20], " + MODULES
                + " | width_per_layer 'with acm'",
        "sizes | decoder | \"position\": \"alibi\" | \"position\": \"rotary\" | position 'rotary'",
        "sizes | decoder | \"tied_head\": true | \"tied_head\": false | tied_head 'false'",
        "sizes | decoder | \"tokens\": \"bytes\" | \"tokens\": \"words\" | tokens 'words'",
    })
    void kindsThatAreNotThere(String kind, String name, String from, String to, String feature) throws IOException {
        config(name, from, to);
        UnsupportedModelException e = refused(UnsupportedModelException.class, feature);
        assertTrue(e.source().endsWith("config.json"), e.source());
    }

    private void weights(String name, String tensor, Tensor value) throws IOException {
        Map<String, Tensor> tensors =
                new HashMap<>(Safetensors.read(ModelSource.of(good(name).resolve("model.safetensors"))).tensors());
        if (value == null) {
            tensors.remove(tensor);
        } else {
            tensors.put(tensor, value);
        }
        Files.writeString(folder.resolve("config.json"), Files.readString(good(name).resolve("config.json")));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
    }

    private void refusedWith(String tensor, Tensor value, String... words) throws IOException {
        weights("vit-unified", tensor, value);
        refused(ModelFormatException.class, words);
    }

    @Test
    @DisplayName("26 and 28 tensors that are not there, or of other shapes or types")
    void tensorsThatDoNotFit() throws IOException {
        weights("vit-unified", MLP, null);
        ModelFormatException e = refused(ModelFormatException.class, MLP, "[any, 12]", "no tensor of that name");
        assertTrue(e.source().endsWith("model.safetensors"), e.source());
        refusedWith(MLP, Tensor.of(new float[240], 240), MLP, "[any, 12]", "found FLOAT[240]");
        refusedWith(MLP, Tensor.of(new float[0], 0, 12), MLP, "[any, 12]", "found FLOAT[0, 12]");
        refusedWith(MLP, Tensor.of(new double[240], 20, 12), MLP, "FLOAT, FLOAT16 or BFLOAT16", "DOUBLE[20, 12]");
        refusedWith(MLP, Tensor.of(new float[19 * 12], 19, 12), "encoder_layer_1.mlp.0.bias", "[19]", "FLOAT[20]");
        refusedWith("more", Tensor.of(new float[1], 1), "tensor 'more'", "a tensor that is none of them");
    }

    @Test
    @DisplayName("29 statistics of normalisation that are negative, no numbers, infinite, of another length, or not there")
    void statistics() throws IOException {
        String variance = "encoder.ln.running_var";
        refusedWith(variance, Tensor.of(filled(12, -1), 12), "encoder.ln", "0 or more", "-1.0");
        refusedWith(variance, Tensor.of(filled(12, Float.NaN), 12), "encoder.ln", "0 or more", "NaN");
        refusedWith(variance, Tensor.of(filled(12, Float.POSITIVE_INFINITY), 12), "encoder.ln", "0 or more",
                "Infinity");
        refusedWith(variance, Tensor.of(filled(11, 1), 11), variance, "[12]", "found FLOAT[11]");
        refusedWith(variance, null, "'encoder.ln'", "UNIFIED", "found LAYER");
        refusedWith("encoder.ln.running_mean", Tensor.of(new float[12], 12), "'encoder.ln'", "UNIFIED", "found BATCH");
    }

    private static float[] filled(int n, float value) {
        float[] all = new float[n];
        java.util.Arrays.fill(all, value);
        return all;
    }

    @Test
    void filesThatAreNotThere() throws IOException {
        ModelFormatException none = refused(ModelFormatException.class, "a model format out of");
        assertEquals(folder.toString(), none.source());
        Files.writeString(folder.resolve("config.json"), Files.readString(good("decoder").resolve("config.json")));
        assertThrows(UncheckedIOException.class, () -> Model.load(folder));
        Files.writeString(folder.resolve("config.json"), "[]");
        refused(ModelFormatException.class, "config.json", "an object");
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"bert\"}");
        refused(ModelFormatException.class, "$.architecture", "found nothing");
    }

    /** Whatever single bytes of the two files become, the outcome is a model or one of the exceptions that say so. */
    @Test
    void anyByteMayChange() throws IOException {
        Random random = new Random(1);
        for (String name : new String[] {"vit-exits", "decoder"}) {
            for (String file : new String[] {"config.json", "model.safetensors"}) {
                for (int i = 0; i < 50; i++) {
                    for (String f : new String[] {"config.json", "model.safetensors"}) {
                        byte[] bytes = Files.readAllBytes(good(name).resolve(f));
                        if (f.equals(file)) {
                            bytes[random.nextInt(Math.min(bytes.length, 3000))] = (byte) random.nextInt(32, 127);
                        }
                        Files.write(folder.resolve(f), bytes);
                    }
                    try {
                        Model.load(folder).close();
                    } catch (ModelFormatException | UnsupportedModelException e) {
                        assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
                    }
                }
            }
        }
    }
}
