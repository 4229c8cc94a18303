package dev.lanewise.bench.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Tensor;
import dev.lanewise.models.BuiltInModels;
import dev.lanewise.models.tokenizer.Tokenizer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CaseTest {
    private final Tokenizer tokenizer = tokenizer();

    private static Tokenizer tokenizer() {
        try {
            return BuiltInModels.find("all-minilm-l6-v2").tokenizer().withoutPadding().withMaxLength(512);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void textsHaveTheLengthThatIsAskedFor() {
        Case c = Case.tokens(tokenizer, List.of("input_ids", "attention_mask", "token_type_ids"), 2, 256);
        assertArrayEquals(new int[] {2, 256}, c.inputs().get("input_ids").shape());
        assertEquals(512, java.util.Arrays.stream(c.inputs().get("attention_mask").longs()).sum());
        assertEquals(null, c.text());
        Case one = Case.tokens(tokenizer, List.of(), 1, 8);
        assertEquals(8, tokenizer.encode(one.text()).length());
    }

    @Test
    void raggedTextsArePaddedToTheLongestOnTheRight() {
        Map<String, Tensor> inputs =
                Case.padded(List.of(tokenizer.encode("one"), tokenizer.encode("one two three")), List.of());
        assertArrayEquals(new long[] {1, 1, 1, 0, 0, 1, 1, 1, 1, 1}, inputs.get("attention_mask").longs());
    }

    @Test
    void theBatchOfTextsIsRaggedIndeed() {
        TextBatch.Size size = TextBatch.Size.of(tokenizer, TextBatch.texts());
        assertEquals(24, size.texts());
        assertTrue(size.tokens() < 0.6 * size.rectangle(), size.toString());
    }

    @Test
    void meanPoolingIsOfLengthOne() {
        float[] vector = MeanPooling.of(new float[] {9, 9, 1, 5, 5, 3}, 2, 2, 2);
        assertArrayEquals(new float[] {0.6f, 0.8f}, vector, 1e-6f);
    }
}
