package dev.lanewise.op.nhwc;

import dev.lanewise.Tensor;
import dev.lanewise.kernel.PackedMatrix;
import java.util.ArrayList;
import java.util.List;

/**
 * Weights of a convolution with channels last: for each group a matrix {@code [window elements * c/group, m/group]} and the
 * bias, one element for each column of its panels. Where each channel is a group and has one output, all are one group.
 *
 * @param channelwise then {@code [window elements, channels]}, and there are no matrices; else null
 */
record ConvWeights(List<PackedMatrix> groups, List<float[]> biases, float[] channelwise) {
    /** Outputs of a group. */
    int outputs() {
        return channelwise == null ? groups.getFirst().n() : biases.getFirst().length;
    }

    /** Panels of a group. */
    int panels() {
        return channelwise == null ? groups.getFirst().panels()
                : (outputs() + PackedMatrix.PANEL - 1) / PackedMatrix.PANEL;
    }

    /** Elements of a group. */
    long size() {
        return channelwise == null ? (long) groups.getFirst().k() * groups.getFirst().n() : channelwise.length;
    }

    /** {@code w} is {@code [m, c/group, ...]}; {@code bias} may be null. */
    static ConvWeights pack(Tensor w, Tensor bias, int group) {
        int m = w.dim(0);
        float[] factors = new float[m];
        java.util.Arrays.fill(factors, 1f);
        return pack(w, factors, bias == null ? new float[m] : bias.floats(), group);
    }

    /**
     * The same followed by a batch normalisation: weights times {@code scale / sqrt(variance + epsilon)}.
     *
     * @param norm scale, shift, mean and variance
     */
    static ConvWeights pack(Tensor w, Tensor bias, int group, List<Tensor> norm, float epsilon) {
        int m = w.dim(0);
        float[] factors = new float[m];
        float[] shifts = new float[m];
        for (int i = 0; i < m; i++) {
            factors[i] = norm.get(0).floats()[i] / (float) Math.sqrt(norm.get(3).floats()[i] + epsilon);
            float centred = (bias == null ? 0f : bias.floats()[i]) - norm.get(2).floats()[i];
            shifts[i] = Math.fma(centred, factors[i], norm.get(1).floats()[i]);
        }
        return pack(w, factors, shifts, group);
    }

    private static ConvWeights pack(Tensor w, float[] factors, float[] bias, int group) {
        int columns = w.dim(0) / group;
        if (group > 1 && columns == 1 && w.dim(1) == 1) {
            return new ConvWeights(List.of(), List.of(bias), channelwise(w, factors));
        }
        List<PackedMatrix> groups = new ArrayList<>();
        List<float[]> biases = new ArrayList<>();
        for (int g = 0; g < group; g++) {
            PackedMatrix packed = matrix(w, factors, g * columns, columns);
            groups.add(packed);
            float[] b = new float[packed.panels() * PackedMatrix.PANEL];
            System.arraycopy(bias, g * columns, b, 0, columns);
            biases.add(b);
        }
        return new ConvWeights(groups, biases, null);
    }

    private static float[] channelwise(Tensor w, float[] factors) {
        int channels = factors.length;
        float[] rows = new float[w.size()];
        int taps = w.size() / channels;
        for (int c = 0; c < channels; c++) {
            for (int q = 0; q < taps; q++) {
                rows[q * channels + c] = w.floats()[c * taps + q] * factors[c];
            }
        }
        return rows;
    }

    /** Columns from {@code first} on; row {@code q * channels + c} for window element q. */
    private static PackedMatrix matrix(Tensor w, float[] factors, int first, int columns) {
        int channels = w.dim(1);
        int k = columns == 0 ? 0 : w.size() / w.dim(0);
        int taps = k / channels;
        float[] b = new float[Math.multiplyExact(k, columns)];
        for (int j = 0; j < columns; j++) {
            int from = (first + j) * k;
            for (int c = 0; c < channels; c++) {
                for (int q = 0; q < taps; q++) {
                    b[(q * channels + c) * columns + j] = w.floats()[from + c * taps + q] * factors[first + j];
                }
            }
        }
        return PackedMatrix.pack(b, 0, k, columns, false);
    }
}
