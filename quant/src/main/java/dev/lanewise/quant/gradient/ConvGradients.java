package dev.lanewise.quant.gradient;

import dev.lanewise.Tensor;
import dev.lanewise.op.nn.Conv;
import java.util.Arrays;

/** Convolution: the gradient of the image. */
final class ConvGradients {
    private ConvGradients() {
    }

    /**
     * For each element of the kernel, a convolution of the elements' numbers with a kernel of that element alone says which
     * element of the image it met at each position. Numbers count from 1, so that 0 is the padding.
     */
    static Tensor[] image(Conv op, Site s) {
        s.needsFirstOnly();
        s.needsFloats();
        Tensor x = s.in(0);
        Tensor w = s.in(1);
        int channels = x.dim(1);
        int outputs = w.dim(0);
        int inGroup = w.dim(1);
        int taps = w.size() / Math.max(1, outputs * inGroup);
        int positions = s.out()[0].size() / Math.max(1, x.dim(0) * outputs);
        double[] numbers = new double[x.size()];
        Arrays.setAll(numbers, i -> i + 1);
        int[] kernel = w.shape();
        kernel[0] = channels;
        kernel[1] = 1;
        float[] g = s.gradient();
        float[] dx = new float[x.size()];
        for (int t = 0; t < taps; t++) {
            double[] one = new double[channels * taps];
            for (int c = 0; c < channels; c++) {
                one[c * taps + t] = 1;
            }
            double[] met = new Conv(channels, op.window())
                    .evaluate(new Tensor[] {Tensor.of(numbers, x.shape()), Tensor.of(one, kernel)})[0].doubles();
            for (int image = 0; image < x.dim(0); image++) {
                for (int m = 0; m < outputs; m++) {
                    int group = m / (outputs / op.group());
                    int from = (image * outputs + m) * positions;
                    for (int c = 0; c < inGroup; c++) {
                        float weight = w.floats()[(m * inGroup + c) * taps + t];
                        int at = (image * channels + group * inGroup + c) * positions;
                        for (int p = 0; p < positions; p++) {
                            int element = (int) met[at + p] - 1;
                            if (element >= 0) {
                                dx[element] += weight * g[from + p];
                            }
                        }
                    }
                }
            }
        }
        return s.first(Tensor.of(dx, x.shape()));
    }
}
