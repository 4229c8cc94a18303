package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.WireSchema.FIXED32;
import static dev.lanewise.loaders.onnx.WireSchema.FIXED64;
import static dev.lanewise.loaders.onnx.WireSchema.LENGTH;
import static dev.lanewise.loaders.onnx.WireSchema.VARINT;

import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.loaders.onnx.WireSchema.Field;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads protobuf: refuses what is malformed, with its byte offset, and what asks for more objects or deeper nesting than the
 * limits allow. Fields that the schema does not have are passed over.
 */
final class WireReader {
    private static final String BROKEN = "the file is truncated, broken or no ONNX file";
    private static final int LONGEST_VARINT = 10;
    /** About what an empty message, each field that it may have, and a short string take on the heap. */
    private static final int MESSAGE_BYTES = 64;
    private static final int FIELD_BYTES = 4;
    private static final int STRING_BYTES = 96;
    private static final int NUMBER_BYTES = 24;
    private static final int PACKED_NUMBER_BYTES = 8;
    /** From this length on packed numbers are left where they are until someone asks for them. */
    private static final int LONG_LIST = 1 << 12;

    private final ModelBytes bytes;
    private final Limits limits;
    private final int[] counts = new int[WireSchema.values().length];
    private long objects;

    private WireReader(ModelBytes bytes, Limits limits) {
        this.bytes = bytes;
        this.limits = limits;
    }

    static Message read(ModelBytes bytes, WireSchema type, Limits limits) {
        if (bytes.size() == 0) {
            throw new ModelFormatException(null, null, "an ONNX file", "an empty one", "check where it comes from");
        }
        return new WireReader(bytes, limits).message(type, bytes.size(), 1);
    }

    private Message message(WireSchema type, long end, int depth) {
        count(type);
        if (depth > limits.nesting()) {
            throw error("messages nested at most " + limits.nesting() + " deep", "deeper nesting",
                    "raise Limits.nesting");
        }
        Message message = new Message(type);
        while (bytes.position() < end) {
            field(message, end, depth);
        }
        return message;
    }

    private void count(WireSchema message) {
        weigh(MESSAGE_BYTES + (long) FIELD_BYTES * message.length());
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
    private void weigh(long objectBytes) {
        objects += objectBytes;
        if (objects > limits.extraBytes() + bytes.size()) {
            throw error("a file whose parts take at most " + limits.extraBytes() + " bytes of memory above its size",
                    "more", "raise Limits.extraBytes");
        }
    }

    private void field(Message message, long end, int depth) {
        long start = bytes.position();
        long tag = varint(end);
        long number = tag >>> 3;
        int wire = (int) (tag & 7);
        if (number == 0 || number >= 1 << 29) {
            throw error(start, "a field number in [1, 2^29)", Long.toUnsignedString(number), BROKEN);
        }
        Field field = message.type().field((int) number);
        if (field != null && wire != field.wireType() && !(wire == LENGTH && field.isPackable())) {
            throw error(start, "wire type " + field.wireType() + " for field " + number + " of " + message.type(),
                    "wire type " + wire, BROKEN);
        }
        switch (wire) {
            case VARINT -> number(message, field, (int) number, varint(end));
            case FIXED64 -> number(message, field, (int) number, fixed(8, end));
            case FIXED32 -> number(message, field, (int) number, fixed(4, end));
            case LENGTH -> content(message, (int) number, field, end, depth);
            default -> throw error(start, "wire type 0, 1, 2 or 5", "wire type " + wire, BROKEN);
        }
    }

    private void number(Message message, Field field, int number, long value) {
        if (field != null) {
            weigh(NUMBER_BYTES);
            message.addNumber(number, value);
        }
    }

    private void content(Message message, int number, Field field, long end, int depth) {
        long start = bytes.position();
        long length = varint(end);
        long left = end - bytes.position();
        if (length < 0 || length > left) {
            throw error(start, "a length of at most " + left + " bytes", Long.toUnsignedString(length),
                    "the file is truncated or broken");
        }
        if (field == null) {
            bytes.skip(length);
        } else if (field.message() != null) {
            if (field.isSingleMessage() && message.has(number)) {
                throw error(start, "field " + number + " of " + message.type() + " once", "a second time", BROKEN);
            }
            message.add(number, message(field.message(), bytes.position() + length, depth + 1));
        } else {
            elements(message, number, field, (int) length);
        }
    }

    private void elements(Message message, int number, Field field, int length) {
        switch (field.kind()) {
            case 'n' -> message.add(number, text(message, number, length, limits.nameBytes(), "nameBytes"));
            case 's' -> message.add(number, text(message, number, length, limits.stringBytes(), "stringBytes"));
            case 'o' -> {
                checkLength(message, number, length, limits.stringBytes(), "stringBytes");
                message.add(number, bytes.take(length));
            }
            case 'b' -> message.add(number, bytes.part(length));
            default -> packed(message, number, field, length);
        }
    }

    private void packed(Message message, int number, Field field, int length) {
        int unit = field.wireType() == FIXED32 ? 4 : field.wireType() == FIXED64 ? 8 : 1;
        if (length % unit != 0) {
            throw error("a multiple of " + unit + " bytes in field " + number + " of " + message.type(),
                    length + " bytes", BROKEN);
        }
        if (length >= LONG_LIST && !message.has(number)) {
            PackedNumbers numbers = PackedNumbers.of(bytes.part(length), unit, bytes.position() - length);
            if (message.type() != WireSchema.TENSOR) { // whose elements have a budget of their own
                weigh((long) PACKED_NUMBER_BYTES * numbers.count());
            }
            message.addPacked(number, numbers);
            return;
        }
        long end = bytes.position() + length;
        message.expect(number, length / unit);
        while (bytes.position() < end) {
            weigh(NUMBER_BYTES);
            message.addNumber(number, unit == 1 ? varint(end) : fixed(unit, end));
        }
    }

    private String text(Message message, int number, int length, long longest, String limit) {
        checkLength(message, number, length, longest, limit);
        long start = bytes.position();
        byte[] content = bytes.take(length);
        for (byte b : content) {
            if (b < 0) {
                return decode(content, start);
            }
        }
        return new String(content, StandardCharsets.ISO_8859_1);
    }

    private String decode(byte[] content, long start) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        } catch (CharacterCodingException e) {
            throw error(start, "UTF-8 text", "other bytes", BROKEN);
        }
    }

    private void checkLength(Message message, int number, int length, long longest, String limit) {
        weigh(STRING_BYTES);
        if (length > longest) {
            throw error("at most " + longest + " bytes in field " + number + " of " + message.type(),
                    length + " bytes", "raise Limits." + limit);
        }
    }

    private long varint(long end) {
        long start = bytes.position();
        long value = 0;
        for (int i = 0; i < LONGEST_VARINT; i++) {
            if (bytes.position() >= end) {
                throw error("more bytes", "the end of the " + (end == bytes.size() ? "file" : "message"), BROKEN);
            }
            byte b = bytes.next();
            value |= (long) (b & 0x7F) << (7 * i);
            if (b >= 0) {
                return value;
            }
        }
        throw error(start, "a number of at most " + LONGEST_VARINT + " bytes", "a longer one", BROKEN);
    }

    /** A little-endian number of {@code count} bytes. */
    private long fixed(int count, long end) {
        if (count > end - bytes.position()) {
            throw error(count + " bytes", (end - bytes.position()) + " bytes", BROKEN);
        }
        long value = 0;
        for (int i = 0; i < count; i++) {
            value |= (bytes.next() & 0xFFL) << (8 * i);
        }
        return value;
    }

    private ModelFormatException error(String expected, String found, String advice) {
        return error(bytes.position(), expected, found, advice);
    }

    private static ModelFormatException error(long at, String expected, String found, String advice) {
        return new ModelFormatException(null, "byte " + at, expected, found, advice);
    }
}
