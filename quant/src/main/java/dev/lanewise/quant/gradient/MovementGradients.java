package dev.lanewise.quant.gradient;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import java.util.Arrays;

/**
 * Operators that move elements, whatever they are: run on the elements' numbers they say where each result comes from, and
 * that is where its gradient goes.
 */
final class MovementGradients {
    private static final long NOWHERE = -1;

    private MovementGradients() {
    }

    /** @param first the first of the inputs that elements come from; they follow one another from there */
    static Tensor[] moved(Site s, int first, int inputs) {
        s.needsFloats();
        Tensor[] gradients = new Tensor[s.in().length];
        for (int i = first; i < first + inputs; i++) {
            if (s.wanted()[i]) {
                gradients[i] = from(s, i, first, inputs);
            }
        }
        return gradients;
    }

    private static Tensor from(Site s, int input, int first, int inputs) {
        Tensor[] numbered = s.in().clone();
        for (int i = first; i < first + inputs; i++) {
            long[] numbers = new long[s.in(i).size()];
            int source = i;
            Arrays.setAll(numbers, e -> source == input ? e : NOWHERE);
            numbered[i] = Tensor.of(DataType.INT64, numbers, s.in(i).shape());
        }
        Tensor[] sources = s.node().operator().evaluate(numbered);
        float[] d = new float[s.in(input).size()];
        for (int o = 0; o < s.gradients().length; o++) {
            if (s.gradients()[o] != null) {
                scatter(sources[o].longs(), s.gradients()[o].floats(), d);
            }
        }
        return Tensor.of(d, s.in(input).shape());
    }

    private static void scatter(long[] sources, float[] g, float[] d) {
        for (int i = 0; i < g.length; i++) {
            if (sources[i] != NOWHERE) {
                d[(int) sources[i]] += g[i];
            }
        }
    }

    /** The same elements under another shape. */
    static Tensor[] reshaped(Site s) {
        return s.first(s.gradients()[0].reshape(s.in(0).shape()));
    }
}
