package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelMetadata;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Node;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto.AttributeType;
import dev.lanewise.loaders.onnx.proto.Onnx.FunctionProto;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.StringStringEntryProto;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the importer makes of good models. */
class OnnxImporterTest {
    private static final Tensor X = Tensor.of(new float[] {1, 1, 1, -5, 2, -1}, 2, 3);
    private static final float[] Y = {2, 0, 4, 0, 0, 2};

    private static float[] run(LoadedModel model) {
        return model.graph().evaluate(X)[0].floats();
    }

    @Test
    void aModelRuns() {
        assertArrayEquals(Y, run(load(good())));
    }

    @Test
    void theFormatIsFoundAsAService() {
        try (Model model = Model.load(ModelSource.of(NAME, good().build().toByteArray()), LoadOptions.defaults())) {
            assertEquals(NAME, model.name());
            assertEquals("[x: FLOAT[batch,3]]", model.metadata().inputs().toString());
        }
    }

    /** As exporters of PaddlePaddle write an image's height and width. */
    @Test
    void dimensionsNamedByAQuestionMarkAreDifferentOnes() {
        LoadedModel model = load(model(graph().addInput(port("x", DataType.FLOAT, "?", "?"))
                .addNode(node("Relu", "x", "y")).addOutput(port("y", DataType.FLOAT))));
        assertEquals("[x: FLOAT[x.0,x.1]]", model.metadata().inputs().toString());
    }

    @Test
    void filesAreRecognisedByNameOrFirstBytes() {
        byte[] bytes = good().build().toByteArray();
        OnnxFormat format = new OnnxFormat();
        assertTrue(format.accepts(ModelSource.of("download", bytes)));
        assertTrue(format.accepts(ModelSource.of("broken.ONNX", new byte[0])));
        assertFalse(
                format.accepts(ModelSource.of("notes.txt", "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        assertFalse(format.accepts(ModelSource.of("nothing", new byte[0])));
    }

    @Test
    void metadataSaysWhatTheFileSays() {
        ModelMetadata m =
                load(good().setProducerName("maker").setProducerVersion("2").setDomain("org.example").setModelVersion(7)
                        .setDocString("about").addOpsetImport(opset("com.microsoft", 1))
                        .addMetadataProps(StringStringEntryProto.newBuilder().setKey("task").setValue("test")))
                        .metadata();
        assertEquals("maker", m.producerName());
        assertEquals("2", m.producerVersion());
        assertEquals("org.example", m.domain());
        assertEquals(7, m.modelVersion());
        assertEquals(10, m.irVersion());
        assertEquals("about", m.description());
        assertEquals(Map.of("ai.onnx", 21L, "com.microsoft", 1L), m.opsets());
        assertEquals(Map.of("task", "test"), m.properties());
        assertEquals("[x: FLOAT[batch,3]]", m.inputs().toString());
        assertEquals("[y: FLOAT[batch,3]]", m.outputs().toString());
        assertEquals(List.of(), m.fixedInputs());
    }

    @Test
    void unnamedDimensionsAreCalledAfterInputAndAxis() {
        ModelMetadata m = load(good(g -> g.setInput(0, port("x", DataType.FLOAT, "", -1, 3)))).metadata();
        assertEquals("[x: FLOAT[x.0,x.1,3]]", m.inputs().toString());
        assertEquals("[y: FLOAT[x.0,x.1,3]]", m.outputs().toString());
    }

    @Test
    void anInputWithoutShapeIsUnknown() {
        ModelProto.Builder model = good();
        model.getGraphBuilder().getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().clearShape();
        LoadedModel loaded = load(model);
        assertEquals("[x: FLOAT[?]]", loaded.metadata().inputs().toString());
        assertArrayEquals(Y, run(loaded));
    }

    @Test
    void anInitialiserThatIsAnInputIsAConstant() {
        LoadedModel model = load(good(g -> g.addInput(port("w", DataType.FLOAT, "any"))));
        assertEquals(List.of("w"), model.metadata().fixedInputs());
        assertEquals(1, model.graph().inputs().size());
        assertArrayEquals(Y, run(model));
    }

    @Test
    void nodesMayComeInAnyOrder() {
        LoadedModel model = load(good(g -> {
            NodeProto first = g.getNode(0);
            g.setNode(0, g.getNode(1)).setNode(1, first);
        }));
        assertEquals(List.of("n_sum", "n_y"), model.graph().nodes().stream().map(Node::name).toList());
        assertArrayEquals(Y, run(model));
    }

    @Test
    void whatNoOutputNeedsIsGone() {
        assertEquals(2, load(good(g -> g.addNode(node("Relu", "x", "unused")))).graph().nodes().size());
    }

    @Test
    void anInputOrInitialiserMayBeAnOutput() {
        LoadedModel model =
                load(good(g -> g.addOutput(port("x", DataType.FLOAT)).addOutput(port("w", DataType.FLOAT))));
        assertEquals(List.of("y", "x", "w"), model.graph().outputNames());
        assertArrayEquals(new float[] {1, -2, 3}, model.graph().evaluate(X)[2].floats());
    }

    @Test
    void veryLongChainsNeedNoStack() {
        GraphProto.Builder graph =
                graph().addInput(port("v0", DataType.FLOAT, 1)).addOutput(port("v50000", DataType.FLOAT));
        for (int i = 50_000; i > 0; i--) {
            graph.addNode(node("Relu", "v" + (i - 1), "v" + i));
        }
        assertEquals(50_000, load(model(graph)).graph().nodes().size());
    }

    private static NodeProto.Builder constant(AttributeProto.Builder value) {
        return NodeProto.newBuilder().setOpType("Constant").addOutput("c").addAttribute(value);
    }

    private static Tensor constantOf(AttributeProto.Builder value, DataType type) {
        return load(model(graph().addNode(constant(value)).addOutput(port("c", type)))).graph().evaluate()[0];
    }

    private static AttributeProto.Builder attribute(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    @Test
    void constantsOfEveryForm() {
        assertArrayEquals(new float[] {1, 2},
                constantOf(tensor("value", floats("", new long[] {2}, 1, 2)), DataType.FLOAT).floats());
        assertEquals("FLOAT[]", constantOf(real("value_float", 2), DataType.FLOAT).toString());
        assertArrayEquals(new long[] {-3}, constantOf(integer("value_int", -3), DataType.INT64).longs());
        assertArrayEquals(new long[] {4, 5}, constantOf(ints("value_ints", 4, 5), DataType.INT64).longs());
        assertArrayEquals(new float[] {.5f},
                constantOf(attribute("value_floats", AttributeType.FLOATS).addFloats(.5f), DataType.FLOAT).floats());
        com.google.protobuf.ByteString text = com.google.protobuf.ByteString.copyFromUtf8("é");
        assertArrayEquals(new String[] {"é"},
                constantOf(attribute("value_string", AttributeType.STRING).setS(text), DataType.STRING).strings());
        assertEquals("STRING[1]",
                constantOf(attribute("value_strings", AttributeType.STRINGS).addStrings(text), DataType.STRING)
                        .toString());
    }

    @Test
    void weightsAsConstantNodesGiveTheSameGraph() {
        LoadedModel model = load(good(g -> g.clearInitializer().addNode(
                node("Constant", "", "w").clearInput()
                        .addAttribute(tensor("value", floats("", new long[] {3}, 1, -2, 3))))));
        assertEquals(2, model.graph().nodes().size());
        assertArrayEquals(Y, run(model));
    }

    /** Shifted(a; by) = Relu(a + by), where {@code by} is an attribute with a default. */
    private static ModelProto.Builder calling(NodeProto.Builder call) {
        AttributeProto.Builder reference = attribute("value", AttributeType.TENSOR).setRefAttrName("by");
        FunctionProto.Builder f = FunctionProto.newBuilder().setName("Shifted").setDomain("my").addInput("a")
                .addOutput("b")
                .addAttributeProto(tensor("by", floats("", new long[] {3}, 0, 0, 0))).addOpsetImport(opset("", 18))
                .addNode(node("Constant", "", "c").clearInput().addAttribute(reference))
                .addNode(node("Add", "a,c", "s"))
                .addNode(node("Relu", "s", "b"));
        return model(graph().addInput(port("x", DataType.FLOAT, "batch", 3)).addNode(call.setDomain("my"))
                .addOutput(port("y", DataType.FLOAT))).addFunctions(f).addOpsetImport(opset("my", 1));
    }

    @Test
    void functionsAreExpanded() {
        LoadedModel model = load(calling(
                node("Shifted", "x", "y").addAttribute(tensor("by", floats("", new long[] {3}, 1, -2, 3)))));
        assertEquals(List.of("n_y/n_s", "n_y/n_b"), model.graph().nodes().stream().map(Node::name).toList());
        assertArrayEquals(Y, run(model));
    }

    @Test
    void functionAttributesHaveDefaults() {
        assertArrayEquals(new float[] {1, 1, 1, 0, 2, 0}, run(load(calling(node("Shifted", "x", "y")))));
    }
}
