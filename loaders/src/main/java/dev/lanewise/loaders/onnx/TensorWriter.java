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

    private TensorWriter() {
    }

    static byte[] bytes(String name, Tensor tensor) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int d : tensor.shape()) {
            Fields.write(out, DIMS, d);
        }
        Fields.write(out, DATA_TYPE, ElementTypes.number(tensor.type()));
        if (tensor.type() == DataType.STRING) {
            for (String s : tensor.strings()) {
                Fields.write(out, STRING_DATA, s.getBytes(StandardCharsets.UTF_8));
            }
        }
        Fields.write(out, NAME, name.getBytes(StandardCharsets.UTF_8));
        if (tensor.type() != DataType.STRING) {
            Fields.write(out, RAW_DATA, RawElements.encode(tensor.type(), tensor.array(), tensor.size()));
        }
        return out.toByteArray();
    }
}
