package dev.lanewise;

import java.util.Arrays;
import java.util.List;

/**
 * A dense array of elements in row-major order. Shape {@code []} is a scalar of one element; a dimension may be 0.
 *
 * <p>
 * The element array is shared, not copied: {@code of} wraps the array given, and {@code floats()}, {@code longs()} … return
 * the array itself. Storage by type: FLOAT {@code float[]}; DOUBLE {@code double[]}; INT64 and UINT64 {@code long[]}; INT32
 * and UINT32 {@code int[]}; 16-bit types {@code short[]} (FLOAT16 and BFLOAT16 as raw bits); 8-bit and narrower types
 * {@code byte[]}, one element a byte (INT4 sign-extended, BOOL 0 or 1); STRING {@code String[]}.
 *
 * <p>
 * A value of type SEQUENCE or OPTIONAL is a row of tensors, {@code Tensor[]}: see {@link #sequence}, {@link #optional} and
 * {@link #elements}.
 */
public final class Tensor {
    private final DataType type;
    private final int[] shape;
    /** An array, or {@link DeferredData}. */
    private final Object data;
    private final int size;

    private Tensor(DataType type, Object data, int length, int[] shape) {
        this.type = type;
        this.shape = shape.clone();
        this.data = data;
        this.size = sizeOf(shape);
        if (size != length) {
            throw new InvalidInputException(null, size + " elements for shape " + Arrays.toString(shape),
                    length + " elements", "give as many elements as the shape has");
        }
    }

    public static Tensor of(float[] data, int... shape) {
        return new Tensor(DataType.FLOAT, data, data.length, shape);
    }

    public static Tensor of(double[] data, int... shape) {
        return new Tensor(DataType.DOUBLE, data, data.length, shape);
    }

    public static Tensor of(long[] data, int... shape) {
        return new Tensor(DataType.INT64, data, data.length, shape);
    }

    public static Tensor of(int[] data, int... shape) {
        return new Tensor(DataType.INT32, data, data.length, shape);
    }

    public static Tensor of(String[] data, int... shape) {
        return new Tensor(DataType.STRING, data, data.length, shape);
    }

    /** BOOL tensor; the values are copied. */
    public static Tensor of(boolean[] values, int... shape) {
        byte[] data = new byte[values.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (values[i] ? 1 : 0);
        }
        return new Tensor(DataType.BOOL, data, data.length, shape);
    }

    /**
     * A sequence.
     *
     * @param elements tensors (or sequences) of one type, whose shapes may differ; the list is copied, the tensors are shared
     */
    public static Tensor sequence(List<Tensor> elements) {
        for (Tensor t : elements) {
            if (t.type != elements.getFirst().type) {
                throw new InvalidInputException(null, "a sequence of tensors of one type",
                        elements.getFirst().type + " and " + t.type, "convert one");
            }
        }
        return new Tensor(DataType.SEQUENCE, elements.toArray(Tensor[]::new), elements.size(),
                new int[] {elements.size()});
    }

    /** An optional that holds a tensor or sequence; none where {@code value} is null. */
    public static Tensor optional(Tensor value) {
        Tensor[] held = value == null ? new Tensor[0] : new Tensor[] {value};
        return new Tensor(DataType.OPTIONAL, held, held.length, new int[] {held.length});
    }

    /** The tensors of a sequence, or what an optional holds: one or none. */
    public List<Tensor> elements() {
        return List.of((Tensor[]) storage(DataType.Storage.TENSORS));
    }

    /** Wraps an array of the storage kind that {@code type} asks for. */
    public static Tensor of(DataType type, Object array, int... shape) {
        int length = type.storage().length(array);
        if (length < 0) {
            throw new InvalidInputException(null, type.storage() + " for " + type, array.getClass().getSimpleName(),
                    "wrap an array of the type's storage kind");
        }
        return new Tensor(type, array, length, shape);
    }

    /** A constant whose elements are read when they are first asked for. */
    public static Tensor deferred(DataType type, DeferredData data, int... shape) {
        if (data.storage() != type.storage()) {
            throw new InvalidInputException(null, type.storage() + " for " + type, data.storage().toString(),
                    "defer elements of the type's storage kind");
        }
        return new Tensor(type, data, data.size(), shape);
    }

    /** A tensor of zeros (empty strings for STRING). */
    public static Tensor zeros(DataType type, int... shape) {
        int size = sizeOf(shape);
        Object data = type.storage().newArray(size);
        if (data instanceof String[] strings) {
            Arrays.fill(strings, "");
        }
        return new Tensor(type, data, size, shape);
    }

    public static Tensor scalar(float value) {
        return of(new float[] {value});
    }

    public static Tensor scalar(long value) {
        return of(new long[] {value});
    }

    /** Number of elements of a shape; a product over {@code Integer.MAX_VALUE} or a negative dimension is refused. */
    public static int sizeOf(int... shape) {
        long size = 1;
        boolean empty = false;
        for (int d : shape) {
            if (d < 0) {
                throw new InvalidInputException(null, "dimensions of 0 or more", Arrays.toString(shape),
                        "check the shape");
            }
            empty |= d == 0;
        }
        if (empty) {
            return 0;
        }
        for (int d : shape) {
            size *= d;
            if (size > Integer.MAX_VALUE - 64) {
                throw new InvalidInputException(null, "at most 2^31 - 64 elements", Arrays.toString(shape),
                        "split the tensor: a Java array holds no more");
            }
        }
        return (int) size;
    }

    public DataType type() {
        return type;
    }

    /** A copy of the dimensions. */
    public int[] shape() {
        return shape.clone();
    }

    public int rank() {
        return shape.length;
    }

    /** Dimension {@code axis}, 0 ≤ axis &lt; rank. */
    public int dim(int axis) {
        return shape[axis];
    }

    public boolean hasShape(int... other) {
        return Arrays.equals(shape, other);
    }

    /** Number of elements. */
    public int size() {
        return size;
    }

    /** The same elements under another shape of equal size. */
    public Tensor reshape(int... newShape) {
        return new Tensor(type, data, size, newShape);
    }

    /** The same bits under another type of the same storage. */
    public Tensor as(DataType other) {
        return data instanceof DeferredData deferred ? deferred(other, deferred, shape) : of(other, data, shape);
    }

    /** The element array itself, whatever its kind. */
    public Object array() {
        return data instanceof DeferredData deferred ? deferred.array() : data;
    }

    /** The elements as far as they may be let go of; null for a tensor that wraps an array of its maker. */
    public DeferredData deferred() {
        return data instanceof DeferredData deferred ? deferred : null;
    }

    /** The same elements, which may be let go of: no one writes to this tensor. */
    public Tensor asDeferred() {
        return data instanceof DeferredData ? this
                : new Tensor(type, DeferredData.of(type, size, data), size, shape);
    }

    /** Hands over the elements, in order, without keeping in memory what is not there. */
    public void read(DeferredData.Sink sink) {
        if (data instanceof DeferredData deferred) {
            deferred.read(sink);
        } else {
            sink.take(data, 0, 0, size);
        }
    }

    public float[] floats() {
        return (float[]) storage(DataType.Storage.FLOATS);
    }

    public double[] doubles() {
        return (double[]) storage(DataType.Storage.DOUBLES);
    }

    public long[] longs() {
        return (long[]) storage(DataType.Storage.LONGS);
    }

    public int[] ints() {
        return (int[]) storage(DataType.Storage.INTS);
    }

    public short[] shorts() {
        return (short[]) storage(DataType.Storage.SHORTS);
    }

    public byte[] bytes() {
        return (byte[]) storage(DataType.Storage.BYTES);
    }

    public String[] strings() {
        return (String[]) storage(DataType.Storage.STRINGS);
    }

    private Object storage(DataType.Storage wanted) {
        if (type.storage() != wanted) {
            throw new InvalidInputException(null, wanted + " storage", type + " tensor",
                    "read it with the accessor of its type");
        }
        return array();
    }

    /** A copy of the elements of a FLOAT tensor, row-major. */
    public float[] toFloatArray() {
        return floats().clone();
    }

    /** A copy of the elements of an INT64 tensor, row-major. */
    public long[] toLongArray() {
        return longs().clone();
    }

    /** Element {@code i} of any integer or BOOL type as a long (unsigned types widened without sign, UINT64 as its bits). */
    public long longAt(int i) {
        Object elements = array();
        return switch (type) {
            case INT64, UINT64 -> ((long[]) elements)[i];
            case INT32 -> ((int[]) elements)[i];
            case UINT32 -> ((int[]) elements)[i] & 0xFFFF_FFFFL;
            case INT16 -> ((short[]) elements)[i];
            case UINT16 -> ((short[]) elements)[i] & 0xFFFF;
            case INT8, INT4, INT2 -> ((byte[]) elements)[i];
            case UINT8, UINT4, UINT2, BOOL -> ((byte[]) elements)[i] & 0xFF;
            default -> throw new InvalidInputException(null, "an integer tensor", type.toString(), "convert it first");
        };
    }

    /** All elements of an integer or BOOL tensor as longs. */
    public long[] asLongs() {
        if (array() instanceof long[] longs) {
            return longs;
        }
        long[] values = new long[size];
        for (int i = 0; i < size; i++) {
            values[i] = longAt(i);
        }
        return values;
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }
}
