package dev.lanewise.models.tokenizer;

import dev.lanewise.loaders.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tokens that are found in the text before it is cut into words, as {@code [MASK]}. Those that are not
 * {@code normalized} are looked for in the text as given, the others in the normalised text by their normalised form.
 * Of several that start at one place the longest counts.
 */
final class AddedTokens {
    private final Map<String, AddedToken> byContent = new HashMap<>();
    private final Map<Integer, AddedToken> byId = new HashMap<>();
    private final List<AddedToken> all = new ArrayList<>();
    private final Trie given = new Trie(16);
    private final Trie normalised = new Trie(16);

    /**
     * @param special left out of decoded text
     * @param singleWord only where no word character stands right before or after it
     * @param lstrip takes the white space before it
     * @param rstrip takes the white space after it
     */
    record AddedToken(int id, String content, boolean singleWord, boolean lstrip, boolean rstrip, boolean normalized,
            boolean special) {
    }

    /** A found token; {@code [start, end)} includes the white space that it takes. */
    record Match(AddedToken token, int start, int end) {
    }

    private AddedTokens() {
    }

    static AddedTokens read(JsonValue json, Vocabulary vocabulary, Normalizer normalizer) {
        AddedTokens out = new AddedTokens();
        if (json.isNull()) {
            return out;
        }
        int next = vocabulary.size();
        for (JsonValue entry : json.elements()) {
            String content = entry.get("content").string();
            if (content.isEmpty()) {
                continue;
            }
            int known = out.byContent.containsKey(content) ? out.byContent.get(content).id : vocabulary.id(content);
            int id = known == Trie.NONE ? next : known;
            if (entry.get("id").integer(0, Integer.MAX_VALUE) != id) {
                throw entry.get("id").error(known == Trie.NONE ? id + ", the first id behind the vocabulary"
                        : id + ", as in the vocabulary", entry.get("id").value().toString());
            }
            next = Math.max(next, id + 1);
            out.add(new AddedToken(id, content, entry.get("single_word").bool(false), entry.get("lstrip").bool(false),
                    entry.get("rstrip").bool(false), entry.get("normalized").bool(true),
                    entry.get("special").bool(false)),
                    normalizer, entry);
        }
        return out;
    }

    private void add(AddedToken token, Normalizer normalizer, JsonValue entry) {
        byContent.put(token.content, token);
        byId.put(token.id, token);
        String form = token.normalized ? normalizer.normalize(AlignedText.of(token.content)).toString() : token.content;
        if (form.isEmpty()) {
            throw entry.get("content").error("something that the normalizer leaves", "'" + token.content + "'");
        }
        (token.normalized ? normalised : given).put(form, all.size());
        all.add(token);
    }

    AddedToken get(String content) {
        return byContent.get(content);
    }

    AddedToken get(int id) {
        return byId.get(id);
    }

    /** How many have no place in the vocabulary of the model. */
    int countOutside(Vocabulary vocabulary) {
        return (int) byContent.keySet().stream().filter(content -> vocabulary.id(content) == Trie.NONE).count();
    }

    List<Match> findInGivenText(AlignedText text) {
        return find(text, given);
    }

    List<Match> findInNormalisedText(AlignedText text) {
        return find(text, normalised);
    }

    private List<Match> find(AlignedText text, Trie trie) {
        List<Match> out = new ArrayList<>();
        int free = 0;
        for (int i = 0; i < text.length();) {
            int node = trie.step(Trie.ROOT, text.charAt(i));
            int found = Trie.NONE;
            int end = i + 1;
            for (int j = i + 1; node != Trie.NONE; j++) {
                if (trie.value(node) != Trie.NONE) {
                    found = trie.value(node);
                    end = j;
                }
                node = j < text.length() ? trie.step(node, text.charAt(j)) : Trie.NONE;
            }
            if (found != Trie.NONE) {
                AddedToken token = all.get(found);
                if (!token.singleWord || standsAlone(text, i, end)) {
                    Match match = widen(token, text, i, end, free);
                    out.add(match);
                    free = match.end;
                }
            }
            i = end;
        }
        return out;
    }

    private static boolean standsAlone(AlignedText text, int start, int end) {
        return (start == 0 || !WordCharacter.is(text.codePointBefore(start)))
                && (end == text.length() || !WordCharacter.is(text.codePointAt(end)));
    }

    private static Match widen(AddedToken token, AlignedText text, int start, int end, int free) {
        if (token.lstrip) {
            while (start > free && CharacterClasses.WHITESPACE.contains(text.charAt(start - 1))) {
                start--;
            }
        }
        if (token.rstrip) {
            while (end < text.length() && CharacterClasses.WHITESPACE.contains(text.charAt(end))) {
                end++;
            }
        }
        return new Match(token, start, end);
    }
}
