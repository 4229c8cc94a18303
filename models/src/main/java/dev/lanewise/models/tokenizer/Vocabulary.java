package dev.lanewise.models.tokenizer;

import dev.lanewise.ModelFormatException;
import dev.lanewise.loaders.json.JsonValue;
import java.util.Map;

/** The tokens of a model and their ids, which may have gaps. */
final class Vocabulary {
    private static final int MAX_ID = 10_000_000;

    private final Trie trie;
    private final String[] tokens;
    private final int size;

    private Vocabulary(int size, int maxId) {
        this.size = size;
        this.trie = new Trie(size);
        this.tokens = new String[maxId + 1];
    }

    /** {@code json}: an object of token to id. */
    static Vocabulary read(JsonValue json) {
        Map<String, Object> members = json.members();
        int maxId = -1;
        for (Map.Entry<String, Object> entry : members.entrySet()) {
            maxId = Math.max(maxId, id(json, entry));
        }
        Vocabulary out = new Vocabulary(members.size(), maxId);
        for (Map.Entry<String, Object> entry : members.entrySet()) {
            String token = entry.getKey();
            if (!JsonValue.isWhole(token)) {
                at(json, entry).checkWhole(token);
            }
            int id = id(json, entry);
            if (out.tokens[id] != null) {
                throw at(json, entry).error("an id of its own", id + ", which is the id of '"
                        + ModelFormatException.printable(out.tokens[id]) + "'");
            }
            out.tokens[id] = token;
            out.trie.put(token, id);
        }
        return out;
    }

    private static int id(JsonValue json, Map.Entry<String, Object> entry) {
        return entry.getValue() instanceof Long id && id >= 0 && id <= MAX_ID ? id.intValue()
                : at(json, entry).integer(0, MAX_ID);
    }

    /** The place in the document, for errors. */
    private static JsonValue at(JsonValue json, Map.Entry<String, Object> entry) {
        return new JsonValue(json.source(), json.path() + "." + entry.getKey(), entry.getValue());
    }

    /** All tokens as a trie with the ids as its numbers. */
    Trie trie() {
        return trie;
    }

    int size() {
        return size;
    }

    /** The id of {@code token}, or {@link Trie#NONE}. */
    int id(String token) {
        int node = trie.walk(token);
        return node == Trie.NONE ? Trie.NONE : trie.value(node);
    }

    /** The token of {@code id}, or null. */
    String token(int id) {
        return id >= 0 && id < tokens.length ? tokens[id] : null;
    }
}
