package dev.lanewise.cli;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

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

    /**
     * images: FLOAT[batch,8,9,9] into scores FLOAT[batch,16] by a residual block as those of ResNet-50, between a convolution and a
     * dense layer; random weights.
     */
    static byte[] residualNet(int operatorSet) {
        Random random = new Random(8);
        OnnxBytes graph = new OnnxBytes().text(2, "test");
        graph.convolution("stem", "images", 8, 16, 3, random).message(1, node("Relu", "a", "stem"))
                .convolution("inner", "a", 16, 16, 3, random).message(1, node("Relu", "b", "inner"))
                .convolution("outer", "b", 16, 64, 1, random).convolution("shortcut", "a", 16, 64, 1, random)
                .message(1, node("Add", "sum", "outer", "shortcut")).message(1, node("Relu", "c", "sum"))
                .message(1, node("GlobalAveragePool", "pooled", "c")).message(1, node("Flatten", "features", "pooled"))
                .message(5, random("dense_w", random, 0.1, 64, 16)).message(5, random("dense_b", random, 0.1, 16))
                .message(1, node("Gemm", "scores", "features", "dense_w", "dense_b"))
                .message(11, port("images", FLOAT, "batch", 8, 9, 9)).message(12, port("scores", FLOAT, "batch", 16));
        return model(graph, operatorSet);
    }

    /** A convolution without bias and a batch normalisation, as exporters write them for training. */
    private OnnxBytes convolution(String name, String input, int in, int out, int size, Random random) {
        float[] ones = new float[out];
        Arrays.fill(ones, 1);
        return message(5, random(name + "_w", random, Math.sqrt(2.0 / (in * size * size)), out, in, size, size))
                .message(5, random(name + "_scale", random, 0.5, out))
                .message(5, random(name + "_bias", random, 0.5, out))
                .message(5, random(name + "_mean", random, 0.1, out)).message(5, floats(name + "_variance", ones))
                .message(1, node("Conv", name + "_sums", input, name + "_w").ints("kernel_shape", size, size)
                        .ints("pads", size / 2, size / 2, size / 2, size / 2))
                .message(1, node("BatchNormalization", name, name + "_sums", name + "_scale", name + "_bias",
                        name + "_mean", name + "_variance"));
    }

    /** A valid model with an operator that does not exist. */
    static byte[] unsupported() {
        return model(new OnnxBytes().message(1, node("Nonesuch", "y", "x")).text(2, "test")
                .message(11, port("x", FLOAT, "batch", 3)).message(12, port("y", FLOAT, "batch", 3)));
    }

    private static byte[] model(OnnxBytes graph) {
        return model(graph, 21);
    }

    private static byte[] model(OnnxBytes graph, int operatorSet) {
        return new OnnxBytes().number(1, 10).text(2, "tests").message(7, graph)
                .message(8, new OnnxBytes().number(2, operatorSet)).out.toByteArray();
    }

    private OnnxBytes ints(String attribute, int... values) {
        OnnxBytes a = new OnnxBytes().text(1, attribute).number(20, 7);
        for (int v : values) {
            a.number(8, v);
        }
        return message(5, a);
    }

    private static OnnxBytes random(String name, Random random, double deviation, int... shape) {
        OnnxBytes tensor = new OnnxBytes();
        int size = 1;
        for (int d : shape) {
            tensor.number(1, d);
            size *= d;
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return tensor.number(2, FLOAT).text(8, name).bytes(9, little(values));
    }

    private static OnnxBytes node(String operator, String output, String... inputs) {
        OnnxBytes node = new OnnxBytes();
        for (String input : inputs) {
            node.text(1, input);
        }
        return node.text(2, output).text(3, operator + "_" + output).text(4, operator);
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
