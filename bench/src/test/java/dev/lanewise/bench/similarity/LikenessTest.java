package dev.lanewise.bench.similarity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LikenessTest {
    @Test
    void ranksOfEqualValuesAreShared() {
        assertArrayEquals(new double[] {3, 0, 1.5, 1.5, 4}, Likeness.ranks(new float[] {0.5f, -2, -0f, 0, 7}));
        assertArrayEquals(new double[] {1, 0}, Likeness.ranks(new float[] {-1, -2}));
    }

    @Test
    void aModelIsLikeItself() {
        float[][] vectors = {{1, 0}, {0.8f, 0.6f}, {0, 1}, {-0.6f, 0.8f}};
        assertEquals(new Likeness(1, 1), Likeness.of(vectors, vectors));
    }

    /** Angles 0, 30, 90 against 0, 60, 90: similarities (by pair 10, 20, 21) fall as 1, 3, 2 and as 2, 3, 1. */
    @Test
    void byHand() {
        Likeness found = Likeness.of(angles(0, 30, 90), angles(0, 60, 90));
        assertEquals(1 - 6.0 * 2 / (3 * 8), found.spearman(), 1e-9);
        // Nearest of the first model: 1, 0, 1; of the second: 1, 2, 1.
        assertEquals(2.0 / 3, found.topOne(), 1e-12);
    }

    private static float[][] angles(double... degrees) {
        float[][] vectors = new float[degrees.length][];
        for (int i = 0; i < degrees.length; i++) {
            double a = Math.toRadians(degrees[i]);
            vectors[i] = new float[] {(float) Math.cos(a), (float) Math.sin(a)};
        }
        return vectors;
    }
}
