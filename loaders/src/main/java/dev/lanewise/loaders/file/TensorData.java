package dev.lanewise.loaders.file;

import dev.lanewise.DataType;
import dev.lanewise.DeferredData;
import dev.lanewise.Tensor;
import java.nio.ByteOrder;

/** Makes tensors of elements that lie in a file. */
public final class TensorData {
    /** From this many bytes on elements are read when they are asked for. */
    private static final int LARGE = 1 << 14;
    private static final int CHUNK = 1 << 14;

    private TensorData() {
    }

    /** Bytes of {@code count} elements in a file; several elements narrower than a byte share one. */
    public static long bytes(DataType type, long count) {
        return (count * type.bits() + 7) / 8;
    }

    /**
     * A tensor of {@code raw}, which has as many bytes as the shape needs. Small tensors, and those whose elements have to be
     * checked, are read at once.
     *
     * @param where names the tensor in errors
     */
    public static Tensor tensor(RawData raw, DataType type, int[] shape, String where) {
        int count = Tensor.sizeOf(shape);
        boolean isChecked = type == DataType.BOOL;
        if (raw.length() < LARGE || isChecked) {
            Object all = type.storage().newArray(count);
            elements(raw, type, where, count,
                    (part, offset, first, n) -> System.arraycopy(part, offset, all, first, n));
            return Tensor.of(type, all, shape);
        }
        return Tensor.deferred(type, new DeferredData(type, count, sink -> elements(raw, type, where, count, sink)),
                shape);
    }

    /** Decodes all elements, a part at a time. */
    private static void elements(RawData raw, DataType type, String where, int count, DeferredData.Sink sink) {
        Object part = type.storage().newArray(Math.min(CHUNK, count));
        int[] done = {0};
        raw.read(bytes -> {
            int end = bytes.limit();
            while (bytes.position() < end) {
                bytes.limit((int) Math.min(end, bytes.position() + bytes(type, CHUNK)));
                int n = RawElements.decode(bytes.slice().order(ByteOrder.LITTLE_ENDIAN), type, part, 0,
                        Math.min(CHUNK, count - done[0]), where);
                sink.take(part, 0, done[0], n);
                done[0] += n;
                bytes.position(bytes.limit()).limit(end);
            }
        });
    }
}
