package dev.lanewise.models.tokenizer;

import dev.lanewise.loaders.json.JsonValue;

/** Third stage: turns one word into tokens. A new model (BPE, Unigram) is a class here and a line in {@link #read}. */
sealed interface TokenizerModel permits WordPiece {

    /** Appends the tokens of the word {@code [from, to)}, which is not empty. */
    void tokenize(AlignedText text, int from, int to, TokenBuffer out);

    Vocabulary vocabulary();

    static TokenizerModel read(JsonValue json) {
        // Files from before the type was written hold the members of WordPiece alone.
        String type = json.get("type").isNull() && !json.get("max_input_chars_per_word").isNull() ? "WordPiece"
                : json.get("type").string();
        if (type.equals("WordPiece")) {
            return WordPiece.read(json);
        }
        throw UnsupportedTokenizerException.of(json, "model", type);
    }
}
