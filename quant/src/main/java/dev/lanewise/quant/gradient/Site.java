package dev.lanewise.quant.gradient;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Node;

/**
 * A node in the backward pass.
 *
 * @param in what it read; a missing optional input is null
 * @param out what it gave
 * @param gradients of the result with respect to each output; null where that is zero
 * @param wanted for each input whether its gradient is asked for
 * @param fixed for each input whether it is the same in every run
 */
record Site(Node node, Tensor[] in, Tensor[] out, Tensor[] gradients, boolean[] wanted, boolean[] fixed,
        Products products) {
    Tensor in(int i) {
        return i < in.length ? in[i] : null;
    }

    /** Gradient of the first output. */
    float[] gradient() {
        return gradients[0].floats();
    }

    /** Gradients of the inputs with that of the first alone. */
    Tensor[] first(Tensor gradient) {
        Tensor[] all = new Tensor[in.length];
        all[0] = gradient;
        return all;
    }

    /** Fails where more is asked for than the gradient of the first input, or where the node gives more than its first output. */
    void needsFirstOnly() {
        for (int i = 1; i < wanted.length; i++) {
            if (wanted[i]) {
                throw missing("a computed input " + i);
            }
        }
        for (int o = 1; o < gradients.length; o++) {
            if (gradients[o] != null) {
                throw missing("a reader of output " + o);
            }
        }
    }

    void needsFloats() {
        for (int i = 0; i < in.length; i++) {
            if (wanted[i] && in[i].type() != DataType.FLOAT) {
                throw missing("input " + i + " of type " + in[i].type());
            }
        }
    }

    MissingGradientException missing(String what) {
        return new MissingGradientException(node.name(), node.operator().name(), what);
    }
}
