package dev.lanewise.quant.prune;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import java.util.Map;

/** How the vector that stands for a sample is taken from what a model gives for it. Its length does not matter. */
public sealed interface Embedding {
    /** The output that it is taken from. */
    String output();

    /**
     * Rows of the output that make the vector, and the share of each.
     *
     * @param output FLOAT
     * @param inputs of the run
     */
    float[] shares(Tensor output, Map<String, Tensor> inputs);

    /** All elements of the output: logits, a pooled vector, a class token. */
    record Whole(String output) implements Embedding {
        @Override
        public float[] shares(Tensor t, Map<String, Tensor> inputs) {
            return new float[] {1};
        }
    }

    /** The mean of the rows {@code [1, tokens, width]} whose mask {@code [1, tokens]} is not 0. */
    record Mean(String output, String mask) implements Embedding {
        @Override
        public float[] shares(Tensor t, Map<String, Tensor> inputs) {
            long[] of = inputs.get(mask).asLongs();
            int count = 0;
            for (long m : of) {
                count += m != 0 ? 1 : 0;
            }
            float[] shares = new float[of.length];
            for (int i = 0; i < of.length; i++) {
                shares[i] = of[i] != 0 ? 1f / count : 0;
            }
            return shares;
        }
    }

    /** One row of {@code [1, tokens, width]}, as the class token's. */
    record Token(String output, int position) implements Embedding {
        @Override
        public float[] shares(Tensor t, Map<String, Tensor> inputs) {
            float[] shares = new float[t.rank() == 3 ? t.dim(1) : 1];
            if (position < 0 || position >= shares.length) {
                throw new InvalidInputException(output, "an output [1, tokens, width] with token " + position,
                        t.toString(), "name another output or position");
            }
            shares[position] = 1;
            return shares;
        }
    }

    /** The vector of a run. */
    default float[] of(Tensor output, Map<String, Tensor> inputs) {
        float[] shares = checked(output, inputs);
        float[] vector = new float[output.size() / shares.length];
        for (int r = 0; r < shares.length; r++) {
            for (int i = 0; i < vector.length && shares[r] != 0; i++) {
                vector[i] += shares[r] * output.floats()[r * vector.length + i];
            }
        }
        return vector;
    }

    /** From the gradient of the vector that of the output. */
    default Tensor back(float[] gradient, Tensor output, Map<String, Tensor> inputs) {
        float[] shares = checked(output, inputs);
        float[] back = new float[output.size()];
        for (int i = 0; i < back.length; i++) {
            back[i] = shares[i / gradient.length] * gradient[i % gradient.length];
        }
        return Tensor.of(back, output.shape());
    }

    private float[] checked(Tensor output, Map<String, Tensor> inputs) {
        boolean isOne = output.type() == DataType.FLOAT && output.rank() > 0 && output.dim(0) == 1;
        float[] shares = isOne ? shares(output, inputs) : null;
        if (shares == null || shares.length == 0 || output.size() % shares.length != 0) {
            throw new InvalidInputException(output(), "FLOAT output of one sample, [1, ...], with a row for each token",
                    output.toString(), "name another output");
        }
        return shares;
    }
}
