package dev.lanewise.models.tokenizer;

import dev.lanewise.loaders.json.JsonValue;
import dev.lanewise.models.tokenizer.AddedTokens.Match;

/** The stages that a text goes through, as a {@code tokenizer.json} names them. */
record Pipeline(Normalizer normalizer, PreTokenizer preTokenizer, TokenizerModel model, PostProcessor postProcessor,
        AddedTokens addedTokens, Decoder decoder) {

    static Pipeline read(JsonValue json) {
        Normalizer normalizer = Normalizer.read(json.get("normalizer"));
        PreTokenizer preTokenizer = PreTokenizer.read(json.get("pre_tokenizer"));
        TokenizerModel model = TokenizerModel.read(json.get("model"));
        return new Pipeline(normalizer, preTokenizer, model, PostProcessor.read(json.get("post_processor")),
                AddedTokens.read(json.get("added_tokens"), model.vocabulary(), normalizer),
                Decoder.read(json.get("decoder")));
    }

    /** All stages but the post-processor. */
    TokenBuffer tokenize(String string) {
        TokenBuffer out = new TokenBuffer();
        AlignedText text = AlignedText.of(string);
        int free = 0;
        for (Match match : addedTokens.findInGivenText(text)) {
            normalise(text, free, match.start(), out);
            add(match, text, out);
            free = match.end();
        }
        normalise(text, free, text.length(), out);
        return out;
    }

    private void normalise(AlignedText given, int from, int to, TokenBuffer out) {
        if (from >= to) {
            return;
        }
        AlignedText text = normalizer.normalize(given.slice(from, to));
        int free = 0;
        for (Match match : addedTokens.findInNormalisedText(text)) {
            tokenizeWords(text, free, match.start(), out);
            add(match, text, out);
            free = match.end();
        }
        tokenizeWords(text, free, text.length(), out);
    }

    private void tokenizeWords(AlignedText text, int from, int to, TokenBuffer out) {
        if (from >= to) {
            return;
        }
        Words whole = new Words(text);
        whole.add(from, to);
        Words words = preTokenizer.split(whole);
        for (int i = 0; i < words.count(); i++) {
            model.tokenize(words.text, words.start(i), words.end(i), out);
        }
    }

    private static void add(Match match, AlignedText text, TokenBuffer out) {
        out.add(match.token().id(), text.substring(match.start(), match.end()), text, match.start(), match.end());
    }

    /** The id of a token of the model or an added one, or {@link Trie#NONE}. */
    int id(String token) {
        AddedTokens.AddedToken added = addedTokens.get(token);
        return added != null ? added.id() : model.vocabulary().id(token);
    }

    /** The token of an id, or null. */
    String token(int id) {
        AddedTokens.AddedToken added = addedTokens.get(id);
        return added != null ? added.content() : model.vocabulary().token(id);
    }

    boolean isSpecial(int id) {
        AddedTokens.AddedToken added = addedTokens.get(id);
        return added != null && added.special();
    }

    int size() {
        return model.vocabulary().size() + addedTokens.countOutside(model.vocabulary());
    }
}
