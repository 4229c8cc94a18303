package dev.lanewise.exec;

import dev.lanewise.DataType;

/** The activation memory of one session: one array for each kind of element, grown when a request needs more, never shrunk. */
public final class Arena {
    private final Object[] arrays = new Object[DataType.Storage.values().length];
    private final int[] capacity = new int[arrays.length];

    /** An array of at least {@code size} elements; grows with a quarter to spare so that rising lengths do not grow it each time. */
    Object array(DataType.Storage storage, int size) {
        int kind = storage.ordinal();
        if (arrays[kind] == null || capacity[kind] < size) {
            int spare = (int) Math.min(Integer.MAX_VALUE - 64L, size + (size >> 2));
            arrays[kind] = null;
            arrays[kind] = storage.newArray(spare);
            capacity[kind] = spare;
        }
        return arrays[kind];
    }

    /** Bytes held at present. */
    public long bytes() {
        long bytes = 0;
        for (DataType.Storage s : DataType.Storage.values()) {
            bytes += (long) capacity[s.ordinal()] * s.bytes();
        }
        return bytes;
    }
}
