package dev.lanewise.models;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelMetadata;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.models.tokenizer.Encoding;
import dev.lanewise.models.tokenizer.Tokenizer;
import dev.lanewise.models.tokenizer.Truncation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a text encoder takes for a text: {@code input_ids} and {@code attention_mask} of shape [1, tokens] as INT64, and
 * {@code token_type_ids} where the model declares them.
 */
public final class TextInputs {
    /** The input that says which tokens count. */
    public static final String MASK = "attention_mask";

    private static final String IDS = "input_ids";
    private static final String TYPES = "token_type_ids";
    private static final String HIDDEN = "last_hidden_state";

    private final Tokenizer tokenizer;
    private final boolean takesTypes;

    private TextInputs(Tokenizer tokenizer, boolean takesTypes) {
        this.tokenizer = tokenizer;
        this.takesTypes = takesTypes;
    }

    /**
     * For a model.
     *
     * @param model its name, for messages
     * @param maxLength longest text in tokens; 0 for the tokenizer's own, or {@value TextEmbedder#DEFAULT_MAX_LENGTH}
     * @throws UnsupportedModelException where the model takes other inputs
     */
    public static TextInputs of(String model, ModelMetadata metadata, Tokenizer tokenizer, int maxLength) {
        List<String> names = metadata.inputs().stream().map(Port::name).toList();
        if (!names.contains(IDS) || !names.contains(MASK) || !List.of(IDS, MASK, TYPES).containsAll(names)) {
            throw new UnsupportedModelException(model,
                    List.of("inputs " + names + " in a text embedder, which has "
                            + IDS + ", " + MASK + " and " + TYPES));
        }
        int length = maxLength > 0 ? maxLength
                : tokenizer.truncation().map(Truncation::maxLength).orElse(TextEmbedder.DEFAULT_MAX_LENGTH);
        return new TextInputs(tokenizer.withoutPadding().withMaxLength(length), names.contains(TYPES));
    }

    /** The output with the tokens' vectors: {@code last_hidden_state}, or else the first. */
    public static String hiddenOutput(ModelMetadata metadata) {
        List<Port> outputs = metadata.outputs();
        return outputs.stream().map(Port::name).filter(HIDDEN::equals).findFirst().orElse(outputs.getFirst().name());
    }

    /**
     * The tokenizer of a built-in model ({@link BuiltInModels}) or of a model file.
     *
     * @param chosen a {@code tokenizer.json}, or null for the model's own: for a file the one beside it or in the folder above
     */
    public static Tokenizer tokenizer(String nameOrFile, Path chosen) throws IOException {
        return chosen != null ? Tokenizer.load(chosen)
                : BuiltInModels.has(nameOrFile) ? BuiltInModels.find(nameOrFile).tokenizer()
                : Tokenizer.load(beside(Path.of(nameOrFile)));
    }

    static Path beside(Path model) {
        Path folder = model.toAbsolutePath().normalize().getParent();
        return Stream.of(folder, folder.getParent()).filter(f -> f != null).map(f -> f.resolve("tokenizer.json"))
                .filter(Files::isRegularFile).findFirst()
                .orElseThrow(() -> new InvalidInputException("tokenizer",
                        "a tokenizer.json beside the model file or in the folder above", "none in " + folder,
                        "name the file with EmbedderOptions.withTokenizer"));
    }

    /** Longest text in tokens, special ones included. */
    public int maxLength() {
        return tokenizer.truncation().orElseThrow().maxLength();
    }

    Encoding encode(String text) {
        return tokenizer.encode(text);
    }

    /** The inputs for a text; what is longer than the longest is cut. */
    public Map<String, Tensor> of(String text) {
        return of(encode(text));
    }

    /** Inputs of so many tokens, of some text's words: what time is measured with. */
    Map<String, Tensor> ofLength(int length) {
        long[] words = tokenizer.encode("a text of some usual words").ids();
        long[] ids = new long[length];
        long[] mask = new long[length];
        for (int i = 0; i < length; i++) {
            ids[i] = words[i % words.length];
            mask[i] = 1;
        }
        return of(ids, mask, new long[length]);
    }

    Map<String, Tensor> of(Encoding e) {
        if (e.length() == 0) {
            throw new InvalidInputException("text", "a tokenizer that sets tokens around a text, or a text with tokens",
                    "no tokens", "leave out empty texts");
        }
        return of(e.ids(), e.attentionMask(), e.typeIds());
    }

    private Map<String, Tensor> of(long[] ids, long[] mask, long[] types) {
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put(IDS, Tensor.of(ids, 1, ids.length));
        inputs.put(MASK, Tensor.of(mask, 1, ids.length));
        if (takesTypes) {
            inputs.put(TYPES, Tensor.of(types, 1, ids.length));
        }
        return inputs;
    }
}
