package dev.lanewise.op.adaptive;

import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.PackedWeights;
import dev.lanewise.kernel.UnaryFunction;
import java.util.Arrays;

/**
 * The weights of a module's learners in kernel form.
 *
 * @param count N
 * @param width b, hidden neurons of one
 * @param up {@code [d, N*b]}
 * @param bias added to hidden values, in whole panels, or null
 * @param activation of hidden values or null
 * @param down for each k the first k*b rows of {@code [N*b, n]}; null for 0
 * @param output for each k what is added to outputs, in whole panels, or null
 */
record Learners(int count, int width, PackedWeights up, float[] bias, Epilogue activation, PackedWeights[] down,
        float[][] output) {
    /** Hidden columns that a product stores at least: a vector of 512 bits. */
    static final int HALF = PackedMatrix.PANEL / 2;

    static Learners of(int count, PackedWeights up, float[] bias, UnaryFunction activation, PackedWeights down,
            float[][] added) {
        int width = up.n() / count;
        PackedWeights[] prefixes = new PackedWeights[count + 1];
        float[][] output = new float[count + 1][];
        for (int k = 0; k <= count; k++) {
            prefixes[k] = k == 0 ? null : down.prefix(k * width, down.n());
            output[k] = added == null ? null : padded(added[k]);
        }
        return new Learners(count, width, up, padded(bias),
                activation == null ? null : new Epilogue(null, null, activation),
                prefixes, output);
    }

    private static float[] padded(float[] added) {
        return added == null ? null
                : Arrays.copyOf(added, Math.ceilDiv(added.length, PackedMatrix.PANEL) * PackedMatrix.PANEL);
    }

    /** Hidden values are computed in whole halves of panels. */
    static int halves(int columns) {
        return Math.ceilDiv(columns, HALF) * HALF;
    }

    /** Columns of a row of hidden values. */
    int hiddenWidth() {
        return halves(up.n());
    }

    /** Hidden columns that are computed for a token of k learners. */
    int columns(int k) {
        return halves(k * width);
    }

    int inputs() {
        return up.k();
    }

    int outputs() {
        return down[count].n();
    }

    int outputPanels() {
        return down[count].panels();
    }
}
