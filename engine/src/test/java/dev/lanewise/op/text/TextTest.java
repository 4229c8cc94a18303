package dev.lanewise.op.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Operator;
import dev.lanewise.testing.Ways;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTest {
    private static Tensor words(String... words) {
        return Tensor.of(words, words.length);
    }

    private static String run(Operator operator, Tensor... inputs) {
        return Ways.text(operator.evaluate(inputs)[0]);
    }

    @Test
    void concatBroadcasts() {
        assertEquals("STRING[2, 2] [ax, ay, bx, by]",
                run(new StringConcat(), Tensor.of(new String[] {"a", "b"}, 2, 1), words("x", "y")));
    }

    @Test
    void split() {
        Tensor[] blanks = new StringSplit("", null).evaluate(new Tensor[] {words(" a  b ", "", "c")});
        assertEquals("STRING[3, 2] [a, b, , , c, ]", Ways.text(blanks[0]));
        assertArrayEquals(new long[] {2, 0, 1}, blanks[1].longs());
        assertEquals("STRING[1, 3] [a, , b,c]", run(new StringSplit(",", 2L), words("a,,b,c")));
    }

    @Test
    void fullMatch() {
        assertEquals("BOOL[3] [1, 0, 0]", run(new RegexFullMatch("a+b"), words("aab", "aabc", "")));
    }

    @Test
    void anExpressionThatGoesBackWithoutEndIsAnError() {
        RegexFullMatch evil = new RegexFullMatch("(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)y");
        assertThrows(InvalidInputException.class, () -> evil.evaluate(new Tensor[] {words("x".repeat(60))}));
    }

    @Test
    void normalizer() {
        StringNormalizer upper =
                new StringNormalizer(StringNormalizer.Letters.UPPER, false, List.of("MONDAY"), "en_US");
        assertEquals("STRING[1] [TUESDAY]", run(upper, words("monday", "tuesday")));
        assertEquals("STRING[1, 1] []", run(upper, Tensor.of(new String[] {"Monday"}, 1, 1)));
        assertEquals("STRING[1] [Monday]", run(new StringNormalizer(StringNormalizer.Letters.NONE, true,
                List.of("monday"), "en_US"), words("Monday")));
    }

    @Test
    void vectorizerCountsWordsAndPairsWithGaps() {
        TfIdfVectorizer v = new TfIdfVectorizer(TfIdfVectorizer.Mode.TFIDF, new TfIdfVectorizer.Lengths(1, 2, 1),
                List.of(List.of("a"), List.of("a", "b")), List.of(1, 0), List.of(2f, 10f));
        // a twice; "a b" next to each other once and with one word between twice
        assertEquals("FLOAT[2] [30.0, 4.0]", run(v, words("a", "a", "b", "b")));
    }
}
