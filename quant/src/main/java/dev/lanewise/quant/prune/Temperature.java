package dev.lanewise.quant.prune;

import dev.lanewise.InvalidInputException;
import java.util.List;

/**
 * Finds the temperature at which the entropy of a model's similarities is half of what it can be, the logarithm of the batch's
 * size. Far below, each sample knows itself alone, far above it knows all alike, and in either case the entropy hardly depends
 * on the vectors. Entropy rises with temperature, so halving on a logarithmic scale finds it. The rule is Lanewise's own: the paper
 * sets 1/15 or 1/20 for its models.
 */
final class Temperature {
    private static final double LOWEST = 1e-4;
    private static final double HIGHEST = 1e4;
    private static final int HALVINGS = 40;

    private Temperature() {
    }

    /** @param batches vectors of the whole model */
    static double of(List<List<float[]>> batches) {
        double due = batches.stream().mapToDouble(b -> Math.log(b.size())).average().orElseThrow() / 2;
        if (entropy(batches, LOWEST) >= due || entropy(batches, HIGHEST) <= due) {
            throw new InvalidInputException("calibration", "samples whose similarities differ, 2 or more in a batch",
                    "vectors that are all alike", "give other samples, or a temperature");
        }
        double low = Math.log(LOWEST);
        double high = Math.log(HIGHEST);
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (entropy(batches, Math.exp(middle)) < due) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.exp(high);
    }

    private static double entropy(List<List<float[]>> batches, double temperature) {
        return batches.stream().mapToDouble(b -> Similarities.of(b, temperature).entropy()).average().orElseThrow();
    }
}
