package dev.lanewise.op.adaptive;

import dev.lanewise.kernel.Epilogue;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.PackedWeights;
import dev.lanewise.kernel.UnaryFunction;

/**
 * The weights of a module's learners in kernel form.
 *
 * @param count N
 * @param width b, hidden neurons of one
 * @param up {@code [d, N*b]}
 * @param hidden what follows the first product
 * @param down for each k the first k*b rows of {@code [N*b, n]}; null for 0
 * @param output for each k what follows the second product
 */
record Learners(int count, int width, PackedWeights up, Epilogue hidden, PackedWeights[] down, Epilogue[] output) {
    static Learners of(int count, PackedWeights up, float[] bias, UnaryFunction activation, PackedWeights down,
            float[][] added) {
        int width = up.n() / count;
        PackedWeights[] prefixes = new PackedWeights[count + 1];
        Epilogue[] output = new Epilogue[count + 1];
        for (int k = 0; k <= count; k++) {
            prefixes[k] = k == 0 ? null : down.prefix(k * width, down.n());
            output[k] = added == null ? Epilogue.NONE : new Epilogue(null, added[k], null);
        }
        return new Learners(count, width, up, new Epilogue(null, bias, activation), prefixes, output);
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

    /** Panels of the first matrix before those that start with learner n (from 1); a panel across two belongs to the lower. */
    int panelsBefore(int n) {
        return ((n - 1) * width + PackedMatrix.PANEL - 1) / PackedMatrix.PANEL;
    }
}
