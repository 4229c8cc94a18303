package dev.lanewise.loaders.onnx;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.Type;
import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Walks over protobuf bytes before they are parsed: refuses what is malformed, with its byte offset, and what asks for more
 * objects or deeper nesting than the limits allow. It allocates next to nothing, whatever the bytes say.
 */
final class WireCheck {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;
    private static final int LONGEST_VARINT = 10;
    private static final Set<String> NAMES = Set.of("name", "op_type", "domain", "overload", "input", "output", "key",
            "dim_param", "tensor_name", "ref_attr_name");

    private final byte[] bytes;
    private final Limits limits;
    private final Map<Descriptor, Message> messages = new HashMap<>();
    private int position;

    /** Count of one message type and its limit; fields by number. */
    private static final class Message {
        final FieldDescriptor[] fields;
        final String name;
        final String limitName;
        final int limit;
        int count;

        Message(Descriptor type, Limits limits) {
            int highest = type.getFields().stream().mapToInt(FieldDescriptor::getNumber).max().orElse(0);
            fields = new FieldDescriptor[highest + 1];
            type.getFields().forEach(f -> fields[f.getNumber()] = f);
            name = type.getName();
            limitName = switch (name) {
                case "NodeProto" -> "nodes";
                case "AttributeProto" -> "attributes";
                default -> "tensors";
            };
            limit = switch (limitName) {
                case "nodes" -> limits.nodes();
                case "attributes" -> limits.attributes();
                // every tensor may have a name, a type, some dimensions and some properties
                default -> name.equals("TensorProto") ? limits.tensors()
                        : (int) Math.min(8L * limits.tensors(), Integer.MAX_VALUE);
            };
        }

        FieldDescriptor field(int number) {
            return number < fields.length ? fields[number] : null;
        }
    }

    private WireCheck(byte[] bytes, Limits limits) {
        this.bytes = bytes;
        this.limits = limits;
    }

    static void check(byte[] bytes, Descriptor type, Limits limits) {
        new WireCheck(bytes, limits).message(type, bytes.length, 1);
    }

    private void message(Descriptor type, int end, int depth) {
        Message message = messages.computeIfAbsent(type, t -> new Message(t, limits));
        if (++message.count > message.limit) {
            throw error("at most " + message.limit + " of " + message.name, "more",
                    "raise Limits." + message.limitName);
        }
        if (depth > limits.nesting()) {
            throw error("messages nested at most " + limits.nesting() + " deep", "deeper nesting",
                    "raise Limits.nesting");
        }
        while (position < end) {
            field(message, end, depth);
        }
    }

    private void field(Message message, int end, int depth) {
        int start = position;
        long tag = varint(end);
        long number = tag >>> 3;
        int wire = (int) (tag & 7);
        if (number == 0 || number >= 1 << 29) {
            position = start;
            throw error("a field number in [1, 2^29)", Long.toUnsignedString(number), broken());
        }
        FieldDescriptor field = message.field((int) number);
        if (field != null && wire != wireType(field) && !(wire == LENGTH && field.isPackable())) {
            position = start;
            throw error("wire type " + wireType(field) + " for " + message.name + "." + field.getName(),
                    "wire type " + wire,
                    broken());
        }
        switch (wire) {
            case VARINT -> varint(end);
            case FIXED64 -> skip(8, end);
            case FIXED32 -> skip(4, end);
            case LENGTH -> content(message, field, end, depth);
            default -> {
                position = start;
                throw error("wire type 0, 1, 2 or 5", "wire type " + wire, broken());
            }
        }
    }

    private void content(Message message, FieldDescriptor field, int end, int depth) {
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
        } else if (field.getType() == Type.MESSAGE) {
            message(field.getMessageType(), contentEnd, depth + 1);
        } else {
            checkLength(message, field, length);
            position = contentEnd;
        }
    }

    private void checkLength(Message message, FieldDescriptor field, long length) {
        if (field.getType() == Type.STRING || field.getType() == Type.BYTES && !field.getName().equals("raw_data")) {
            boolean isName = NAMES.contains(field.getName());
            long longest = isName ? limits.nameBytes() : limits.stringBytes();
            if (length > longest) {
                throw error(message.name + "." + field.getName() + " of at most " + longest + " bytes",
                        length + " bytes",
                        "raise Limits." + (isName ? "nameBytes" : "stringBytes"));
            }
        } else if (field.isPackable()) {
            int unit = switch (wireType(field)) {
                case FIXED32 -> 4;
                case FIXED64 -> 8;
                default -> 1;
            };
            if (length % unit != 0) {
                throw error("a multiple of " + unit + " bytes for " + message.name + "." + field.getName(),
                        length + " bytes",
                        broken());
            }
        }
    }

    private static int wireType(FieldDescriptor field) {
        return switch (field.getType()) {
            case STRING, BYTES, MESSAGE -> LENGTH;
            case FLOAT, FIXED32, SFIXED32 -> FIXED32;
            case DOUBLE, FIXED64, SFIXED64 -> FIXED64;
            default -> VARINT;
        };
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
