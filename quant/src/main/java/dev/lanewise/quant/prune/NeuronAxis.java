package dev.lanewise.quant.prune;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Value;

/**
 * A constant of which each hidden neuron of a block owns a slice.
 *
 * @param constant a value without a producer
 * @param axis the axis that runs over the neurons
 */
public record NeuronAxis(Value constant, int axis) {
    /** Elements that one neuron owns. */
    int elements() {
        Tensor t = constant.fact().constant();
        return t.size() / Math.max(1, t.dim(axis));
    }

    /** The slices of these neurons, in this order. */
    Tensor select(int[] neurons) {
        Tensor t = constant.fact().constant();
        int[] shape = t.shape();
        int width = shape[axis];
        int inner = 1;
        for (int d = axis + 1; d < shape.length; d++) {
            inner *= shape[d];
        }
        int outer = t.size() / Math.max(1, width * inner);
        Object from = t.array();
        Object to = t.type().storage().newArray(outer * neurons.length * inner);
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < neurons.length; i++) {
                System.arraycopy(from, (o * width + neurons[i]) * inner, to, (o * neurons.length + i) * inner, inner);
            }
        }
        shape[axis] = neurons.length;
        return Tensor.of(t.type(), to, shape);
    }
}
