package dev.lanewise.quant.prune;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * How much each hidden neuron of each block matters.
 *
 * @param method how that was found: {@code amp}, {@code activation} or {@code random}
 * @param scores by block and neuron, 0 or more
 */
public record NeuronScores(String method, double[][] scores) {
    /** The neurons of each block, the most important first; of equal ones the first first. */
    public int[][] order() {
        return Arrays.stream(scores).map(block -> IntStream.range(0, block.length).boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -block[i])).mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    /** Scores that mean nothing, to compare with. */
    static NeuronScores random(int[] widths, long seed) {
        Random random = new Random(seed);
        return new NeuronScores("random", Arrays.stream(widths)
                .mapToObj(w -> IntStream.range(0, w).mapToDouble(i -> random.nextDouble()).toArray())
                .toArray(double[][]::new));
    }
}
