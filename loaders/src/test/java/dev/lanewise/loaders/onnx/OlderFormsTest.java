package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.floats;
import static dev.lanewise.loaders.onnx.OnnxModels.graph;
import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.ints;
import static dev.lanewise.loaders.onnx.OnnxModels.load;
import static dev.lanewise.loaders.onnx.OnnxModels.node;
import static dev.lanewise.loaders.onnx.OnnxModels.opset;
import static dev.lanewise.loaders.onnx.OnnxModels.port;
import static dev.lanewise.loaders.onnx.OnnxModels.real;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.graph.Graph;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto.AttributeType;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import org.junit.jupiter.api.Test;

/** Attributes and older versions of normalisations, recurrent layers and attention, turned into the engine's one form. */
class OlderFormsTest {
    private static final Tensor X = Tensor.of(new float[] {1, 2, 4, 8, -1, 0, 3, 3}, 1, 4, 2);

    private static Graph read(long version, NodeProto.Builder node, TensorProto.Builder... constants) {
        GraphProto.Builder g = graph().addInput(port("x", DataType.FLOAT, 1, 4, 2)).addNode(node);
        for (TensorProto.Builder c : constants) {
            g.addInitializer(c);
        }
        node.getOutputList().forEach(o -> g.addOutput(port(o, DataType.FLOAT, 1, 4, 2)));
        ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(10).setGraph(g)
                .addOpsetImport(opset("", version));
        return load(model).graph();
    }

    private static TensorProto.Builder vector(String name, float... values) {
        return floats(name, new long[] {values.length}, values);
    }

    private static AttributeProto.Builder texts(String name, String... values) {
        AttributeProto.Builder a = AttributeProto.newBuilder().setName(name).setType(AttributeType.STRINGS);
        for (String v : values) {
            a.addStrings(ByteString.copyFromUtf8(v));
        }
        return a;
    }

    private static AttributeProto.Builder reals(String name, float... values) {
        AttributeProto.Builder a = AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOATS);
        for (float v : values) {
            a.addFloats(v);
        }
        return a;
    }

    @Test
    void groupParametersBecomeThoseOfChannels() {
        NodeProto.Builder group = node("GroupNormalization", "x,s,b", "y").addAttribute(integer("num_groups", 2));
        Tensor old = read(18, group, vector("s", 2, 3), vector("b", 1, -1)).evaluate(X)[0];
        Tensor now = read(21, group, vector("s", 2, 2, 3, 3), vector("b", 1, 1, -1, -1)).evaluate(X)[0];
        assertArrayEquals(now.floats(), old.floats());
        assertThrows(ModelFormatException.class, () -> read(18, node("GroupNormalization", "x,s,b", "y")
                .addAttribute(integer("num_groups", 3)), vector("s", 2, 3), vector("b", 1, -1)));
    }

    @Test
    void dropoutOfEveryVersionLetsThrough() {
        Tensor[] nine = read(9, node("Dropout", "x", "y,mask").addAttribute(real("ratio", 0.5f))).evaluate(X);
        assertArrayEquals(X.floats(), nine[0].floats());
        assertEquals(DataType.FLOAT, nine[1].type());
        assertArrayEquals(X.floats(),
                read(6, node("Dropout", "x", "y").addAttribute(integer("is_test", 1))).evaluate(X)[0].floats());
        assertThrows(UnsupportedModelException.class, () -> read(6, node("Dropout", "x", "y")));
    }

    @Test
    void oldBatchNormalisationTrainsWithMoreOutputs() {
        TensorProto.Builder[] parameters = {vector("s", 1, 1, 1, 1), vector("b", 0, 0, 0, 0), vector("m", 1, 1, 1, 1),
            vector("v", 4, 4, 4, 4)};
        Tensor y = read(9, node("BatchNormalization", "x,s,b,m,v", "y").addAttribute(real("epsilon", 0)), parameters)
                .evaluate(X)[0];
        assertArrayEquals(new float[] {0, 0.5f, 1.5f, 3.5f, -1, -0.5f, 1, 1}, y.floats());
        assertThrows(UnsupportedModelException.class,
                () -> read(9, node("BatchNormalization", "x,s,b,m,v", "y,mean"), parameters));
        assertThrows(UnsupportedModelException.class, () -> read(7, node("BatchNormalization", "x,s,b,m,v", "y")
                .addAttribute(integer("spatial", 0)), parameters));
    }

    @Test
    void activationParametersGoToThoseThatTakeThem() {
        TensorProto.Builder w = floats("w", new long[] {2, 1, 2}, 1, 0, 0, 1);
        TensorProto.Builder r = floats("r", new long[] {2, 1, 1}, 0, 0);
        NodeProto.Builder rnn = node("RNN", "x,w,r", "y").addAttribute(integer("hidden_size", 1))
                .addAttribute(AttributeProto.newBuilder().setName("direction").setType(AttributeType.STRING)
                        .setS(ByteString.copyFromUtf8("bidirectional")))
                .addAttribute(texts("activations", "Relu", "LeakyRelu"))
                .addAttribute(reals("activation_alpha", 0.5f));
        Tensor y = read(22, rnn, w, r).evaluate(Tensor.of(new float[] {-1, -2}, 1, 1, 2))[0];
        assertArrayEquals(new float[] {0, -1}, y.floats());
        assertThrows(ModelFormatException.class, () -> read(22, node("RNN", "x,w,r", "y")
                .addAttribute(integer("hidden_size", 7)), w, r));
        assertThrows(ModelFormatException.class, () -> read(22, node("RNN", "x,w,r", "y")
                .addAttribute(texts("activations", "Gaussian")), w, r));
    }

    @Test
    void numbersThatDoNotFitAreErrors() {
        assertThrows(ModelFormatException.class,
                () -> read(22, node("LpNormalization", "x", "y").addAttribute(integer("axis", 1L << 32))));
        assertThrows(ModelFormatException.class, () -> read(22, node("MaxPool", "x", "y")
                .addAttribute(ints("kernel_shape", Long.MIN_VALUE))));
        assertThrows(ModelFormatException.class, () -> read(23, node("Attention", "x,x,x", "y")
                .addAttribute(integer("q_num_heads", 1)).addAttribute(integer("kv_num_heads", 1))
                .addAttribute(integer("qk_matmul_output_mode", 4))));
        assertThrows(UnsupportedModelException.class, () -> read(23, node("Attention", "x,x,x", "y")
                .addAttribute(integer("q_num_heads", 1)).addAttribute(integer("kv_num_heads", 1))
                .addAttribute(integer("softmax_precision", 11))));
    }
}
