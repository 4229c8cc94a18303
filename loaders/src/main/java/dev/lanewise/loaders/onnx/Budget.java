package dev.lanewise.loaders.onnx;

import dev.lanewise.ModelFormatException;

/** Bytes that decoded tensors may still take: the size of the files plus {@link dev.lanewise.Limits#extraBytes()}. */
final class Budget {
    private long left;

    Budget(long bytes) {
        this.left = bytes;
    }

    void add(long bytes) {
        left = Math.addExact(left, bytes);
    }

    /** Called before the memory is allocated. */
    void take(long bytes, String where) {
        check(bytes, where);
        left -= bytes;
    }

    /** The same for memory that is given back soon. */
    void check(long bytes, String where) {
        if (bytes > left) {
            throw new ModelFormatException(null, where, "at most " + left + " more bytes of tensors", bytes + " bytes",
                    "the file asks for more memory than its size justifies; raise Limits.extraBytes if it is to be trusted");
        }
    }
}
