package dev.lanewise.quant.prune;

import dev.lanewise.Tensor;
import dev.lanewise.op.Elements;

/** The second layer's weights by neuron, whichever way the matrix lies: {@code [width, outputs]} or transposed. */
record OutgoingWeights(float[] elements, int width, int outputs, int neuronStride, int outputStride) {
    static OutgoingWeights of(FeedForwardBlock block) {
        Tensor t = block.second().constant().fact().constant();
        int outputs = t.size() / Math.max(1, block.width());
        boolean isRows = block.second().axis() == 0;
        return new OutgoingWeights(Elements.floats(t), block.width(), outputs, isRows ? outputs : 1,
                isRows ? 1 : block.width());
    }

    double get(int neuron, int output) {
        return elements[neuron * neuronStride + output * outputStride];
    }

    /** Euclidean. */
    double length(int neuron) {
        double squares = 0;
        for (int o = 0; o < outputs; o++) {
            squares += get(neuron, o) * get(neuron, o);
        }
        return Math.sqrt(squares);
    }

    /** Weights of some neurons, {@code rows[i]} those of neuron i, laid out as the block's own, as FLOAT. */
    Tensor laidOut(double[][] rows) {
        float[] t = new float[rows.length * outputs];
        boolean isRows = outputStride == 1;
        for (int i = 0; i < rows.length; i++) {
            for (int o = 0; o < outputs; o++) {
                t[isRows ? i * outputs + o : o * rows.length + i] = (float) rows[i][o];
            }
        }
        return isRows ? Tensor.of(t, rows.length, outputs) : Tensor.of(t, outputs, rows.length);
    }
}
