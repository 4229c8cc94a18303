package dev.lanewise.quant.prune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.InvalidInputException;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TemperatureTest {
    private static List<float[]> random(int count, long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, count).mapToObj(i -> {
            float[] v = new float[6];
            for (int d = 0; d < v.length; d++) {
                v[d] = (float) random.nextGaussian();
            }
            return v;
        }).toList();
    }

    @Test
    void theEntropyIsHalfOfTheMost() {
        List<List<float[]>> batches = List.of(random(12, 1), random(12, 2));
        double found = Temperature.of(batches);
        double entropy = batches.stream().mapToDouble(b -> BatchEntropy.of(b, found).value()).average().orElseThrow();
        assertEquals(Math.log(12) / 2, entropy, 1e-9);
    }

    @Test
    void samplesThatAreAllAlikeHaveNone() {
        InvalidInputException e = assertThrows(InvalidInputException.class,
                () -> Temperature.of(List.of(Collections.nCopies(4, new float[] {1, 2}))));
        assertTrue(e.getMessage().contains("all alike"), e.getMessage());
        assertThrows(InvalidInputException.class, () -> Temperature.of(List.of(random(1, 3))));
    }

    @Test
    void theDivergenceIsNoneFromItselfAndSomeFromOthers() {
        Similarities whole = Similarities.of(random(9, 4), 0.5);
        Similarities other = Similarities.of(random(9, 5), 0.5);
        assertEquals(0, whole.divergence(whole), 0);
        assertTrue(whole.divergence(other) > 0);
        // Two vectors: p = (a, 1-a) against q = (b, 1-b) in both rows.
        Similarities right = Similarities.of(List.of(new float[] {1, 0}, new float[] {0, 1}), 1);
        Similarities opposite = Similarities.of(List.of(new float[] {1, 0}, new float[] {-1, 0}), 1);
        double a = 1 / (1 + Math.exp(-1));
        double b = 1 / (1 + Math.exp(-2));
        assertEquals(a * Math.log(a / b) + (1 - a) * Math.log((1 - a) / (1 - b)), right.divergence(opposite), 1e-12);
    }
}
