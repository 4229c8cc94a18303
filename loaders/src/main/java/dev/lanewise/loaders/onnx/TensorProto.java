package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.loaders.file.RawData;
import java.util.List;

/** A tensor, as the file has it. */
record TensorProto(Message message) {
    private static final int EXTERNAL = 1;

    String name() {
        return message.text(8);
    }

    int type() {
        return (int) message.number(2);
    }

    int rank() {
        return message.count(1);
    }

    long[] dims() {
        return message.numbers(1);
    }

    boolean isSegment() {
        return message.has(3);
    }

    boolean isExternal() {
        return message.number(14) == EXTERNAL;
    }

    /** Entries of keys (field 1) and values (field 2). */
    List<Message> externalData() {
        return message.messages(13);
    }

    /** Raw data; null where there is none. */
    RawData raw() {
        RawData raw = message.raw(9);
        return raw == null || raw.length() == 0 ? null : raw;
    }

    int floatCount() {
        return message.count(4);
    }

    int int32Count() {
        return message.count(5);
    }

    int int64Count() {
        return message.count(7);
    }

    int doubleCount() {
        return message.count(10);
    }

    int uint64Count() {
        return message.count(11);
    }

    List<byte[]> strings() {
        return message.byteLists(6);
    }

    /** The elements of float_data or double_data as raw data has them; null where the file has them otherwise. */
    RawData packed(DataType type) {
        PackedNumbers numbers = type == DataType.FLOAT ? message.packed(4)
                : type == DataType.DOUBLE ? message.packed(10) : null;
        return numbers == null ? null : numbers.raw();
    }

    /** Bits of the elements in float_data. */
    long[] floats() {
        return message.numbers(4);
    }

    long[] int32s() {
        return message.numbers(5);
    }

    long[] int64s() {
        return message.numbers(7);
    }

    /** Bits of the elements in double_data. */
    long[] doubles() {
        return message.numbers(10);
    }

    long[] uint64s() {
        return message.numbers(11);
    }
}
