package dev.lanewise.quant.prune;

/** What a search for widths measures on samples, in nats: how much worse a narrower model is. */
public enum Criterion {
    /** The entropy of similarities, of which a fall always passes; that of Adaptive MLP Pruning. */
    ENTROPY,
    /**
     * The Kullback-Leibler divergence from the whole model's similarities to the narrower one's: 0 for the whole, and above 0 for
     * whatever changes them, where an entropy may stay or fall. Lanewise's own.
     */
    DIVERGENCE
}
