package dev.lanewise.loaders.safetensors;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.file.RawData;
import dev.lanewise.loaders.file.TensorData;
import java.util.Arrays;
import java.util.List;

/** A tensor as a file has it. What the header says has been checked; elements are read when they are asked for. */
public final class StoredTensor {
    private final String source;
    private final String name;
    private final Dtype dtype;
    private final int[] shape;
    private final RawData raw;

    StoredTensor(String source, String name, Dtype dtype, int[] shape, RawData raw) {
        this.source = source;
        this.name = name;
        this.dtype = dtype;
        this.shape = shape;
        this.raw = raw;
    }

    /** The file that holds it, of several a shard. */
    public String source() {
        return source;
    }

    public Dtype dtype() {
        return dtype;
    }

    public int[] shape() {
        return shape.clone();
    }

    /** Bytes in the file. */
    public long bytes() {
        return raw.length();
    }

    /** What {@link #tensor()} has no type for; null where it has. */
    String unsupported() {
        return dtype.type() == null && dtype != Dtype.C64 ? "safetensors type " + dtype : null;
    }

    /**
     * The elements; those of C64 as FLOAT with a last axis of two.
     *
     * @throws UnsupportedModelException where Lanewise has no such type
     */
    public Tensor tensor() {
        if (unsupported() != null) {
            throw new UnsupportedModelException(source, List.of(unsupported()));
        }
        if (dtype == Dtype.C64) {
            int[] pairs = Arrays.copyOf(shape, shape.length + 1);
            pairs[shape.length] = 2;
            return TensorData.tensor(raw, DataType.FLOAT, pairs, where(name));
        }
        return TensorData.tensor(raw, dtype.type(), shape, where(name));
    }

    /** The bytes of any type's elements, as they are in the file: UINT8 [bytes]. */
    public Tensor rawBytes() {
        return TensorData.tensor(raw, DataType.UINT8, new int[] {Math.toIntExact(raw.length())}, where(name));
    }

    static String where(String name) {
        return "tensor '" + ModelFormatException.printable(name) + "'";
    }
}
