package dev.lanewise.quant.prune;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchEntropyTest {
    private static List<float[]> random(int count, int size) {
        Random random = new Random(9);
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] v = new float[size];
            for (int d = 0; d < size; d++) {
                v[d] = (float) random.nextGaussian();
            }
            vectors.add(v);
        }
        return vectors;
    }

    @Test
    void vectorsThatAreTheSameHaveTheLogarithmOfTheirNumber() {
        List<float[]> same = Collections.nCopies(7, new float[] {1, -2, 3});
        assertEquals(Math.log(7), BatchEntropy.of(same, 0.05).value(), 1e-12);
        assertEquals(Math.log(7), BatchEntropy.of(random(7, 4), 1e9).value(), 1e-6);
    }

    @Test
    void differentVectorsKnowThemselvesAloneWhenItIsCold() {
        assertEquals(0, BatchEntropy.of(random(7, 4), 1e-4).value(), 1e-9);
        assertEquals(0, BatchEntropy.of(random(7, 4), 1e-30).value(), 0);
    }

    @Test
    void twoVectorsByHand() {
        // Unit vectors at 60 degrees: similarities 1 and 1/2.
        List<float[]> two = List.of(new float[] {2, 0}, new float[] {0.5f, (float) Math.sqrt(0.75)});
        double p = 1 / (1 + Math.exp(-0.5 / 0.25));
        assertEquals(-p * Math.log(p) - (1 - p) * Math.log(1 - p), BatchEntropy.of(two, 0.25).value(), 1e-7);
    }

    @Test
    void gradientsAreCentralDifferences() {
        List<float[]> vectors = random(5, 6);
        BatchEntropy entropy = BatchEntropy.of(vectors, 0.3);
        for (int i = 0; i < vectors.size(); i++) {
            for (int d = 0; d < 6; d++) {
                float at = vectors.get(i)[d];
                float above = at + 1e-3f;
                float below = at - 1e-3f;
                double difference = (value(vectors, i, d, above) - value(vectors, i, d, below))
                        / ((double) above - below);
                assertEquals(difference, entropy.gradients().get(i)[d], 2e-6);
            }
        }
    }

    private static double value(List<float[]> vectors, int i, int d, float changed) {
        List<float[]> all = new ArrayList<>(vectors);
        float[] v = vectors.get(i).clone();
        v[d] = changed;
        all.set(i, v);
        return BatchEntropy.of(all, 0.3).value();
    }

    @Test
    void aVectorOfZerosIsNoError() {
        List<float[]> vectors = random(3, 4);
        vectors.set(1, new float[4]);
        BatchEntropy entropy = BatchEntropy.of(vectors, 0.1);
        assertEquals(4, entropy.gradients().get(1).length);
        assertEquals(0, Arrays.stream(new float[][] {entropy.gradients().get(1)}).mapToDouble(g -> g[0]).sum());
    }
}
