package dev.lanewise.elastic;

/**
 * A feed-forward block whose hidden neurons a run may use a prefix of.
 *
 * @param symbol the dimension that stands for its width in plans
 * @param name name of the block's first linear layer
 * @param width all its neurons
 * @param neuronCost multiply-adds of one neuron for one token: what it reads and what it adds to
 */
public record HiddenLayer(String symbol, String name, int width, int neuronCost) {
}
