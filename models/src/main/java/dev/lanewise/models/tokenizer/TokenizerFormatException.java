package dev.lanewise.models.tokenizer;

import dev.lanewise.ModelFormatException;

/**
 * A {@code tokenizer.json} is not JSON, or not what a tokeniser needs; {@link #where()} is the JSON path, as
 * {@code $.model.vocab}.
 */
public final class TokenizerFormatException extends ModelFormatException {
    TokenizerFormatException(String source, String path, String expected, String found, String advice,
            Throwable cause) {
        super(source, path, expected, found, advice, cause);
    }
}
