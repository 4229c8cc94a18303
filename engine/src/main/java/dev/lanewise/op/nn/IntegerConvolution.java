package dev.lanewise.op.nn;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Inference;

/** Convolution of 8-bit integers with zero points, summed exactly in 32 bits. */
final class IntegerConvolution {
    private IntegerConvolution() {
    }

    /**
     * @param xZero zero point of x, a scalar, or null for 0
     * @param wZero zero point of the weights, a scalar or one for each output channel, or null for 0
     * @return sums of shape {@code shape}
     */
    static int[] sums(Tensor x, Tensor w, Tensor xZero, Tensor wZero, int group, Window window, int[] shape) {
        int[] spatial = Taps.spatial(x.shape());
        Taps taps = Taps.of(window, Taps.spatial(w.shape()), spatial, Taps.spatial(shape));
        int inner = Taps.product(spatial);
        int channels = w.dim(1);
        int outChannels = shape[1];
        int[] values = new int[x.size()];
        int zero = xZero == null ? 0 : (int) xZero.longAt(0);
        for (int i = 0; i < values.length; i++) {
            values[i] = (int) x.longAt(i) - zero;
        }
        int[] y = new int[Tensor.sizeOf(shape)];
        for (int row = 0; row < shape[0] * outChannels; row++) {
            int m = row % outChannels;
            int first = (row / outChannels * group + m / (outChannels / group)) * channels;
            int weightZero = wZero == null ? 0 : (int) wZero.longAt(ofChannel(wZero, m));
            for (int k = 0; k < channels * taps.size; k++) {
                int factor = (int) w.longAt(m * channels * taps.size + k) - weightZero;
                int channel = (first + k / taps.size) * inner;
                for (int p = 0; p < taps.positions; p++) {
                    int t = taps.index[k % taps.size * taps.positions + p];
                    if (t >= 0) {
                        y[row * taps.positions + p] += factor * values[channel + t];
                    }
                }
            }
        }
        return y;
    }

    /** Index of channel {@code m} in a parameter of one element, or of one for each channel. */
    static int ofChannel(Tensor parameter, int m) {
        if (parameter.size() == 1) {
            return 0;
        }
        if (m >= parameter.size()) {
            throw new InvalidInputException(null, "one element, or one for each output channel",
                    parameter.toString(), "check the scale and zero point");
        }
        return m;
    }

    /** Checks that input {@code i}, if there, is a scalar, or if {@code channels} is given has one element for each. */
    static void checkParameter(Inference in, int i, Dim channels) {
        if (!in.has(i) || !in.input(i).hasShape()) {
            return;
        }
        Dim size = in.input(i).size();
        boolean fits = in.shape(i).length <= 1 && (!size.isConstant() || size.is(1)
                || channels != null && (!channels.isConstant() || channels.equals(size)));
        if (!fits) {
            throw in.error("a scalar" + (channels == null ? "" : " or " + channels + " elements"),
                    in.input(i).toString(), "check the scale or zero point");
        }
    }
}
