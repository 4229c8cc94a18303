package dev.lanewise.kernel;

import dev.lanewise.kernel.KernelCase.Inputs;
import java.util.List;

/** Convolution and pooling as {@link KernelCase}s: the length serves as depth, as number of positions and of outputs. */
final class ConvolutionCases {
    private ConvolutionCases() {
    }

    static void add(List<KernelCase> cases) {
        for (int rows : new int[] {1, 2, 3, 4, 5, 6, 7, 12, 13, 19}) {
            cases.add(new KernelCase("convolve positions " + rows,
                    (kernels, in) -> convolution(kernels, in, rows, in.n(), 32)));
        }
        cases.add(new KernelCase("convolve by positions", (kernels, in) -> convolution(kernels, in, in.n(), 9, 40)));
        cases.add(new KernelCase("convolve by outputs", (kernels, in) -> convolution(kernels, in, 15, 6, in.n())));
        cases.add(new KernelCase("convolve deep", (kernels, in) -> convolution(kernels, in, 26, 300 + in.n(), 100)));
        for (int rows : new int[] {1, 4, 7}) {
            cases.add(new KernelCase("convolveChannels positions " + rows,
                    (kernels, in) -> channelwise(kernels, in, rows, in.n())));
        }
        cases.add(new KernelCase("maxPool by channels", (kernels, in) -> {
            float[] y = in.floats(in.at(1) + 3 * (in.n() + 2));
            kernels.maxPool(3, in.n() + 1, in.n(), in.floats(12 * in.n() + 40), in.at(0), 2, 4 * in.n(), 3, in.n() + 3,
                    y, in.at(1), in.n() + 2);
            return new Object[] {y};
        }));
        cases.add(new KernelCase("meanPool by channels", (kernels, in) -> {
            float[] y = in.floats(in.at(1) + 3 * (in.n() + 2));
            kernels.meanPool(3, in.n() + 1, in.n(), in.floats(12 * in.n() + 40), in.at(0), 2, 4 * in.n(), 3, in.n() + 3,
                    5f, y, in.at(1), in.n() + 2);
            return new Object[] {y};
        }));
    }

    /**
     * Two segments of {@code depth} elements: all panels and one row added to all, the last panel and a residual and a floor,
     * and all panels over their residual.
     */
    private static Object[] convolution(Kernels kernels, Inputs in, int rows, int depth, int outputs) {
        int panels = (outputs + PackedMatrix.PANEL - 1) / PackedMatrix.PANEL;
        int k = 2 * depth;
        PackedMatrix w = new PackedMatrix(k, outputs, k,
                in.floats(PackedMatrix.FIRST + panels * PackedMatrix.PANEL * k));
        float[] x = in.floats(in.at(0) + 3 * rows + 2 * depth + 7);
        int[] starts = new int[rows + 2];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = i * 3 % (3 * rows + 1);
        }
        int[] segments = {4, depth + 1};
        float[] bias = in.floats(panels * PackedMatrix.PANEL);
        float[] r = in.floats(in.at(1) + rows * (outputs + 1));
        float[] plain = in.floats(in.at(2) + rows * (outputs + 2));
        float[] finished = plain.clone();
        kernels.convolve(w, bias, 0, panels, rows, x, in.at(0), starts, 2, segments, plain, in.at(2), outputs + 2, r,
                0, 0, Float.NEGATIVE_INFINITY, new float[Kernels.EDGE]);
        kernels.convolve(w, bias, Math.max(0, panels - 1), panels, rows, x, in.at(0), starts, 0, segments, finished,
                in.at(2), outputs + 2, r, in.at(1), outputs + 1, 0f, new float[Kernels.EDGE]);
        float[] over = r.clone();
        kernels.convolve(w, bias, 0, panels, rows, x, in.at(0), starts, 1, segments, over, in.at(1), outputs + 1, over,
                in.at(1), outputs + 1, 0f, new float[Kernels.EDGE]);
        return new Object[] {plain, finished, over};
    }

    /** Three segments: a row added to all, and a floor over the residual. */
    private static Object[] channelwise(Kernels kernels, Inputs in, int rows, int channels) {
        int[] segments = {0, channels, 3 * channels + 1};
        int[] starts = new int[rows + 1];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = i * 3 % (3 * rows + 1);
        }
        float[] x = in.floats(in.at(0) + 3 * rows + 4 * channels + 1);
        float[] w = in.floats(in.at(1) + 3 * (channels + 2));
        float[] bias = in.floats(in.at(2) + channels);
        float[] r = in.floats(in.at(1) + rows * (channels + 1));
        float[] plain = in.floats(in.at(2) + rows * (channels + 2));
        kernels.convolveChannels(channels, w, in.at(1), channels + 2, bias, in.at(2), rows, x, in.at(0), starts, 1,
                segments, plain, in.at(2), channels + 2, r, 0, 0, Float.NEGATIVE_INFINITY);
        kernels.convolveChannels(channels, w, in.at(1), channels + 2, bias, in.at(2), rows, x, in.at(0), starts, 0,
                segments, r, in.at(1), channels + 1, r, in.at(1), channels + 1, 0f);
        return new Object[] {plain, r};
    }
}
