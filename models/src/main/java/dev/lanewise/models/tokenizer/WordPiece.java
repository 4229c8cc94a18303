package dev.lanewise.models.tokenizer;

import dev.lanewise.loaders.json.JsonValue;

/**
 * WordPiece: the longest token that the word starts with, then the longest that continues it, and so on; a word that
 * cannot be put together so is one unknown token (Wu et al. 2016, arXiv:1609.08144; the greedy form of BERT).
 */
final class WordPiece implements TokenizerModel {
    private final Vocabulary vocabulary;
    private final int unknown;
    private final int maxCharacters;
    /** Where the tokens that continue a word hang in the trie, or {@link Trie#NONE}. */
    private final int continuation;

    WordPiece(Vocabulary vocabulary, int unknown, String prefix, int maxCharacters) {
        this.vocabulary = vocabulary;
        this.unknown = unknown;
        this.maxCharacters = maxCharacters;
        this.continuation = vocabulary.trie().walk(prefix);
    }

    static WordPiece read(JsonValue json) {
        Vocabulary vocabulary = Vocabulary.read(json.get("vocab"));
        String unknown = json.get("unk_token").string();
        if (vocabulary.id(unknown) == Trie.NONE) {
            throw json.get("unk_token").error("a token of the vocabulary", "'" + unknown + "'");
        }
        return new WordPiece(vocabulary, vocabulary.id(unknown), json.get("continuing_subword_prefix").string(),
                json.get("max_input_chars_per_word").integer(0, Integer.MAX_VALUE));
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void tokenize(AlignedText text, int from, int to, TokenBuffer out) {
        int before = out.count;
        boolean known = text.codePointCount(from, to) <= maxCharacters;
        int at = from;
        while (known && at < to) {
            int end = longest(text, at, to, at == from ? Trie.ROOT : continuation, out);
            known = end > at;
            at = end;
        }
        if (!known) {
            out.count = before;
            out.add(unknown, vocabulary.token(unknown), text, from, to);
        }
    }

    /**
     * Appends the longest token that starts at {@code from} and returns its end, or {@code from} where there is none.
     */
    private int longest(AlignedText text, int from, int to, int node, TokenBuffer out) {
        Trie trie = vocabulary.trie();
        int id = Trie.NONE;
        int end = from;
        for (int i = from; i < to && node != Trie.NONE; i++) {
            node = trie.step(node, text.charAt(i));
            if (node != Trie.NONE && trie.value(node) != Trie.NONE) {
                id = trie.value(node);
                end = i + 1;
            }
        }
        if (id != Trie.NONE) {
            out.add(id, vocabulary.token(id), text, from, end);
        }
        return end;
    }
}
