package dev.lanewise.loaders.file;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import java.nio.ByteBuffer;

/**
 * Elements as a file holds them in bytes: little-endian, elements narrower than a byte packed from the lowest bits on. In
 * memory each takes an element of its type's storage, signed 4- and 2-bit ones sign-extended.
 */
public final class RawElements {
    private RawElements() {
    }

    /**
     * Decodes all of {@code raw} (little-endian, position 0) into {@code array} from element {@code at} on, stopping at
     * {@code count}, and says how many elements that were.
     */
    public static int decode(ByteBuffer raw, DataType type, Object array, int at, int count, String where) {
        return switch (type.storage()) {
            case FLOATS -> {
                int n = raw.remaining() / 4;
                raw.asFloatBuffer().get((float[]) array, at, n);
                yield n;
            }
            case DOUBLES -> {
                int n = raw.remaining() / 8;
                raw.asDoubleBuffer().get((double[]) array, at, n);
                yield n;
            }
            case LONGS -> {
                int n = raw.remaining() / 8;
                raw.asLongBuffer().get((long[]) array, at, n);
                yield n;
            }
            case INTS -> {
                int n = raw.remaining() / 4;
                raw.asIntBuffer().get((int[]) array, at, n);
                yield n;
            }
            case SHORTS -> {
                int n = raw.remaining() / 2;
                raw.asShortBuffer().get((short[]) array, at, n);
                yield n;
            }
            case BYTES -> type.bits() < 8 ? unpack(raw, type, (byte[]) array, at, count)
                    : bytes(raw, type, (byte[]) array, at, where);
            case STRINGS, TENSORS -> throw new IllegalArgumentException(type.toString());
        };
    }

    private static int bytes(ByteBuffer raw, DataType type, byte[] array, int at, String where) {
        int n = raw.remaining();
        raw.get(raw.position(), array, at, n);
        if (type == DataType.BOOL) {
            checkBooleans(array, at, n, where);
        }
        return n;
    }

    private static int unpack(ByteBuffer raw, DataType type, byte[] array, int at, int count) {
        int bits = type.bits();
        int perByte = 8 / bits;
        boolean signed = type == DataType.INT4 || type == DataType.INT2;
        int n = Math.min(raw.remaining() * perByte, count - at);
        for (int i = 0; i < n; i++) {
            int shifted = raw.get(raw.position() + i / perByte) << (32 - bits - i % perByte * bits);
            array[at + i] = (byte) (signed ? shifted >> (32 - bits) : shifted >>> (32 - bits));
        }
        return n;
    }

    private static void checkBooleans(byte[] array, int at, int n, String where) {
        for (int i = at; i < at + n; i++) {
            if ((array[i] & ~1) != 0) {
                throw new ModelFormatException(null, where, "BOOL elements of 0 or 1",
                        Integer.toString(array[i] & 0xFF),
                        "correct the data");
            }
        }
    }

    /** The inverse of {@link #decode}: all elements of {@code array} in file form. */
    public static byte[] encode(DataType type, Object array, int count) {
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(((long) count * type.bits() + 7) / 8));
        out.order(java.nio.ByteOrder.LITTLE_ENDIAN);
        switch (array) {
            case float[] a -> out.asFloatBuffer().put(a);
            case double[] a -> out.asDoubleBuffer().put(a);
            case long[] a -> out.asLongBuffer().put(a);
            case int[] a -> out.asIntBuffer().put(a);
            case short[] a -> out.asShortBuffer().put(a);
            case byte[] a when type.bits() < 8 -> {
                int perByte = 8 / type.bits();
                int mask = (1 << type.bits()) - 1;
                for (int i = 0; i < count; i++) {
                    int at = i / perByte;
                    out.put(at, (byte) (out.get(at) | (a[i] & mask) << (i % perByte * type.bits())));
                }
            }
            case byte[] a -> out.put(a);
            default -> throw new IllegalArgumentException(type.toString());
        }
        return out.array();
    }
}
