package dev.lanewise.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Small vocabularies, where added tokens, post-processors and word pieces meet in every order; checked with the
 * original.
 */
class SmallTokenizerTest {
    private static final String PIECES =
            "'single':[{'SpecialToken':{'id':'S','type_id':3}},{'Sequence':{'id':'A','type_id':1}}],"
                    + "'pair':[{'Sequence':{'id':'B','type_id':2}},{'SpecialToken':{'id':'S','type_id':0}},"
                    + "{'Sequence':{'id':'A','type_id':1}},"
                    + "{'SpecialToken':{'id':'[SEP]','type_id':4}}],"
                    + "'special_tokens':{'S':{'id':'S','ids':[1,2],'tokens':['[CLS]','[SEP]']},"
                    + "'[SEP]':{'id':'[SEP]','ids':[2],'tokens':['[SEP]']}}";

    private static String token(int id, String content, String... flags) {
        List<String> set = List.of(flags);
        StringBuilder out = new StringBuilder("{'id':" + id + ",'content':'" + content + "'");
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
            out.append(",'").append(flag).append("':").append(set.contains(flag));
        }
        return out.append('}').toString();
    }

    private static void compare(SmallTokenizer small, String alphabet, int lines) throws IOException {
        Tokenizer ours = small.load();
        Random random = new Random(10);
        String[] letters = alphabet.split("\\|");
        try (Original original = Original.of(small.json())) {
            String before = "";
            for (int i = 0; i < lines; i++) {
                StringBuilder text = new StringBuilder();
                for (int n = random.nextInt(12); n > 0; n--) {
                    text.append(letters[random.nextInt(letters.length)]);
                }
                String line = text.toString();
                assertEquals(Original.columns(original.tokenizer().encode(line), line, null),
                        Original.columns(ours.encode(line)), line);
                assertEquals(Original.columns(original.tokenizer().encode(before, line), before, line),
                        Original.columns(ours.encode(before, line)), before + " | " + line);
                before = line;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "normalized", "lstrip", "rstrip", "lstrip rstrip", "single_word", "single_word normalized",
                "single_word lstrip rstrip", "lstrip rstrip normalized", "special", "special normalized rstrip"})
    void addedTokens(String flags) throws IOException {
        String[] flag = flags.split(" ");
        String added =
                "[" + token(1, "[CLS]", "special") + "," + token(16, "<É>", flag) + "," + token(17, "<É>b", flag) + ","
                        + token(18, "ab ab", flag) + "," + token(3, "a", flag) + "]";
        compare(SmallTokenizer.BERT.withAddedTokens(added),
                "a|b|ab|ab ab| |  |<É>|<é>|<É>b|[CLS]|é|É|-|\t|\u0301|_|1|中|\u200B", 1500);
    }

    @Test
    void wordPieces() throws IOException {
        compare(SmallTokenizer.BERT, "a|b|ab|ba|😀|#|é|-| |x", 3000);
        compare(SmallTokenizer.BERT.withPreTokenizer("{'type':'WhitespaceSplit'}"), "a|b|ab|##|#|😀| |-", 1000);
        compare(SmallTokenizer.BERT.withPreTokenizer("null").withNormalizer("null"), "a|b|ab|é| |😀", 1000);
        compare(SmallTokenizer.BERT.withNormalizer("{'type':'NFD'}"), "a|b|é|\u0301\u0323|\u0323\u0301|\u0344|ệ|각|-| ",
                1000);
    }

    @Test
    void templates() throws IOException {
        compare(SmallTokenizer.BERT.withPostProcessor("{'type':'TemplateProcessing'," + PIECES + "}"), "a|b|ab| |-",
                300);
        compare(SmallTokenizer.BERT.withPostProcessor("null"), "a|b|ab| |-", 300);
    }

    @Test
    void knowsAddedTokens() throws IOException {
        Tokenizer tokenizer =
                SmallTokenizer.BERT.withAddedTokens("[" + token(2, "[SEP]", "special") + "," + token(16, "<x>") + "]")
                        .load();
        assertEquals(17, tokenizer.vocabularySize());
        assertEquals(16, tokenizer.idOf("<x>").orElseThrow());
        assertEquals("<x>", tokenizer.tokenOf(16));
        assertEquals("aba <x>", tokenizer.decode(new long[] {2, 7, 5, 16, 2}, true).strip());
    }

    @Test
    void unknownWordsKeepTheirPlace() throws IOException {
        Encoding encoding = SmallTokenizer.BERT.load().encode(" ab xx\u0301 A");
        assertEquals(List.of("[CLS]", "ab", "[UNK]", "a", "[SEP]"), encoding.tokens());
        assertEquals(4, encoding.start(2));
        assertEquals(6, encoding.end(2));
        assertEquals(8, encoding.start(3));
    }
}
