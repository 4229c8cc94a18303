package dev.lanewise.loaders.onnx;

import dev.lanewise.ModelFormatException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** The fields of a protobuf message one after another, to be copied as they are; and how fields are written. */
final class Fields {
    private static final int LONGEST_VARINT = 10;

    private final byte[] bytes;
    private final int end;
    private final int length;
    private int at;
    private int start;
    private int number;
    private int wire;
    private int content;

    Fields(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
        this.length = end - from;
    }

    int length() {
        return length;
    }

    /** Goes to the next field; false where there is none. */
    boolean next() {
        if (at >= end) {
            return false;
        }
        start = at;
        long tag = varint();
        number = (int) (tag >>> 3);
        wire = (int) (tag & 7);
        content = at;
        switch (wire) {
            case WireSchema.VARINT -> varint();
            case WireSchema.FIXED64 -> skip(8);
            case WireSchema.FIXED32 -> skip(4);
            case WireSchema.LENGTH -> {
                long size = varint();
                content = at;
                skip(size);
            }
            default -> throw broken("wire type 0, 1, 2 or 5", "wire type " + wire);
        }
        return true;
    }

    int number() {
        return number;
    }

    /** The number that the current field holds. */
    long integer() {
        if (wire != WireSchema.VARINT) {
            throw broken("a number in field " + number, "wire type " + wire);
        }
        int after = at;
        at = content;
        long value = varint();
        at = after;
        return value;
    }

    /** The fields inside the current one, a message. */
    Fields content() {
        checkLength();
        return new Fields(bytes, content, at);
    }

    /** What is inside the current field. */
    byte[] bytes() {
        checkLength();
        return Arrays.copyOfRange(bytes, content, at);
    }

    private void checkLength() {
        if (wire != WireSchema.LENGTH) {
            throw broken("a message in field " + number, "wire type " + wire);
        }
    }

    /** Writes the current field as it is. */
    void copy(ByteArrayOutputStream out) {
        out.write(bytes, start, at - start);
    }

    private void skip(long count) {
        if (count < 0 || count > end - at) {
            throw broken("at most " + (end - at) + " bytes", Long.toUnsignedString(count));
        }
        at += (int) count;
    }

    private long varint() {
        long value = 0;
        for (int i = 0; i < LONGEST_VARINT; i++) {
            if (at >= end) {
                throw broken("more bytes", "the end of the message");
            }
            byte b = bytes[at++];
            value |= (long) (b & 0x7F) << (7 * i);
            if (b >= 0) {
                return value;
            }
        }
        throw broken("a number of at most " + LONGEST_VARINT + " bytes", "a longer one");
    }

    private ModelFormatException broken(String expected, String found) {
        return new ModelFormatException(null, "byte " + start, expected, found,
                "the file is truncated, broken or no ONNX file");
    }

    /** Writes a message or text as a field. */
    static void write(ByteArrayOutputStream out, int field, byte[] content) {
        if (content.length > Integer.MAX_VALUE - 64 - out.size()) {
            throw new ModelFormatException(null, null, "a model below 2 GiB", "more", "prune further");
        }
        varint(out, (long) field << 3 | WireSchema.LENGTH);
        varint(out, content.length);
        out.write(content, 0, content.length);
    }

    static void write(ByteArrayOutputStream out, int field, long value) {
        varint(out, (long) field << 3 | WireSchema.VARINT);
        varint(out, value);
    }

    static void write(ByteArrayOutputStream out, int field, float value) {
        varint(out, (long) field << 3 | WireSchema.FIXED32);
        int bits = Float.floatToRawIntBits(value);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(bits >> shift);
        }
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long left = value;
        while (left >>> 7 != 0) {
            out.write((int) (left & 0x7F | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }
}
