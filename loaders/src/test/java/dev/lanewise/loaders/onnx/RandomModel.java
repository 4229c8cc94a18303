package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.node;

import com.google.protobuf.ByteString;
import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.file.RawElements;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TypeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ValueInfoProto;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;

/** A model under construction with random numbers for its inputs and constants. */
final class RandomModel {
    final Random random;
    private final GraphProto.Builder graph = OnnxModels.graph();
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private final Map<String, Tensor> constants = new LinkedHashMap<>();
    private final long opset;
    private int made;

    RandomModel(long seed, long opset) {
        this.random = new Random(seed);
        this.opset = opset;
    }

    /** The operator set of the standard. */
    long opset() {
        return opset;
    }

    /** An integer in [from, to]. */
    int pick(int from, int to) {
        return from + random.nextInt(to - from + 1);
    }

    boolean chance() {
        return random.nextBoolean();
    }

    @SafeVarargs
    final <T> T one(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    Tensor floats(double from, double to, int... shape) {
        Tensor t = Tensor.zeros(DataType.FLOAT, shape);
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] = (float) (from + random.nextDouble() * (to - from));
        }
        return t;
    }

    /** Integers in [from, to]. */
    Tensor integers(DataType type, int from, int to, int... shape) {
        Tensor t = Tensor.zeros(type, shape);
        for (int i = 0; i < t.size(); i++) {
            int v = pick(from, to);
            switch (t.array()) {
                case byte[] a -> a[i] = (byte) v;
                case short[] a -> a[i] = (short) v;
                case int[] a -> a[i] = v;
                case long[] a -> a[i] = v;
                default -> throw new IllegalArgumentException(type.toString());
            }
        }
        return t;
    }

    /**
     * Signed weights of 7 bits: where the processor has no 8-bit dot product, ONNX Runtime adds two products in 16 bits, which saturate for
     * larger ones.
     */
    Tensor weights(int... shape) {
        return integers(DataType.INT8, -64, 63, shape);
    }

    /** Any values of a quantised type. */
    Tensor codes(DataType type, int... shape) {
        int bits = type.bits();
        int low = type.isUnsigned() ? 0 : -(1 << bits - 1);
        return integers(type, low, low + (1 << bits) - 1, shape);
    }

    /** An input of the model with some or all dimensions named. */
    String input(Tensor value) {
        return input(value, true);
    }

    /** An input whose shape the model says. */
    String fixed(Tensor value) {
        return input(value, false);
    }

    private String input(Tensor value, boolean named) {
        String name = "in" + made++;
        Object[] dims = new Object[value.rank()];
        for (int d = 0; d < dims.length; d++) {
            dims[d] = named && d < dims.length - 1 && chance() ? name + "_" + d : value.dim(d);
        }
        graph.addInput(OnnxModels.port(name, value.type(), dims));
        inputs.put(name, value);
        return name;
    }

    String constant(Tensor value) {
        String name = "c" + made++;
        constants.put(name, value);
        TensorProto.Builder t = OnnxModels.empty(name, value.type(),
                Arrays.stream(value.shape()).asLongStream().toArray());
        graph.addInitializer(
                t.setRawData(ByteString.copyFrom(RawElements.encode(value.type(), value.array(), value.size()))));
        return name;
    }

    /** Either. */
    String any(Tensor value) {
        return chance() ? input(value) : constant(value);
    }

    /** A node; names "" for missing inputs and outputs, and null for attributes that are left out. */
    NodeProto.Builder add(String domain, String type, String inputs, String outputs,
            AttributeProto.Builder... attributes) {
        NodeProto.Builder n = node(type, inputs, outputs).setDomain(domain);
        Arrays.stream(attributes).filter(Objects::nonNull).forEach(n::addAttribute);
        graph.addNode(n);
        return n;
    }

    /** A node of the standard with one output, whose name is the result. */
    String op(String type, String inputs, AttributeProto.Builder... attributes) {
        String out = "v" + made++;
        add("", type, inputs, out, attributes);
        return out;
    }

    /** A node of the domain com.microsoft with one output, whose name is the result. */
    String contrib(String type, String inputs, AttributeProto.Builder... attributes) {
        String out = "v" + made++;
        add("com.microsoft", type, inputs, out, attributes);
        return out;
    }

    RandomModel output(String name, DataType type) {
        graph.addOutput(ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(ElementTypes.number(type)))));
        return this;
    }

    /** What has been built so far. */
    GraphProto graph() {
        return graph.build();
    }

    Map<String, Tensor> constants() {
        return constants;
    }

    Map<String, Tensor> inputs() {
        return inputs;
    }

    byte[] bytes() {
        return ModelProto.newBuilder().setIrVersion(10).setGraph(graph).addOpsetImport(OnnxModels.opset("", opset))
                .addOpsetImport(OnnxModels.opset("com.microsoft", 1)).build().toByteArray();
    }

    @Override
    public String toString() {
        return graph.getNodeList().stream().map(NodeProto::getOpType).collect(Collectors.joining(", "));
    }
}
