package dev.lanewise.op.adaptive;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * A gate of linear layers in a row, with no function in between, as one: computed in double, rounded once.
 *
 * @param weights {@code [d, choices]}, from inputs to outputs
 * @param bias {@code [choices]}
 */
public record FoldedGate(Tensor weights, Tensor bias) {
    /**
     * @param weights of each layer {@code [outputs, inputs]}, as checkpoints have them
     * @param biases of each layer {@code [outputs]}
     */
    public static FoldedGate of(List<Tensor> weights, List<Tensor> biases) {
        if (weights.isEmpty() || weights.size() != biases.size()) {
            throw new InvalidInputException("gate", "as many biases as weights, 1 or more",
                    weights.size() + " weights, " + biases.size() + " biases", "give all layers of the gate");
        }
        int d = check(weights.getFirst(), 1).dim(1);
        double[] product = null;
        double[] bias = new double[d];
        for (int layer = 0; layer < weights.size(); layer++) {
            Tensor a = check(weights.get(layer), layer == 0 ? 1 : 0);
            int inner = a.dim(1);
            if (inner != bias.length || biases.get(layer).size() != a.dim(0)) {
                throw new InvalidInputException("gate", "layers that follow on each other",
                        a + " and " + biases.get(layer) + " after " + bias.length + " outputs",
                        "check the layers' order");
            }
            product = layer == 0 ? doubles(a) : product(a, product, d);
            bias = bias(a, biases.get(layer), bias);
        }
        int choices = bias.length;
        float[] transposed = new float[d * choices];
        float[] rounded = new float[choices];
        for (int j = 0; j < choices; j++) {
            for (int i = 0; i < d; i++) {
                transposed[i * choices + j] = (float) product[j * d + i];
            }
            rounded[j] = (float) bias[j];
        }
        return new FoldedGate(Tensor.of(transposed, d, choices), Tensor.of(rounded, choices));
    }

    private static Tensor check(Tensor a, int smallest) {
        if (a.rank() != 2 || a.dim(1) < smallest) {
            throw new InvalidInputException("gate", "weights [outputs, inputs]", a.toString(), "check the layers");
        }
        return a;
    }

    private static double[] doubles(Tensor t) {
        double[] d = new double[t.size()];
        Arrays.setAll(d, i -> t.floats()[i]);
        return d;
    }

    private static double[] product(Tensor a, double[] b, int columns) {
        int inner = a.dim(1);
        double[] c = new double[a.dim(0) * columns];
        for (int r = 0; r < a.dim(0); r++) {
            for (int i = 0; i < inner; i++) {
                for (int j = 0; j < columns; j++) {
                    c[r * columns + j] += a.floats()[r * inner + i] * b[i * columns + j];
                }
            }
        }
        return c;
    }

    private static double[] bias(Tensor a, Tensor added, double[] before) {
        double[] sum = doubles(added);
        for (int r = 0; r < sum.length; r++) {
            for (int i = 0; i < before.length; i++) {
                sum[r] += a.floats()[r * before.length + i] * before[i];
            }
        }
        return sum;
    }
}
