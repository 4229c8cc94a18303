package dev.lanewise.loaders.onnx;

/**
 * The messages of the ONNX schema as {@link WireReader} needs them; a test compares them with the schema file.
 *
 * <p>
 * A field is its number and kind: {@code v} varint, {@code f} 32-bit, {@code d} 64-bit, in capitals where a repeated field
 * may be packed; {@code n} name, {@code s} other text, {@code o} bytes as short as text, {@code b} bytes of any length,
 * {@code .} another message, {@code :} any number of them.
 */
enum WireSchema {
    MODEL("1v 2n 3n 4n 5v 6s 7.GRAPH 8:OPERATOR_SET_ID 14:STRING_STRING_ENTRY 20:TRAINING_INFO 25:FUNCTION"
            + " 26:DEVICE_CONFIGURATION"),
    GRAPH("1:NODE 2n 5:TENSOR 10s 11:VALUE_INFO 12:VALUE_INFO 13:VALUE_INFO 14:TENSOR_ANNOTATION 15:SPARSE_TENSOR"
            + " 16:STRING_STRING_ENTRY"),
    NODE("1n 2n 3n 4n 5:ATTRIBUTE 6s 7n 8n 9:STRING_STRING_ENTRY 10:NODE_DEVICE_CONFIGURATION"),
    ATTRIBUTE("1n 2f 3v 4o 5.TENSOR 6.GRAPH 7F 8V 9o 10:TENSOR 11:GRAPH 13s 14.TYPE 15:TYPE 20v 21n 22.SPARSE_TENSOR"
            + " 23:SPARSE_TENSOR"),
    TENSOR("1V 2v 3.SEGMENT 4F 5V 6o 7V 8n 9b 10D 11V 12s 13:STRING_STRING_ENTRY 14v 16:STRING_STRING_ENTRY"),
    SEGMENT("1v 2v"),
    SPARSE_TENSOR("1.TENSOR 2.TENSOR 3V"),
    VALUE_INFO("1n 2.TYPE 3s 4:STRING_STRING_ENTRY"),
    TYPE("1.TENSOR_TYPE 4.SEQUENCE 5.MAP 6s 8.SPARSE_TENSOR_TYPE 9.OPTIONAL"),
    TENSOR_TYPE("1v 2.TENSOR_SHAPE"),
    SPARSE_TENSOR_TYPE("1v 2.TENSOR_SHAPE"),
    SEQUENCE("1.TYPE"),
    MAP("1v 2.TYPE"),
    OPTIONAL("1.TYPE"),
    TENSOR_SHAPE("1:DIMENSION"),
    DIMENSION("1v 2n 3s"),
    FUNCTION("1n 4n 5n 6n 7:NODE 8s 9:OPERATOR_SET_ID 10n 11:ATTRIBUTE 12:VALUE_INFO 13n 14:STRING_STRING_ENTRY"),
    OPERATOR_SET_ID("1n 2v"),
    STRING_STRING_ENTRY("1n 2s"),
    TENSOR_ANNOTATION("1n 2:STRING_STRING_ENTRY"),
    TRAINING_INFO("1.GRAPH 2.GRAPH 3:STRING_STRING_ENTRY 4:STRING_STRING_ENTRY"),
    DEVICE_CONFIGURATION("1n 2v 3n"),
    NODE_DEVICE_CONFIGURATION("1n 2:SHARDING_SPEC 3v"),
    SHARDING_SPEC("1n 2V 3:INT_INT_LIST_ENTRY 4:SHARDED_DIM"),
    INT_INT_LIST_ENTRY("1v 2V"),
    SHARDED_DIM("1v 2:SIMPLE_SHARDED_DIM"),
    SIMPLE_SHARDED_DIM("1v 2n 3v"),
    /** A message of {@code onnx-data.proto}: a sequence in a file of its own. */
    SEQUENCE_VALUE("1n 2v 3:TENSOR 4:SPARSE_TENSOR 5:SEQUENCE_VALUE 7:OPTIONAL_VALUE"),
    /** The same for an optional. */
    OPTIONAL_VALUE("1n 2v 3.TENSOR 4.SPARSE_TENSOR 5.SEQUENCE_VALUE 7.OPTIONAL_VALUE");

    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH = 2;
    static final int FIXED32 = 5;

    /** {@code message} is null for anything but a message. */
    record Field(char kind, WireSchema message) {
        /** The wire type of one element. */
        int wireType() {
            return switch (Character.toLowerCase(kind)) {
                case 'v' -> VARINT;
                case 'f' -> FIXED32;
                case 'd' -> FIXED64;
                default -> LENGTH;
            };
        }

        boolean isPackable() {
            return Character.isUpperCase(kind);
        }

        boolean isSingleMessage() {
            return kind == '.';
        }
    }

    private final String spec;
    private Field[] fields;

    WireSchema(String spec) {
        this.spec = spec;
    }

    /** The field of a number, or null where the schema has none. */
    Field field(int number) {
        return number < length() ? fields[number] : null;
    }

    /** One more than the highest field number. */
    int length() {
        if (fields == null) {
            fields = parse(spec);
        }
        return fields.length;
    }

    private static Field[] parse(String spec) {
        String[] parts = spec.split(" ");
        Field[] fields = new Field[number(parts[parts.length - 1]) + 1];
        for (String part : parts) {
            int number = number(part);
            char kind = part.charAt(number < 10 ? 1 : 2);
            boolean isMessage = kind == ':' || kind == '.';
            fields[number] = new Field(kind, isMessage ? valueOf(part.substring(part.indexOf(kind) + 1)) : null);
        }
        return fields;
    }

    private static int number(String part) {
        return Integer.parseInt(part, 0, Character.isDigit(part.charAt(Math.min(1, part.length() - 1))) ? 2 : 1, 10);
    }
}
