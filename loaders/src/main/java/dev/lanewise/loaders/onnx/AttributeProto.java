package dev.lanewise.loaders.onnx;

import java.util.List;

/** An attribute of a node, as the file has it. */
record AttributeProto(String name, Message message) {
    /** Kinds of attribute, by their numbers. */
    enum Kind {
        UNDEFINED, FLOAT, INT, STRING, TENSOR, GRAPH, FLOATS, INTS, STRINGS, TENSORS, GRAPHS, SPARSE_TENSOR,
        SPARSE_TENSORS, TYPE_PROTO, TYPE_PROTOS, UNRECOGNIZED
    }

    AttributeProto(Message message) {
        this(message.text(1), message);
    }

    Kind kind() {
        long number = message.number(20);
        return number >= 0 && number < Kind.UNRECOGNIZED.ordinal() ? Kind.values()[(int) number] : Kind.UNRECOGNIZED;
    }

    float real() {
        return Float.intBitsToFloat((int) message.number(2));
    }

    long integer() {
        return message.number(3);
    }

    byte[] text() {
        return message.bytes(4);
    }

    /** The tensor, which is empty where it is absent. */
    TensorProto tensor() {
        return new TensorProto(message.has(5) ? message.message(5) : new Message(WireSchema.TENSOR));
    }

    /** The graph, which is empty where it is absent. */
    GraphProto graph() {
        return GraphProto.of(message.has(6) ? message.message(6) : new Message(WireSchema.GRAPH));
    }

    Message type() {
        return message.message(14);
    }

    float[] reals() {
        long[] bits = message.numbers(7);
        float[] values = new float[bits.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat((int) bits[i]);
        }
        return values;
    }

    long[] integers() {
        return message.numbers(8);
    }

    List<byte[]> texts() {
        return message.byteLists(9);
    }

    /** Name of the function's attribute whose value this one takes; empty for one with a value of its own. */
    String reference() {
        return message.text(21);
    }
}
