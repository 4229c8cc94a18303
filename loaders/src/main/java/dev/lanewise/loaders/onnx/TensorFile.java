package dev.lanewise.loaders.onnx;

import com.google.protobuf.ByteString;
import dev.lanewise.DataType;
import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Single tensors in files ({@code .pb}), as the ONNX backend tests keep inputs and outputs. */
public final class TensorFile {
    private TensorFile() {
    }

    /**
     * Reads a tensor.
     *
     * @throws ModelFormatException where the file is no valid tensor
     * @throws java.io.UncheckedIOException where reading fails
     */
    public static Tensor read(ModelSource source) {
        Limits limits = Limits.defaults();
        try {
            byte[] bytes = OnnxReader.bytes(source);
            TensorProto proto = OnnxReader.parse(bytes, WireSchema.TENSOR, TensorProto.parser(), limits);
            Budget budget = new Budget(bytes.length + limits.extraBytes());
            return new TensorReader(limits, budget, new ExternalData(null, null, budget)).read(proto,
                    "tensor '" + ModelFormatException.printable(proto.getName()) + "'");
        } catch (ModelFormatException e) {
            throw e.in(source.name());
        } catch (UnsupportedModelException e) {
            throw new UnsupportedModelException(source.name(), e.features());
        }
    }

    /** Writes a tensor under a name; the elements go to the raw data field, strings to their own. */
    public static void write(Path file, String name, Tensor tensor) throws IOException {
        Files.write(file, proto(name, tensor).toByteArray());
    }

    static TensorProto proto(String name, Tensor tensor) {
        TensorProto.Builder out =
                TensorProto.newBuilder().setName(name).setDataType(ElementTypes.number(tensor.type()));
        for (int d : tensor.shape()) {
            out.addDims(d);
        }
        if (tensor.type() == DataType.STRING) {
            for (String s : tensor.strings()) {
                out.addStringData(ByteString.copyFromUtf8(s));
            }
        } else {
            out.setRawData(ByteString.copyFrom(RawElements.encode(tensor.type(), tensor.array(), tensor.size())));
        }
        return out.build();
    }
}
