package dev.lanewise.bench.model;

import com.google.protobuf.ByteString;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.OperatorSetIdProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorShapeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TypeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A parsed ONNX file: its initialisers by name, and float tensors in and out of it. */
final class OnnxFile {
    static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
    static final int INT64 = TensorProto.DataType.INT64_VALUE;

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
        return t.getDataType() == FLOAT;
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
        return TensorProto.newBuilder().setName(name).setDataType(FLOAT)
                .addAllDims(Arrays.stream(shape).boxed().toList()).setRawData(ByteString.copyFrom(bytes)).build();
    }

    /** A model of a graph, of an operator set that all engines here know. */
    static byte[] bytes(GraphProto.Builder graph) {
        return ModelProto.newBuilder().setIrVersion(8).setGraph(graph)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17)).build().toByteArray();
    }

    /** An input or output; dimensions are numbers or names. */
    static ValueInfoProto port(String name, int type, Object... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object d : dims) {
            TensorShapeProto.Dimension.Builder dim = shape.addDimBuilder();
            if (d instanceof Integer size) {
                dim.setDimValue(size);
            } else {
                dim.setDimParam(d.toString());
            }
        }
        return ValueInfoProto.newBuilder().setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
                .build();
    }

    static NodeProto.Builder node(String operator, String name, String... inputs) {
        return NodeProto.newBuilder().setOpType(operator).setName(name).addAllInput(List.of(inputs));
    }

    static TensorProto longs(String name, long... values) {
        return TensorProto.newBuilder().setName(name).setDataType(INT64).addDims(values.length)
                .addAllInt64Data(Arrays.stream(values).boxed().toList()).build();
    }
}
