package dev.lanewise.op.quant;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import java.util.function.IntUnaryOperator;

/**
 * A FLOAT matrix as signed bytes, each row or column (channel) with a scale of its own: {@code w ≈ bytes * scale} with bytes in
 * [-127, 127], rounded half to even, so that each element is off by at most half a scale.
 *
 * @param bytes INT8, of the shape of the matrix
 * @param scales FLOAT, one a channel; 1 for a channel of zeros
 * @param channel of an element by its position
 */
record Int8Channels(Tensor bytes, Tensor scales, IntUnaryOperator channel) {
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

    /** Reads the matrix twice and keeps none of its elements. */
    private static Int8Channels of(Tensor w, int channels, IntUnaryOperator channel) {
        float[] scales = new float[channels];
        w.read((array, offset, first, count) -> {
            float[] values = (float[]) array;
            for (int i = 0; i < count; i++) {
                int c = channel.applyAsInt(first + i);
                scales[c] = Math.max(scales[c], Math.abs(values[offset + i]));
            }
        });
        for (int c = 0; c < channels; c++) {
            scales[c] = scales[c] == 0 ? 1 : scales[c] / LARGEST;
        }
        byte[] bytes = new byte[w.size()];
        w.read((array, offset, first, count) -> {
            float[] values = (float[]) array;
            for (int i = 0; i < count; i++) {
                double steps = Math.rint(values[offset + i] / scales[channel.applyAsInt(first + i)]);
                bytes[first + i] = (byte) Math.clamp(steps, -LARGEST, LARGEST);
            }
        });
        return new Int8Channels(Tensor.of(DataType.INT8, bytes, w.shape()).asDeferred(),
                Tensor.of(scales, channels), channel);
    }

    /** Lets go of the matrix: who asks for its elements from now on gets those that the bytes stand for. */
    void replace(Tensor w) {
        if (w.deferred() != null) {
            w.deferred().release(sink -> bytes.read((array, offset, first, count) -> {
                float[] values = new float[count];
                for (int i = 0; i < count; i++) {
                    values[i] = ((byte[]) array)[offset + i] * scales.floats()[channel.applyAsInt(first + i)];
                }
                sink.take(values, 0, first, count);
            }));
        }
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
