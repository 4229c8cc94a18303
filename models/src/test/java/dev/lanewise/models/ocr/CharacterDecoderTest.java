package dev.lanewise.models.ocr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class CharacterDecoderTest {
    private final CharacterDecoder decoder = new CharacterDecoder(List.of("a", "b", " "));

    /** Steps whose best class has the given probability; the others share the rest. */
    private CharacterDecoder.Reading read(int[] best, float[] probabilities) {
        float[] steps = new float[best.length * decoder.classes()];
        for (int i = 0; i < best.length; i++) {
            for (int c = 0; c < decoder.classes(); c++) {
                steps[i * decoder.classes() + c] = c == best[i] ? probabilities[i] : (1 - probabilities[i]) / 3;
            }
        }
        return decoder.read(steps);
    }

    @Test
    void repetitionsCountOnceAndBlanksPartThem() {
        CharacterDecoder.Reading reading = read(new int[] {0, 1, 1, 0, 1, 2, 3, 3, 2, 0},
                new float[] {0.9f, 0.5f, 0.9f, 0.9f, 0.75f, 1, 0.75f, 0.9f, 1, 0.9f});
        assertEquals("aab b", reading.text());
        // Of the first step of each: 0.5, 0.75, 1, 0.75, 1.
        assertEquals(0.8, reading.confidence(), 1e-6);
    }

    @Test
    void nothingButBlanks() {
        assertEquals(new CharacterDecoder.Reading("", 0), read(new int[] {0, 0}, new float[] {0.9f, 0.9f}));
    }
}
