package dev.lanewise.op.nn;

import dev.lanewise.kernel.BinaryFunction;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.PackedMatrix;

/**
 * A piece of a convolution over heap arrays: 32 positions of one group of one instance, all its output channels.
 * What the windows read there is packed as one panel, row {@code c * taps + q} for channel c and window element q
 * (zero in the padding); the weights are the matrix that multiplies it, as they lie.
 */
final class ConvTile {
    private static final int PANEL = PackedMatrix.PANEL;

    private final Kernels kernels;
    private final int group;
    private final Window window;
    private final Taps taps = new Taps();
    private int batches;
    /** Channels of one group. */
    private int channels;
    private int outChannels;
    private int inner;
    private int rows;
    private int panels;

    ConvTile(Kernels kernels, int group, Window window) {
        this.kernels = kernels;
        this.group = group;
        this.window = window;
    }

    void shapes(int[] x, int[] w, int[] out) {
        int[] spatial = Taps.spatial(x);
        taps.set(window, Taps.spatial(w), spatial, Taps.spatial(out));
        batches = x[0];
        channels = w[1];
        outChannels = w[0] / group;
        inner = Taps.product(spatial);
        rows = Math.multiplyExact(channels, taps.size);
        panels = (taps.positions + PANEL - 1) / PANEL;
    }

    int tiles() {
        return batches * group * panels;
    }

    /** Floats of working memory. */
    int scratch() {
        return Math.multiplyExact(rows, PANEL);
    }

    /** {@code bias} may be null. */
    void run(int index, float[] x, int xOffset, float[] w, int wOffset, float[] bias, int biasOffset, float[] y,
            int yOffset, float[] panel) {
        int position = index % panels * PANEL;
        int set = index / panels;
        int firstOut = set % group * outChannels;
        int columns = Math.min(PANEL, taps.positions - position);
        pack(x, xOffset + set * channels * inner, position, columns, panel);
        int yAt = yOffset + set * outChannels * taps.positions + position;
        kernels.gemmPanel(outChannels, columns, rows, w, wOffset + firstOut * rows, rows, panel, 0, y, yAt,
                taps.positions, false);
        for (int m = 0; m < outChannels && bias != null; m++) {
            int row = yAt + m * taps.positions;
            kernels.binary(BinaryFunction.ADD, y, row, 1, bias, biasOffset + firstOut + m, 0, y, row, columns);
        }
    }

    private void pack(float[] x, int xAt, int position, int columns, float[] panel) {
        for (int q = 0; q < taps.size; q++) {
            int from = q * taps.positions + position;
            for (int c = 0; c < channels; c++) {
                int to = (c * taps.size + q) * PANEL;
                int channel = xAt + c * inner;
                for (int j = 0; j < columns; j++) {
                    int t = taps.index[from + j];
                    panel[to + j] = t < 0 ? 0f : x[channel + t];
                }
                for (int j = columns; j < PANEL; j++) {
                    panel[to + j] = 0f;
                }
            }
        }
    }
}
