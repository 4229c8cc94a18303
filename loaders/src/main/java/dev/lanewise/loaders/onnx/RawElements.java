package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import java.nio.ByteBuffer;

/**
 * Elements as a file holds them in bytes: little-endian, elements narrower than a byte packed from the lowest bits on. In
 * memory each takes an element of its type's storage, signed 4- and 2-bit ones sign-extended.
 */
final class RawElements {
    private RawElements() {
    }

    /**
     * Decodes all of {@code raw} (little-endian, position 0) into {@code array} from element {@code at} on, stopping at
     * {@code count}, and says how many elements that were.
     */
    static int decode(ByteBuffer raw, DataType type, Object array, int at, int count, String where) {
        return switch (array) {
            case float[] a -> {
                int n = raw.remaining() / 4;
                raw.asFloatBuffer().get(a, at, n);
                yield n;
            }
            case double[] a -> {
                int n = raw.remaining() / 8;
                raw.asDoubleBuffer().get(a, at, n);
                yield n;
            }
            case long[] a -> {
                int n = raw.remaining() / 8;
                raw.asLongBuffer().get(a, at, n);
                yield n;
            }
            case int[] a -> {
                int n = raw.remaining() / 4;
                raw.asIntBuffer().get(a, at, n);
                yield n;
            }
            case short[] a -> {
                int n = raw.remaining() / 2;
                raw.asShortBuffer().get(a, at, n);
                yield n;
            }
            case byte[] a when type.bits() < 8 -> unpack(raw, type, a, at, count);
            case byte[] a -> {
                int n = raw.remaining();
                raw.get(raw.position(), a, at, n);
                if (type == DataType.BOOL) {
                    checkBooleans(a, at, n, where);
                }
                yield n;
            }
            default -> throw new IllegalArgumentException(type.toString());
        };
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
    static byte[] encode(DataType type, Object array, int count) {
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
