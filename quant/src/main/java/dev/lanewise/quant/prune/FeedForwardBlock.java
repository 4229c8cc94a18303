package dev.lanewise.quant.prune;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import java.util.List;

/**
 * A linear layer to {@code width} neurons, elementwise functions of them, and a linear layer back; gated blocks have several first
 * layers. The order of its neurons is no part of what it computes, and it can do with fewer.
 *
 * @param name name of the second linear layer's node
 * @param hidden {@code [..., width]}: what the second layer reads
 * @param last the product of the second layer
 * @param second its weights
 * @param bias what the second layer adds to its product, a constant of the output's size that nothing else reads; null where there
 *        is none
 * @param neurons all constants that belong to the neurons, the second layer's weights among them
 * @param matrices those of them that are weights of linear layers
 */
public record FeedForwardBlock(String name, int width, Value hidden, Node last, NeuronAxis second, Value bias,
        List<NeuronAxis> neurons, List<NeuronAxis> matrices) {
    public FeedForwardBlock {
        neurons = List.copyOf(neurons);
        matrices = List.copyOf(matrices);
    }

    /** Multiply-adds of one neuron for one token: what it reads and what it adds to. */
    public int neuronCost() {
        return matrices.stream().mapToInt(NeuronAxis::elements).sum();
    }

    /** Weights of one neuron, biases included. */
    public int neuronParameters() {
        return neurons.stream().mapToInt(NeuronAxis::elements).sum();
    }
}
