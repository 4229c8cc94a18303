package dev.lanewise.loaders.onnx;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.file.RawElements;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A tensor as a protobuf message. */
final class TensorWriter {
    private static final int DIMS = 1;
    private static final int DATA_TYPE = 2;
    private static final int STRING_DATA = 6;
    private static final int NAME = 8;
    private static final int RAW_DATA = 9;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private TensorWriter() {
    }

    static byte[] bytes(String name, Tensor tensor) {
        TensorWriter writer = new TensorWriter();
        for (int d : tensor.shape()) {
            writer.number(DIMS, d);
        }
        writer.number(DATA_TYPE, ElementTypes.number(tensor.type()));
        if (tensor.type() == DataType.STRING) {
            for (String s : tensor.strings()) {
                writer.bytes(STRING_DATA, s.getBytes(StandardCharsets.UTF_8));
            }
        }
        writer.bytes(NAME, name.getBytes(StandardCharsets.UTF_8));
        if (tensor.type() != DataType.STRING) {
            writer.bytes(RAW_DATA, RawElements.encode(tensor.type(), tensor.array(), tensor.size()));
        }
        return writer.out.toByteArray();
    }

    private void number(int field, long value) {
        varint((long) field << 3 | WireSchema.VARINT);
        varint(value);
    }

    private void bytes(int field, byte[] content) {
        varint((long) field << 3 | WireSchema.LENGTH);
        varint(content.length);
        out.writeBytes(content);
    }

    private void varint(long value) {
        long left = value;
        while (left >>> 7 != 0) {
            out.write((int) (left & 0x7F | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }
}
