package dev.lanewise.models.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The Rust tokenizers, through their Java binding. {@link #normalize} and {@link #words} make a single stage visible:
 * a model of one token for each byte gives back exactly what reaches it.
 */
final class Original implements AutoCloseable {
    private static final String NOTHING = "false";

    private final HuggingFaceTokenizer tokenizer;

    private Original(byte[] json, Map<String, String> options) {
        try {
            tokenizer = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Original of(byte[] json) {
        return new Original(json, Map.of("padding", NOTHING, "truncation", NOTHING));
    }

    static Original of(byte[] json, Map<String, String> options) {
        return new Original(json, options);
    }

    /** The two stages given as JSON, {@code null} for none, before a model of single bytes. */
    static Original stages(String normalizer, String preTokenizer) {
        StringBuilder vocabulary = new StringBuilder();
        for (int b = 0; b < 256; b++) {
            String letter = b == '"' || b == '\\' ? "\\" + (char) b : Character.toString(letter(b));
            vocabulary.append(b == 0 ? "" : ",").append('"').append(letter).append("\":").append(b);
        }
        String first = preTokenizer == null ? "" : preTokenizer + ",";
        String json = """
                {"version":"1.0","added_tokens":[],"normalizer":%s,
                 "pre_tokenizer":{"type":"Sequence","pretokenizers":[%s
                   {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":false}]},
                 "post_processor":null,"decoder":null,
                 "model":{"type":"BPE","unk_token":null,"vocab":{%s},"merges":[]}}
                """.formatted(normalizer, first, vocabulary);
        return of(json.getBytes(StandardCharsets.UTF_8));
    }

    /** The letter that a byte-level model writes for a byte: itself where it is visible, else one above U+00FF. */
    private static int letter(int b) {
        int hidden = 0;
        for (int i = 0; i <= b; i++) {
            boolean visible = i >= '!' && i <= '~' || i >= 0xA1 && i <= 0xFF && i != 0xAD;
            if (i == b) {
                return visible ? b : 256 + hidden;
            }
            hidden += visible ? 0 : 1;
        }
        throw new AssertionError();
    }

    String normalize(String text) {
        return String.join("", words(text));
    }

    List<String> words(String text) {
        ai.djl.huggingface.tokenizers.Encoding encoding = tokenizer.encode(text, false, false);
        long[] ids = encoding.getIds();
        long[] words = encoding.getWordIds();
        List<String> out = new ArrayList<>();
        for (int i = 0; i < ids.length;) {
            ByteArrayOutputStream word = new ByteArrayOutputStream();
            int first = i;
            while (i < ids.length && words[i] == words[first]) {
                word.write((int) ids[i++]);
            }
            out.add(word.toString(StandardCharsets.UTF_8));
        }
        return out;
    }

    HuggingFaceTokenizer tokenizer() {
        return tokenizer;
    }

    /**
     * Everything that an encoding holds, as one comparable value; places of characters become those of UTF-16 units.
     */
    static Map<String, Object> columns(ai.djl.huggingface.tokenizers.Encoding encoding, String first, String second) {
        Map<String, Object> out = new HashMap<>();
        long[] special = encoding.getSpecialTokenMask();
        long[] sequence = encoding.getSequenceIds();
        List<List<Integer>> places = new ArrayList<>();
        for (int i = 0; i < special.length; i++) {
            var span = encoding.getCharTokenSpans()[i];
            String text = sequence[i] == 1 ? second : first;
            places.add(special[i] == 1 || span == null
                    ? List.of(0, 0)
                    : List.of(text.offsetByCodePoints(0, span.getStart()), text.offsetByCodePoints(0, span.getEnd())));
        }
        out.put("ids", list(encoding.getIds()));
        out.put("types", list(encoding.getTypeIds()));
        out.put("mask", list(encoding.getAttentionMask()));
        out.put("special", list(special));
        out.put("tokens", List.of(encoding.getTokens()));
        out.put("places", places);
        return out;
    }

    static Map<String, Object> columns(Encoding encoding) {
        Map<String, Object> out = new HashMap<>();
        List<List<Integer>> places = new ArrayList<>();
        List<Long> special = new ArrayList<>();
        for (int i = 0; i < encoding.length(); i++) {
            places.add(List.of(encoding.start(i), encoding.end(i)));
            special.add(encoding.isSpecial(i) ? 1L : 0L);
        }
        out.put("ids", list(encoding.ids()));
        out.put("types", list(encoding.typeIds()));
        out.put("mask", list(encoding.attentionMask()));
        out.put("special", special);
        out.put("tokens", encoding.tokens());
        out.put("places", places);
        return out;
    }

    private static List<Long> list(long[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
