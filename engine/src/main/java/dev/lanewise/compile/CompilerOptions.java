package dev.lanewise.compile;

import dev.lanewise.WeightPrecision;

/**
 * How a graph is compiled.
 *
 * @param optimise whether patterns are fused and constants folded; without it each node runs as written
 * @param maxFoldedBytes budget of constant folding
 * @param maxActivationBytes most memory that the values of one run may take
 * @param maxPlans plans for exact shapes that a model keeps
 * @param weights in what form FLOAT weights are kept
 */
public record CompilerOptions(boolean optimise, long maxFoldedBytes, long maxActivationBytes, int maxPlans,
        WeightPrecision weights) {
}
