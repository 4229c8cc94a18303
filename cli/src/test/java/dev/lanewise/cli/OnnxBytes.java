package dev.lanewise.cli;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Small ONNX files, written field by field as protobuf. */
final class OnnxBytes {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private OnnxBytes() {
    }

    /** x: FLOAT[batch,3] into y = Relu(x + w) with w = 1, -2, 3. */
    static byte[] addRelu() {
        return model(new OnnxBytes().message(1, node("Add", "sum", "x", "w")).message(1, node("Relu", "y", "sum"))
                .text(2, "test").message(5, floats("w", 1, -2, 3)).message(11, port("x", FLOAT, "batch", 3))
                .message(12, port("y", FLOAT, "batch", 3)));
    }

    /** ids: INT64[batch,tokens] into y = rows of a 4 x 2 table. */
    static byte[] lookup() {
        OnnxBytes table = new OnnxBytes().number(1, 4).number(1, 2).number(2, FLOAT).text(8, "table")
                .bytes(9, little(0, 1, 2, 3, 4, 5, 6, 7));
        return model(new OnnxBytes().message(1, node("Gather", "y", "table", "ids")).text(2, "test").message(5, table)
                .message(11, port("ids", INT64, "batch", "tokens"))
                .message(12, port("y", FLOAT, "batch", "tokens", 2)));
    }

    /** A valid model with an operator that does not exist. */
    static byte[] unsupported() {
        return model(new OnnxBytes().message(1, node("Nonesuch", "y", "x")).text(2, "test")
                .message(11, port("x", FLOAT, "batch", 3)).message(12, port("y", FLOAT, "batch", 3)));
    }

    private static byte[] model(OnnxBytes graph) {
        return new OnnxBytes().number(1, 10).text(2, "tests").message(7, graph)
                .message(8, new OnnxBytes().number(2, 21)).out.toByteArray();
    }

    private static OnnxBytes node(String operator, String output, String... inputs) {
        OnnxBytes node = new OnnxBytes();
        for (String input : inputs) {
            node.text(1, input);
        }
        return node.text(2, output).text(3, operator + "_1").text(4, operator);
    }

    private static OnnxBytes floats(String name, float... values) {
        return new OnnxBytes().number(1, values.length).number(2, FLOAT).text(8, name).bytes(9, little(values));
    }

    private static byte[] little(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private static OnnxBytes port(String name, int type, Object... dims) {
        OnnxBytes shape = new OnnxBytes();
        for (Object d : dims) {
            shape.message(1,
                    d instanceof Integer n ? new OnnxBytes().number(1, n) : new OnnxBytes().text(2, (String) d));
        }
        OnnxBytes tensor = new OnnxBytes().number(1, type).message(2, shape);
        return new OnnxBytes().text(1, name).message(2, new OnnxBytes().message(1, tensor));
    }

    private OnnxBytes number(int field, long value) {
        varint(field << 3);
        varint(value);
        return this;
    }

    private OnnxBytes text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    private OnnxBytes message(int field, OnnxBytes value) {
        return bytes(field, value.out.toByteArray());
    }

    private OnnxBytes bytes(int field, byte[] value) {
        varint(field << 3 | 2);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while (rest >>> 7 != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
