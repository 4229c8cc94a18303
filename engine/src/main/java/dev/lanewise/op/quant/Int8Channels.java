package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;

/**
 * A FLOAT matrix as signed bytes, each row or column (channel) with a scale of its own: {@code w ≈ bytes * scale} with bytes in
 * [-127, 127], rounded half to even, so that each element is off by at most half a scale.
 *
 * @param bytes INT8, of the shape of the matrix
 * @param scales FLOAT, one a channel; 1 for a channel of zeros
 */
record Int8Channels(Tensor bytes, Tensor scales) {
    private static final int LARGEST = 127;

    /** Each column of {@code w [k, n]} is a channel. */
    static Int8Channels ofColumns(Tensor w) {
        int columns = w.dim(1);
        return of(w, columns, i -> i % columns);
    }

    /** Each row of {@code w [rows, width]} is a channel. */
    static Int8Channels ofRows(Tensor w) {
        int width = w.dim(1);
        return of(w, w.dim(0), i -> i / width);
    }

    private static Int8Channels of(Tensor w, int channels, java.util.function.IntUnaryOperator channel) {
        float[] values = w.floats();
        float[] scales = new float[channels];
        for (int i = 0; i < values.length; i++) {
            int c = channel.applyAsInt(i);
            scales[c] = Math.max(scales[c], Math.abs(values[i]));
        }
        for (int c = 0; c < channels; c++) {
            scales[c] = scales[c] == 0 ? 1 : scales[c] / LARGEST;
        }
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) Math.clamp(Math.rint(values[i] / scales[channel.applyAsInt(i)]), -LARGEST, LARGEST);
        }
        return new Int8Channels(Tensor.of(DataType.INT8, bytes, w.shape()), Tensor.of(scales, channels));
    }

    /** Whether every scale is a normal number, so that the bytes stand for the weights; else the matrix stays as it is. */
    boolean isUsable() {
        for (float scale : scales.floats()) {
            if (!(scale >= Float.MIN_NORMAL && scale <= Float.MAX_VALUE)) {
                return false;
            }
        }
        return true;
    }
}
