package dev.lanewise.loaders.onnx;

import com.google.protobuf.ByteString;
import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelSource;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto.AttributeType;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.OperatorSetIdProto;
import dev.lanewise.loaders.onnx.proto.Onnx.StringStringEntryProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorShapeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TypeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;

/** Small ONNX models, good and bad, made in a line. */
final class OnnxModels {
    static final String NAME = "test.onnx";

    private OnnxModels() {
    }

    /** x: FLOAT[batch,3] and w: FLOAT[3] into y = Relu(x + w). */
    static ModelProto.Builder good() {
        return model(graph().addInput(port("x", DataType.FLOAT, "batch", 3))
                .addInitializer(floats("w", new long[] {3}, 1, -2, 3))
                .addNode(node("Add", "x,w", "sum")).addNode(node("Relu", "sum", "y"))
                .addOutput(port("y", DataType.FLOAT, "batch", 3)));
    }

    /** The good model with its graph changed. */
    static ModelProto.Builder good(Consumer<GraphProto.Builder> change) {
        ModelProto.Builder model = good();
        change.accept(model.getGraphBuilder());
        return model;
    }

    /** One node from inputs {@code x} and {@code w} as in the good model, and further initialisers, to {@code y}. */
    static ModelProto.Builder single(NodeProto.Builder node, TensorProto.Builder... initialisers) {
        GraphProto.Builder graph = graph().addInput(port("x", DataType.FLOAT, "batch", 3))
                .addInitializer(floats("w", new long[] {3}, 1, -2, 3)).addNode(node)
                .addOutput(port("y", DataType.FLOAT));
        Arrays.stream(initialisers).forEach(graph::addInitializer);
        return model(graph);
    }

    static ModelProto.Builder model(GraphProto.Builder graph) {
        return ModelProto.newBuilder().setIrVersion(10).setGraph(graph).addOpsetImport(opset("", 21));
    }

    static OperatorSetIdProto opset(String domain, long version) {
        return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
    }

    static GraphProto.Builder graph() {
        return GraphProto.newBuilder().setName("test");
    }

    /** Dimensions are numbers, names, or "" for an unnamed one. */
    static ValueInfoProto port(String name, DataType type, Object... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object d : dims) {
            TensorShapeProto.Dimension.Builder dim = shape.addDimBuilder();
            if (d instanceof Number n) {
                dim.setDimValue(n.longValue());
            } else if (!d.equals("")) {
                dim.setDimParam((String) d);
            }
        }
        return ValueInfoProto.newBuilder().setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(ElementTypes.number(type)).setShape(shape)))
                .build();
    }

    /** Inputs and outputs are separated by commas; the node is called after its first output. */
    static NodeProto.Builder node(String type, String inputs, String outputs) {
        return NodeProto.newBuilder().setOpType(type).setName("n_" + outputs.split(",")[0])
                .addAllInput(Arrays.asList(inputs.split(","))).addAllOutput(Arrays.asList(outputs.split(",")));
    }

    static AttributeProto.Builder ints(String name, long... values) {
        AttributeProto.Builder a = AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
        Arrays.stream(values).forEach(a::addInts);
        return a;
    }

    static AttributeProto.Builder integer(String name, long value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value);
    }

    static AttributeProto.Builder real(String name, float value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOAT).setF(value);
    }

    static AttributeProto.Builder reals(String name, float... values) {
        AttributeProto.Builder a = AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOATS);
        for (float v : values) {
            a.addFloats(v);
        }
        return a;
    }

    static AttributeProto.Builder text(String name, String value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value));
    }

    static AttributeProto.Builder tensor(String name, TensorProto.Builder value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.TENSOR).setT(value);
    }

    static TensorProto.Builder empty(String name, DataType type, long... dims) {
        TensorProto.Builder t = TensorProto.newBuilder().setName(name).setDataType(ElementTypes.number(type));
        Arrays.stream(dims).forEach(t::addDims);
        return t;
    }

    /** Elements in raw data. */
    static TensorProto.Builder floats(String name, long[] dims, float... values) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return empty(name, DataType.FLOAT, dims).setRawData(ByteString.copyFrom(raw));
    }

    /** Elements in int64_data. */
    static TensorProto.Builder longs(String name, long... values) {
        TensorProto.Builder t = empty(name, DataType.INT64, values.length);
        Arrays.stream(values).forEach(t::addInt64Data);
        return t;
    }

    /** A FLOAT[3] tensor in a file; {@code entries} alternate keys and values. */
    static TensorProto.Builder external(String name, String... entries) {
        TensorProto.Builder t = empty(name, DataType.FLOAT, 3).setDataLocation(TensorProto.DataLocation.EXTERNAL);
        for (int i = 0; i < entries.length; i += 2) {
            t.addExternalData(StringStringEntryProto.newBuilder().setKey(entries[i]).setValue(entries[i + 1]));
        }
        return t;
    }

    static LoadedModel load(ModelProto.Builder model) {
        return load(model.build().toByteArray());
    }

    static LoadedModel load(byte[] bytes) {
        return load(bytes, LoadOptions.defaults());
    }

    static LoadedModel load(byte[] bytes, LoadOptions options) {
        return new OnnxFormat().read(ModelSource.of(NAME, bytes), options);
    }
}
