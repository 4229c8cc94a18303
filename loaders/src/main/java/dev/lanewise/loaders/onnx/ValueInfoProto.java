package dev.lanewise.loaders.onnx;

import java.util.List;

/** Name, type and shape of an input or output, as the file has them. */
record ValueInfoProto(String name, Message type) {
    private static final int TENSOR_TYPE = 1;
    private static final int SEQUENCE = 4;
    private static final int OPTIONAL = 9;

    /** What else there is but tensors, by the field that says so. */
    private static final List<String> OTHERS = List.of("5 map", "8 sparse_tensor");

    ValueInfoProto(Message message) {
        this(message.text(1), message.message(2));
    }

    boolean isSequence() {
        return type != null && type.has(SEQUENCE);
    }

    /** Under the same name, what a sequence or optional holds; null for other types. */
    ValueInfoProto element() {
        if (type == null || isTensor() || !isSequence() && !type.has(OPTIONAL)) {
            return null;
        }
        return new ValueInfoProto(name, type.message(isSequence() ? SEQUENCE : OPTIONAL).message(1));
    }

    boolean isTensor() {
        return type != null && type.has(TENSOR_TYPE);
    }

    /** The name of a type that is no tensor; null where there is no type at all. */
    String otherType() {
        for (String other : OTHERS) {
            if (type != null && type.has(other.charAt(0) - '0')) {
                return other.substring(2);
            }
        }
        return null;
    }

    int elementType() {
        return (int) type.message(TENSOR_TYPE).number(1);
    }

    /** The dimensions: number in field 1, or name in field 2; null where there is no shape. */
    List<Message> dims() {
        Message shape = type.message(TENSOR_TYPE).message(2);
        return shape == null ? null : shape.messages(1);
    }
}
