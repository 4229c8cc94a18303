package dev.lanewise;

/** In what form the weights of a model are kept and multiplied. */
public enum WeightPrecision {
    /** As the model file has them. */
    AS_STORED,
    /**
     * FLOAT weights of linear layers as signed bytes with a scale for each output channel, and FLOAT embedding tables as signed
     * bytes with a scale for each row: a quarter of the memory and of its traffic. Activations and sums stay FLOAT. Each weight
     * is off by at most 1/254 of the largest of its channel.
     */
    INT8
}
