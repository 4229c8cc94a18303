package dev.lanewise.models.tokenizer;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelFormatException;
import dev.lanewise.loaders.json.JsonReader;
import dev.lanewise.loaders.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Turns text into the token ids of a model, as its {@code tokenizer.json} (the format of Hugging Face tokenizers)
 * says: normaliser, pre-tokeniser, model, post-processor. The ids are those of the original, code point by code point.
 *
 * <p>The truncation and the padding that the file asks for are kept, as the original keeps them;
 * {@link #withTruncation}, {@link #withMaxLength} and {@link #withPadding} give a tokeniser with others,
 * {@link #withoutPadding} one that returns each text at its own length. Half a surrogate pair in a text counts as
 * U+FFFD.
 *
 * <p>Immutable; threads may share it.
 */
public final class Tokenizer {
    /**
     * Greatest length of a {@code tokenizer.json}, in chars, where none is given. The largest in use have about 35
     * million.
     */
    public static final long DEFAULT_MAX_LENGTH = 128L << 20;

    private final Pipeline pipeline;
    private final Truncation truncation;
    private final Padding padding;
    private final boolean specialTokens;

    private Tokenizer(Pipeline pipeline, Truncation truncation, Padding padding, boolean specialTokens) {
        this.pipeline = pipeline;
        this.truncation = truncation;
        this.padding = padding;
        this.specialTokens = specialTokens;
    }

    /**
     * Reads a {@code tokenizer.json}.
     *
     * @throws IOException when the file cannot be read
     * @throws ModelFormatException when it is damaged
     * @throws UnsupportedTokenizerException when it names a component that is not supported
     */
    public static Tokenizer load(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return load(in, file.toString());
        }
    }

    /** The same from a stream, which stays open; {@code sourceName} stands for the file in messages. */
    public static Tokenizer load(InputStream in, String sourceName) throws IOException {
        return load(in, sourceName, DEFAULT_MAX_LENGTH);
    }

    /** The same for a document of at most {@code maxLength} chars. */
    public static Tokenizer load(InputStream in, String sourceName, long maxLength) throws IOException {
        JsonValue json = JsonReader.read(in, sourceName, maxLength);
        JsonValue truncation = json.get("truncation");
        JsonValue padding = json.get("padding");
        return new Tokenizer(Pipeline.read(json), truncation.isNull() ? null : Truncation.read(truncation),
                padding.isNull() ? null : Padding.read(padding), true);
    }

    /** The tokens of one text, truncated and padded as set. */
    public Encoding encode(String text) {
        return pad(encodeOne(text, null));
    }

    /** The tokens of a pair of texts, as for a question and an answer. */
    public Encoding encode(String first, String second) {
        return pad(encodeOne(first, second));
    }

    /** The tokens of each text; padding without a fixed length goes to the longest. */
    public List<Encoding> encodeBatch(List<String> texts) {
        List<Encoding> encodings = new ArrayList<>(texts.size());
        int longest = 0;
        for (String text : texts) {
            Encoding encoding = encodeOne(text, null);
            longest = Math.max(longest, encoding.length());
            encodings.add(encoding);
        }
        if (padding != null) {
            int length = padding.target(longest);
            encodings.replaceAll(encoding -> encoding.padded(length, padding));
        }
        return encodings;
    }

    private Encoding encodeOne(String first, String second) {
        TokenBuffer a = pipeline.tokenize(first);
        TokenBuffer b = second == null ? null : pipeline.tokenize(second);
        PostProcessor postProcessor = pipeline.postProcessor();
        if (truncation != null) {
            truncation.apply(a, b, specialTokens ? postProcessor.added(b != null) : 0);
        }
        return postProcessor.apply(a, b, specialTokens);
    }

    private Encoding pad(Encoding encoding) {
        return padding == null ? encoding : encoding.padded(padding.target(encoding.length()), padding);
    }

    /**
     * The text of {@code ids}, without special tokens if so asked. Upper case, accents and spacing are not restored.
     */
    public String decode(long[] ids, boolean skipSpecialTokens) {
        List<String> tokens = new ArrayList<>(ids.length);
        for (long id : ids) {
            String token = tokenOf(Math.toIntExact(id));
            if (!skipSpecialTokens || !pipeline.isSpecial((int) id)) {
                tokens.add(token);
            }
        }
        return pipeline.decoder().decode(tokens);
    }

    /** Number of tokens, added ones included. */
    public int vocabularySize() {
        return pipeline.size();
    }

    /** The id of {@code token}, empty where there is no such token. */
    public OptionalInt idOf(String token) {
        int id = pipeline.id(token);
        return id == Trie.NONE ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** The token of {@code id}. */
    public String tokenOf(int id) {
        String token = pipeline.token(id);
        if (token == null) {
            throw new InvalidInputException("id", "the id of one of " + vocabularySize() + " tokens",
                    Integer.toString(id),
                    "use ids of this tokenizer's model");
        }
        return token;
    }

    /** How texts are cut, if they are. */
    public Optional<Truncation> truncation() {
        return Optional.ofNullable(truncation);
    }

    /** How encodings are filled up, if they are. */
    public Optional<Padding> padding() {
        return Optional.ofNullable(padding);
    }

    public Tokenizer withTruncation(Truncation changed) {
        return new Tokenizer(pipeline, changed, padding, specialTokens);
    }

    /** Cuts at {@code maxLength} tokens, special ones included; where and what is cut stays as it is. */
    public Tokenizer withMaxLength(int maxLength) {
        return withTruncation(truncation == null ? Truncation.to(maxLength)
                : new Truncation(maxLength, truncation.strategy(), truncation.side()));
    }

    /** Returns all tokens of a text, however many. */
    public Tokenizer withoutTruncation() {
        return withTruncation(null);
    }

    public Tokenizer withPadding(Padding changed) {
        return new Tokenizer(pipeline, truncation, changed, specialTokens);
    }

    /** Returns each encoding at its own length. */
    public Tokenizer withoutPadding() {
        return withPadding(null);
    }

    /** Sets no tokens around the texts; special tokens inside a text are found all the same. */
    public Tokenizer withoutSpecialTokens() {
        return new Tokenizer(pipeline, truncation, padding, false);
    }
}
