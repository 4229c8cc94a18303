package dev.lanewise.compile;

/**
 * How a graph is compiled.
 *
 * @param optimise whether patterns are fused and constants folded; without it each node runs as written
 * @param maxFoldedBytes budget of constant folding
 * @param maxPlans plans for exact shapes that a model keeps
 */
public record CompilerOptions(boolean optimise, long maxFoldedBytes, int maxPlans) {
    public static CompilerOptions defaults() {
        return new CompilerOptions(true, 256L << 20, 16);
    }
}
