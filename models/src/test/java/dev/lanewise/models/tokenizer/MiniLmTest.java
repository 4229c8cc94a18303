package dev.lanewise.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tokenizer of all-MiniLM-L6-v2, against the original on generated and chosen lines. */
class MiniLmTest {
    private static final int LINES = 6000;

    private static byte[] json;
    private static Tokenizer asInFile;
    private static Tokenizer tokenizer;
    private static Original original;

    @BeforeAll
    static void load() throws IOException {
        try (InputStream in =
                MiniLmTest.class.getClassLoader().getResourceAsStream("all-minilm-l6-v2-tokenizer.json")) {
            json = in.readAllBytes();
        }
        asInFile = Tokenizer.load(new ByteArrayInputStream(json), "all-minilm-l6-v2-tokenizer.json");
        tokenizer = asInFile.withoutTruncation().withoutPadding();
        original = Original.of(json);
    }

    @AfterAll
    static void close() {
        original.close();
    }

    static Stream<String> lines(long seed, int count) {
        UnicodeText text = new UnicodeText(seed);
        return Stream.concat(Stream.of("", " ", "\u0301", "[MASK]", "[MASK][MASK]", "a[SEP]b [CLS]", "a".repeat(100),
                "a".repeat(101),
                "é".repeat(100), "😀".repeat(100), "😀".repeat(101), "A man is eating food.", "\u0000\uFFFD\u200B",
                "e\u0301\u0323 o\u0315\u0300\u05AE\u0300", "\uD834\uDD5E\uD834\uDD65\uD834\uDD6E", "你好，世界！Hello",
                "[MASK] [mask] [ MASK]"),
                Stream.generate(text::line).limit(count));
    }

    @Test
    void everyColumnIsThatOfTheOriginal() {
        lines(1, LINES).forEach(line -> assertEquals(Original.columns(original.tokenizer().encode(line), line, null),
                Original.columns(tokenizer.encode(line)), line));
    }

    @Test
    void pairsToo() {
        List<String> lines = lines(2, 500).toList();
        for (int i = 1; i < lines.size(); i++) {
            String a = lines.get(i - 1);
            String b = lines.get(i);
            assertEquals(Original.columns(original.tokenizer().encode(a, b), a, b),
                    Original.columns(tokenizer.encode(a, b)),
                    a + " | " + b);
        }
    }

    @Test
    void truncatesAsTheOriginal() {
        for (int length : new int[] {3, 4, 5, 8, 17}) {
            for (String strategy : List.of("true", "only_first", "only_second")) {
                try (Original cutting = Original.of(json,
                        Map.of("truncation", strategy, "padding", "false", "maxLength", "" + length))) {
                    Tokenizer ours = tokenizer.withTruncation(new Truncation(length,
                            strategy.equals("true")
                                    ? Truncation.Strategy.LONGEST_FIRST
                                    : Truncation.Strategy.valueOf(strategy.toUpperCase()),
                            Truncation.Side.RIGHT));
                    compareCut(cutting, ours, !strategy.equals("only_second"), strategy.equals("true"));
                }
            }
        }
    }

    private static void compareCut(Original cutting, Tokenizer ours, boolean single, boolean pairs) {
        List<String> lines = lines(3, 200).toList();
        for (int i = 1; i < lines.size(); i++) {
            String a = lines.get(i - 1);
            String b = lines.get(i);
            if (single) {
                Encoding encoding = ours.encode(a);
                assertEquals(Original.columns(cutting.tokenizer().encode(a), a, null), Original.columns(encoding), a);
                assertEquals(encoding.length() < tokenizer.encode(a).length(), encoding.truncated(), a);
            }
            if (pairs) {
                assertEquals(Original.columns(cutting.tokenizer().encode(a, b), a, b),
                        Original.columns(ours.encode(a, b)),
                        a + " | " + b);
            }
        }
    }

    @Test
    void cutsOnlyOneTextWhenAskedTo() {
        Truncation.Strategy first = Truncation.Strategy.ONLY_FIRST;
        Truncation.Strategy second = Truncation.Strategy.ONLY_SECOND;
        assertEquals(List.of("[CLS]", "a", "[SEP]", "b", "b", "[SEP]"),
                tokenizer.withTruncation(new Truncation(6, first, Truncation.Side.RIGHT)).encode("a c d", "b b")
                        .tokens());
        assertEquals(List.of("[CLS]", "a", "c", "d", "[SEP]", "e", "[SEP]"),
                tokenizer.withTruncation(new Truncation(7, second, Truncation.Side.LEFT)).encode("a c d", "b e")
                        .tokens());
        Tokenizer tight = tokenizer.withTruncation(new Truncation(4, first, Truncation.Side.RIGHT));
        assertThrows(InvalidInputException.class, () -> tight.encode("a", "b c d e"));
        Tokenizer noRoom = tokenizer.withMaxLength(1);
        assertTrue(assertThrows(InvalidInputException.class, () -> noRoom.encode("a")).getMessage()
                .contains("at least 2"));
    }

    @Test
    void keepsTheSettingsOfTheFile() {
        assertEquals(Truncation.to(128), asInFile.truncation().orElseThrow());
        assertEquals(new Padding(128, 1, Truncation.Side.RIGHT, 0, 0, "[PAD]"), asInFile.padding().orElseThrow());
        Map<String, String> options = Map.of("truncation", "true", "padding", "max_length", "maxLength", "128");
        try (Original padding = Original.of(json, options)) {
            lines(4, 300).forEach(line -> assertEquals(Original.columns(padding.tokenizer().encode(line), line, null),
                    Original.columns(asInFile.encode(line)), line));
        }
    }

    @Test
    void padsABatchAsTheOriginal() {
        try (Original padding = Original.of(json,
                Map.of("truncation", "false", "padding", "true", "padToMultipleOf", "8"))) {
            List<String> lines = lines(5, 40).toList();
            var expected = padding.tokenizer().batchEncode(lines);
            List<Encoding> actual = tokenizer.withPadding(new Padding(0, 8, Truncation.Side.RIGHT, 0, 0, "[PAD]"))
                    .encodeBatch(lines);
            for (int i = 0; i < lines.size(); i++) {
                assertEquals(Original.columns(expected[i], lines.get(i), null), Original.columns(actual.get(i)),
                        lines.get(i));
            }
        }
    }

    @Test
    void padsAtTheLeft() {
        Encoding encoding =
                tokenizer.withPadding(new Padding(5, 1, Truncation.Side.LEFT, 0, 1, "[PAD]")).encode("food");
        assertEquals(List.of("[PAD]", "[PAD]", "[CLS]", "food", "[SEP]"), encoding.tokens());
        assertEquals("[0, 0, 1, 1, 1]", Arrays.toString(encoding.attentionMask()));
        assertEquals("[1, 1, 0, 0, 0]", Arrays.toString(encoding.typeIds()));
        assertEquals(4, encoding.end(3));
    }

    @Test
    void decodesAsTheOriginal() {
        lines(6, 500).forEach(line -> {
            long[] ids = tokenizer.encode(line).ids();
            assertEquals(original.tokenizer().decode(ids, false), tokenizer.decode(ids, false));
            assertEquals(original.tokenizer().decode(ids, true), tokenizer.decode(ids, true));
        });
        assertEquals("it isn't so, is it?", tokenizer.decode(tokenizer.encode("It isn't so, is it?").ids(), true)
                .replace(" ' ", "'"));
        assertThrows(InvalidInputException.class, () -> tokenizer.decode(new long[] {30522}, true));
    }

    @Test
    void knowsItsVocabulary() {
        assertEquals(30522, tokenizer.vocabularySize());
        assertEquals(103, tokenizer.idOf("[MASK]").orElseThrow());
        assertEquals("##ing", tokenizer.tokenOf(tokenizer.idOf("##ing").orElseThrow()));
        assertTrue(tokenizer.idOf("nosuchtoken").isEmpty());
    }

    @Test
    void halfASurrogatePairCountsAsTheReplacementCharacter() {
        assertEquals(tokenizer.encode("a\uFFFDb").tokens(), tokenizer.encode("a\uD800b").tokens());
        assertEquals(List.of("[CLS]", "ab", "[SEP]"), tokenizer.encode("a\uDC00b").tokens());
    }

    @Test
    void setsNoTokensAroundTheTextWhenToldSo() {
        assertEquals(List.of("a", "[SEP]", "b"), tokenizer.withoutSpecialTokens().encode("A [SEP] b").tokens());
        assertFalse(tokenizer.withoutSpecialTokens().withMaxLength(0).encode("").truncated());
    }

    @Test
    void threadsShareIt() throws Exception {
        Tokenizer fresh = Tokenizer.load(new ByteArrayInputStream(json), "tokenizer.json");
        List<String> lines = lines(7, 400).toList();
        Callable<List<Map<String, Object>>> task =
                () -> lines.stream().map(line -> Original.columns(fresh.encode(line))).toList();
        try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
            List<Future<List<Map<String, Object>>>> results = pool.invokeAll(List.of(task, task, task, task));
            List<Map<String, Object>> expected = task.call();
            for (Future<List<Map<String, Object>>> result : results) {
                assertEquals(expected, result.get());
            }
        }
    }
}
