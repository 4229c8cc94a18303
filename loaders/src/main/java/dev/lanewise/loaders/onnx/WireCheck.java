package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.WireSchema.FIXED32;
import static dev.lanewise.loaders.onnx.WireSchema.FIXED64;
import static dev.lanewise.loaders.onnx.WireSchema.LENGTH;
import static dev.lanewise.loaders.onnx.WireSchema.VARINT;

import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.loaders.onnx.WireSchema.Field;

/**
 * Walks over protobuf bytes before they are parsed: refuses what is malformed, with its byte offset, and what asks for more
 * objects or deeper nesting than the limits allow. It allocates next to nothing, whatever the bytes say.
 */
final class WireCheck {
    private static final int LONGEST_VARINT = 10;
    /** About what an empty message and a short string take on the heap. */
    private static final int MESSAGE_BYTES = 64;
    private static final int STRING_BYTES = 48;
    private static final long OBJECTS_PER_BYTE = 16;

    private final byte[] bytes;
    private final Limits limits;
    private final int[] counts = new int[WireSchema.values().length];
    private long objects;
    private int position;

    private WireCheck(byte[] bytes, Limits limits) {
        this.bytes = bytes;
        this.limits = limits;
    }

    static void check(byte[] bytes, WireSchema message, Limits limits) {
        new WireCheck(bytes, limits).message(message, bytes.length, 1);
    }

    private void message(WireSchema message, int end, int depth) {
        count(message);
        if (depth > limits.nesting()) {
            throw error("messages nested at most " + limits.nesting() + " deep", "deeper nesting",
                    "raise Limits.nesting");
        }
        while (position < end) {
            field(message, end, depth);
        }
    }

    private void count(WireSchema message) {
        weigh(MESSAGE_BYTES);
        switch (message) {
            case NODE -> limit(message, limits.nodes(), "nodes");
            case ATTRIBUTE -> limit(message, limits.attributes(), "attributes");
            case TENSOR -> limit(message, limits.tensors(), "tensors");
            default -> {
            }
        }
    }

    private void limit(WireSchema message, int limit, String name) {
        if (++counts[message.ordinal()] > limit) {
            throw error("at most " + limit + " messages of kind " + message, "more", "raise Limits." + name);
        }
    }

    /** Two bytes of a file may become an object of dozens; a file of nothing else is refused once it is large. */
    private void weigh(int objectBytes) {
        objects += objectBytes;
        if (objects > limits.extraBytes() + OBJECTS_PER_BYTE * bytes.length) {
            throw error("a file whose parts take at most " + OBJECTS_PER_BYTE + " times its size in memory", "more",
                    "raise Limits.extraBytes");
        }
    }

    private void field(WireSchema message, int end, int depth) {
        int start = position;
        long tag = varint(end);
        long number = tag >>> 3;
        int wire = (int) (tag & 7);
        if (number == 0 || number >= 1 << 29) {
            position = start;
            throw error("a field number in [1, 2^29)", Long.toUnsignedString(number), broken());
        }
        Field field = message.field((int) number);
        if (field != null && wire != field.wireType() && !(wire == LENGTH && field.isPackable())) {
            position = start;
            throw error("wire type " + field.wireType() + " for field " + number + " of " + message,
                    "wire type " + wire,
                    broken());
        }
        switch (wire) {
            case VARINT -> varint(end);
            case FIXED64 -> skip(8, end);
            case FIXED32 -> skip(4, end);
            case LENGTH -> content(message, (int) number, field, end, depth);
            default -> {
                position = start;
                throw error("wire type 0, 1, 2 or 5", "wire type " + wire, broken());
            }
        }
    }

    private void content(WireSchema message, int number, Field field, int end, int depth) {
        int start = position;
        long length = varint(end);
        int left = end - position;
        if (length < 0 || length > left) {
            position = start;
            throw error("a length of at most " + left + " bytes", Long.toUnsignedString(length),
                    "the file is truncated or broken");
        }
        int contentEnd = position + (int) length;
        if (field == null) {
            position = contentEnd;
        } else if (field.message() != null) {
            message(field.message(), contentEnd, depth + 1);
        } else {
            checkLength(message, number, field, length);
            position = contentEnd;
        }
    }

    private void checkLength(WireSchema message, int number, Field field, long length) {
        boolean isName = field.kind() == 'n';
        if (isName || field.kind() == 's') {
            weigh(STRING_BYTES);
            long longest = isName ? limits.nameBytes() : limits.stringBytes();
            if (length > longest) {
                throw error("at most " + longest + " bytes in field " + number + " of " + message, length + " bytes",
                        "raise Limits." + (isName ? "nameBytes" : "stringBytes"));
            }
        }
        int unit = switch (field.kind()) {
            case 'F' -> 4;
            case 'D' -> 8;
            default -> 1;
        };
        if (length % unit != 0) {
            throw error("a multiple of " + unit + " bytes in field " + number + " of " + message, length + " bytes",
                    broken());
        }
    }

    private long varint(int end) {
        int start = position;
        long value = 0;
        for (int i = 0; i < LONGEST_VARINT; i++) {
            if (position >= end) {
                throw error("more bytes", "the end of the " + (end == bytes.length ? "file" : "message"), broken());
            }
            byte b = bytes[position++];
            value |= (long) (b & 0x7F) << (7 * i);
            if (b >= 0) {
                return value;
            }
        }
        position = start;
        throw error("a number of at most " + LONGEST_VARINT + " bytes", "a longer one", broken());
    }

    private void skip(int count, int end) {
        if (count > end - position) {
            throw error(count + " bytes", (end - position) + " bytes", broken());
        }
        position += count;
    }

    private static String broken() {
        return "the file is truncated, broken or no ONNX file";
    }

    private ModelFormatException error(String expected, String found, String advice) {
        return new ModelFormatException(null, "byte " + position, expected, found, advice);
    }
}
