package dev.lanewise.compile;

import dev.lanewise.WeightPrecision;
import java.util.List;

/**
 * How a graph is compiled.
 *
 * @param optimise whether patterns are fused and constants folded; without it each node runs as written
 * @param maxFoldedBytes budget of constant folding
 * @param maxActivationBytes most memory that the values of one run may take
 * @param maxPlans plans for exact shapes that a model keeps
 * @param weights in what form FLOAT weights are kept
 * @param granularities widths of feed-forward blocks that the model is made for, as shares of their own, rising to 1; empty where
 *        each run takes all of them
 */
public record CompilerOptions(boolean optimise, long maxFoldedBytes, long maxActivationBytes, int maxPlans,
        WeightPrecision weights, List<Double> granularities) {
}
