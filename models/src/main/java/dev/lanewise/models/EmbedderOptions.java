package dev.lanewise.models;

import dev.lanewise.InvalidInputException;
import dev.lanewise.LoadOptions;
import dev.lanewise.SessionOptions;
import java.nio.file.Path;

/**
 * How a {@link TextEmbedder} is set up.
 *
 * @param tokenizer a {@code tokenizer.json}; null for the built-in model's own, or for a model file the one beside it or in
 *        the folder above
 * @param maxLength longest text in tokens, special ones included; what is beyond is cut. 0 for the tokenizer's own
 *        truncation, or {@value TextEmbedder#DEFAULT_MAX_LENGTH} where it has none
 * @param load how the model is loaded
 * @param session how it runs
 */
public record EmbedderOptions(Path tokenizer, int maxLength, LoadOptions load, SessionOptions session) {
    public EmbedderOptions {
        if (maxLength < 0) {
            throw new InvalidInputException("maxLength", "0 or more", Integer.toString(maxLength), "give a length");
        }
    }

    /** The model's own tokenizer and length, one thread. */
    public static EmbedderOptions defaults() {
        return new EmbedderOptions(null, 0, LoadOptions.defaults(), SessionOptions.defaults());
    }

    public EmbedderOptions withTokenizer(Path value) {
        return new EmbedderOptions(value, maxLength, load, session);
    }

    public EmbedderOptions withMaxLength(int value) {
        return new EmbedderOptions(tokenizer, value, load, session);
    }

    public EmbedderOptions withLoad(LoadOptions value) {
        return new EmbedderOptions(tokenizer, maxLength, value, session);
    }

    public EmbedderOptions withSession(SessionOptions value) {
        return new EmbedderOptions(tokenizer, maxLength, load, value);
    }
}
