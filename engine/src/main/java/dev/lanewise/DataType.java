package dev.lanewise;

/**
 * Element types, named as in the ONNX standard. Each is kept in one kind of Java array; types narrower than a byte take
 * one byte an element in memory.
 */
public enum DataType {
    FLOAT(Storage.FLOATS, 32),
    DOUBLE(Storage.DOUBLES, 64),
    FLOAT16(Storage.SHORTS, 16),
    BFLOAT16(Storage.SHORTS, 16),
    FLOAT8E4M3FN(Storage.BYTES, 8),
    FLOAT8E4M3FNUZ(Storage.BYTES, 8),
    FLOAT8E5M2(Storage.BYTES, 8),
    FLOAT8E5M2FNUZ(Storage.BYTES, 8),
    FLOAT8E8M0(Storage.BYTES, 8),
    FLOAT4E2M1(Storage.BYTES, 4),
    INT64(Storage.LONGS, 64),
    INT32(Storage.INTS, 32),
    INT16(Storage.SHORTS, 16),
    INT8(Storage.BYTES, 8),
    INT4(Storage.BYTES, 4),
    INT2(Storage.BYTES, 2),
    UINT64(Storage.LONGS, 64),
    UINT32(Storage.INTS, 32),
    UINT16(Storage.SHORTS, 16),
    UINT8(Storage.BYTES, 8),
    UINT4(Storage.BYTES, 4),
    UINT2(Storage.BYTES, 2),
    BOOL(Storage.BYTES, 8),
    STRING(Storage.STRINGS, 0),
    /** Tensors of one type, one after another. */
    SEQUENCE(Storage.TENSORS, 0),
    /** A tensor or sequence, or none. */
    OPTIONAL(Storage.TENSORS, 0);

    /** The Java array that holds the elements. */
    public enum Storage {
        FLOATS(4), DOUBLES(8), LONGS(8), INTS(4), SHORTS(2), BYTES(1), STRINGS(8), TENSORS(8);

        private final int bytes;

        Storage(int bytes) {
            this.bytes = bytes;
        }

        /** Bytes an element takes in memory. */
        public int bytes() {
            return bytes;
        }

        /** Length of an array of any kind. */
        public static int lengthOf(Object array) {
            for (Storage kind : values()) {
                int length = kind.length(array);
                if (length >= 0) {
                    return length;
                }
            }
            throw new IllegalArgumentException(array.getClass().getName());
        }

        /** Length of an array of this kind, -1 for anything else. */
        int length(Object array) {
            return switch (this) {
                case FLOATS -> array instanceof float[] a ? a.length : -1;
                case DOUBLES -> array instanceof double[] a ? a.length : -1;
                case LONGS -> array instanceof long[] a ? a.length : -1;
                case INTS -> array instanceof int[] a ? a.length : -1;
                case SHORTS -> array instanceof short[] a ? a.length : -1;
                case BYTES -> array instanceof byte[] a ? a.length : -1;
                case STRINGS -> array instanceof String[] a ? a.length : -1;
                case TENSORS -> array instanceof Tensor[] a ? a.length : -1;
            };
        }

        /** A new zeroed array of this kind. */
        public Object newArray(int length) {
            return switch (this) {
                case FLOATS -> new float[length];
                case DOUBLES -> new double[length];
                case LONGS -> new long[length];
                case INTS -> new int[length];
                case SHORTS -> new short[length];
                case BYTES -> new byte[length];
                case STRINGS -> new String[length];
                case TENSORS -> new Tensor[length];
            };
        }
    }

    private final Storage storage;
    private final int bits;

    DataType(Storage storage, int bits) {
        this.storage = storage;
        this.bits = bits;
    }

    public Storage storage() {
        return storage;
    }

    /** Bits an element takes in a model file; 0 for strings. */
    public int bits() {
        return bits;
    }

    public boolean isFloatingPoint() {
        return ordinal() <= FLOAT4E2M1.ordinal();
    }

    /** Whether elements are numbers, truth values or strings: not so for SEQUENCE and OPTIONAL, which hold tensors. */
    public boolean isElement() {
        return storage != Storage.TENSORS;
    }

    /** Signed or unsigned integer; BOOL is not one. */
    public boolean isInteger() {
        return ordinal() >= INT64.ordinal() && ordinal() <= UINT2.ordinal();
    }

    public boolean isUnsigned() {
        return ordinal() >= UINT64.ordinal() && ordinal() <= UINT2.ordinal();
    }
}
