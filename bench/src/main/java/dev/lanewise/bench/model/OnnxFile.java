package dev.lanewise.bench.model;

import com.google.protobuf.ByteString;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A parsed ONNX file: its initialisers by name, and float tensors in and out of it. */
final class OnnxFile {
    private final ModelProto model;
    private final Map<String, TensorProto> initialisers = new LinkedHashMap<>();

    OnnxFile(ModelProto model) {
        this.model = model;
        model.getGraph().getInitializerList().forEach(t -> initialisers.put(t.getName(), t));
    }

    List<NodeProto> nodes() {
        return model.getGraph().getNodeList();
    }

    Optional<TensorProto> initialiser(String name) {
        return Optional.ofNullable(initialisers.get(name));
    }

    Map<String, TensorProto> initialisers() {
        return initialisers;
    }

    static boolean isFloat(TensorProto t) {
        return t.getDataType() == TensorProto.DataType.FLOAT_VALUE;
    }

    static int[] shape(TensorProto t) {
        return t.getDimsList().stream().mapToInt(Math::toIntExact).toArray();
    }

    static float[] floats(TensorProto t) {
        if (!isFloat(t) || t.getRawData().isEmpty()) {
            throw new IllegalArgumentException(t.getName() + " is not FLOAT in raw_data");
        }
        float[] values = new float[t.getRawData().size() / Float.BYTES];
        t.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    static TensorProto tensor(String name, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addAllDims(Arrays.stream(shape).boxed().toList()).setRawData(ByteString.copyFrom(bytes)).build();
    }
}
