package dev.lanewise.loaders.onnx;

import dev.lanewise.loaders.file.RawData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A protobuf message as the file has it: the values of each field by its number. Of a field that stands there several times
 * and should stand there once the last value counts.
 */
final class Message {
    private static final int MOST_AT_ONCE = 1 << 16;

    private final WireSchema type;
    /** A Long, Numbers, PackedNumbers, or a list of strings, bytes, raw data or messages. */
    private final Object[] fields;

    /** Numbers of one field, as 64 bits each. */
    private static final class Numbers {
        long[] values;
        int count;

        Numbers(int capacity) {
            values = new long[capacity];
        }

        void add(long value) {
            if (count == values.length) {
                values = Arrays.copyOf(values, Math.max(4, 2 * count));
            }
            values[count++] = value;
        }
    }

    Message(WireSchema type) {
        this.type = type;
        this.fields = new Object[type.length()];
    }

    WireSchema type() {
        return type;
    }

    @SuppressWarnings("unchecked")
    void add(int field, Object value) {
        if (fields[field] == null) {
            fields[field] = new ArrayList<>(1);
        }
        ((List<Object>) fields[field]).add(value);
    }

    /** The numbers of a field that has none yet. */
    void addPacked(int field, PackedNumbers numbers) {
        fields[field] = numbers;
    }

    /** Numbers of a field that are still as the file has them; null where they are not. */
    PackedNumbers packed(int field) {
        return fields[field] instanceof PackedNumbers numbers ? numbers : null;
    }

    void addNumber(int field, long value) {
        Object known = fields[field];
        if (known == null) {
            fields[field] = value;
        } else {
            if (!(known instanceof Numbers)) {
                expect(field, 4);
            }
            ((Numbers) fields[field]).add(value);
        }
    }

    /** Makes room for up to {@code count} numbers, which the file has at most. */
    void expect(int field, int count) {
        if (!(fields[field] instanceof Numbers)) {
            Numbers numbers = new Numbers(Math.min(count, MOST_AT_ONCE));
            if (fields[field] instanceof Long first) {
                numbers.add(first);
            } else if (fields[field] instanceof PackedNumbers packed) {
                numbers.values = packed.values();
                numbers.count = packed.count();
            }
            fields[field] = numbers;
        }
    }

    boolean has(int field) {
        return fields[field] != null;
    }

    /** The number of a field; 0 where it is absent. */
    long number(int field) {
        Object value =
                fields[field] instanceof PackedNumbers packed ? packed.values()[packed.count() - 1] : fields[field];
        if (value instanceof Numbers numbers) {
            return numbers.count == 0 ? 0 : numbers.values[numbers.count - 1];
        }
        return value == null ? 0 : (Long) value;
    }

    long[] numbers(int field) {
        Object value = fields[field];
        if (value instanceof Numbers numbers) {
            return Arrays.copyOf(numbers.values, numbers.count);
        }
        if (value instanceof PackedNumbers packed) {
            return packed.values();
        }
        return value == null ? new long[0] : new long[] {(Long) value};
    }

    int count(int field) {
        Object value = fields[field];
        if (value instanceof Numbers numbers) {
            return numbers.count;
        }
        if (value instanceof PackedNumbers packed) {
            return packed.count();
        }
        return value == null ? 0 : value instanceof List<?> list ? list.size() : 1;
    }

    /** The text of a field; empty where it is absent. */
    String text(int field) {
        List<String> all = texts(field);
        return all.isEmpty() ? "" : all.getLast();
    }

    List<String> texts(int field) {
        return list(field);
    }

    /** The bytes of a field; none where it is absent. */
    byte[] bytes(int field) {
        List<byte[]> all = list(field);
        return all.isEmpty() ? new byte[0] : all.getLast();
    }

    List<byte[]> byteLists(int field) {
        return list(field);
    }

    /** The raw data of a field, or null. */
    RawData raw(int field) {
        List<RawData> all = list(field);
        return all.isEmpty() ? null : all.getLast();
    }

    /** The message of a field, or null. */
    Message message(int field) {
        List<Message> all = messages(field);
        return all.isEmpty() ? null : all.getLast();
    }

    List<Message> messages(int field) {
        return list(field);
    }

    @SuppressWarnings("unchecked")
    private <T> List<T> list(int field) {
        return fields[field] == null ? List.of() : (List<T>) fields[field];
    }
}
