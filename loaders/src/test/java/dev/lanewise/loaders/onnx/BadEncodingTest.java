package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.*;

import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto.AttributeType;
import dev.lanewise.loaders.onnx.proto.Onnx.FunctionProto;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TypeProto;
import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are no ONNX models, kinds 11 to 13: what protobuf allows, nesting, and the header. */
class BadEncodingTest {
    private static byte[] bytes(int... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int v : values) {
            out.write(v);
        }
        return out.toByteArray();
    }

    static Stream<BadModel> wire() {
        return Stream.of(new BadModel("11 empty file", bytes(), "an empty one"),
                new BadModel("11 varint of 11 bytes", bytes(8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1),
                        "byte 1: expected a number of at most 10 bytes"),
                new BadModel("11 length beyond the end", bytes(8, 10, 0x3A, 100, 1),
                        "byte 3: expected a length of at most 1 bytes, found 100"),
                new BadModel("11 negative length", bytes(0x3A, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1),
                        "found 18446744073709551615"),
                new BadModel("11 length beyond the enclosing message", bytes(0x3A, 2, 0x0A, 5, 0, 0, 0, 0, 0),
                        "byte 3: expected a length of at most 0 bytes, found 5"),
                new BadModel("11 field number 0", bytes(8, 10, 0, 0),
                        "byte 2: expected a field number in [1, 2^29), found 0"),
                new BadModel("11 group", bytes(8, 10, 0x7B, 0x7C), "found wire type 3"),
                new BadModel("11 end of group", bytes(8, 10, 0x7C), "found wire type 4"),
                new BadModel("11 wire type 6", bytes(8, 10, 0x7E), "found wire type 6"),
                new BadModel("11 wire type 7", bytes(8, 10, 0x7F), "found wire type 7"),
                new BadModel("11 wire type of another kind", bytes(8, 10, 0x38, 1),
                        "wire type 2 for field 7 of MODEL, found wire type 0"),
                new BadModel("11 fixed number cut", bytes(8, 10, 0x7D, 1, 2), "byte 3: expected 4 bytes, found 2"),
                new BadModel("11 string that is not UTF-8", bytes(8, 10, 0x12, 2, 0xC3, 0x28), "UTF-8"),
                new BadModel("11 packed floats of 5 bytes", bytes(0x3A, 9, 0x2A, 7, 0x22, 5, 1, 2, 3, 4, 5),
                        "a multiple of 4 bytes"),
                new BadModel("11 millions of empty parts", emptyParts(), "raise Limits.extraBytes"),
                new BadModel("11 a tensor's millions of dimensions", dims(1_000_000),
                        "at most 16 dimensions, found 1000000"),
                new BadModel("11 millions of packed numbers", numbers(10_000_000), "raise Limits.extraBytes"),
                new BadModel("11 packed numbers cut in the middle", numbers(5000, (byte) 0x80), "or half of one"),
                new BadModel("11 millions of attribute numbers", attributeNumbers(10_000_000),
                        "raise Limits.extraBytes"),
                new BadModel("12 nested subgraphs", nestedGraphs(200), "nested at most 100 deep"),
                new BadModel("12 sequences of sequences", nestedSequences(200), "nested at most 100 deep"),
                new BadModel("12 recursive function", recursion(), "functions that do not call themselves"),
                new BadModel("12 functions that double", doubling(40),
                        "at most 1000000 nodes with functions expanded"));
    }

    private static byte[] dims(int count) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName("w").setDataType(1);
        return good(g -> g.setInitializer(0, tensor.addAllDims(Collections.nCopies(count, 1L)))).build().toByteArray();
    }

    /** Packed int64_data of a tensor, a byte each. */
    private static byte[] numbers(int count) {
        return good(g -> g.setInitializer(0, empty("w", DataType.INT64, count)
                .addAllInt64Data(Collections.nCopies(count, 1L)))).build().toByteArray();
    }

    /** The same with its last byte another. */
    private static byte[] numbers(int count, byte last) {
        byte[] bytes = model(graph().addInitializer(empty("w", DataType.INT64, count)
                .addAllInt64Data(Collections.nCopies(count, 0x11L)))).build().toByteArray();
        int at = bytes.length - 1;
        while (bytes[at] != 0x11) {
            at--;
        }
        bytes[at] = last;
        return bytes;
    }

    private static byte[] attributeNumbers(int count) {
        AttributeProto.Builder values = AttributeProto.newBuilder().setName("perm").setType(AttributeType.INTS)
                .addAllInts(Collections.nCopies(count, 1L));
        return single(node("Transpose", "x", "y").addAttribute(values)).build().toByteArray();
    }

    /** Six million properties that say nothing, in two bytes each. */
    private static byte[] emptyParts() {
        byte[] bytes = new byte[12_000_000];
        for (int i = 0; i < bytes.length; i += 2) {
            bytes[i] = 14 << 3 | 2;
        }
        return bytes;
    }

    private static ModelProto.Builder nestedGraphs(int depth) {
        GraphProto.Builder graph = graph();
        for (int i = 0; i < depth; i++) {
            AttributeProto.Builder body =
                    AttributeProto.newBuilder().setName("body").setType(AttributeType.GRAPH).setG(graph);
            graph = graph().addNode(node("Loop", "x", "y").addAttribute(body));
        }
        return model(graph);
    }

    private static ModelProto.Builder nestedSequences(int depth) {
        TypeProto.Builder type = TypeProto.newBuilder();
        for (int i = 0; i < depth; i++) {
            type = TypeProto.newBuilder().setSequenceType(TypeProto.Sequence.newBuilder().setElemType(type));
        }
        ModelProto.Builder model = good();
        model.getGraphBuilder().getInputBuilder(0).setType(type);
        return model;
    }

    private static FunctionProto.Builder function(String name, NodeProto.Builder... nodes) {
        FunctionProto.Builder f = FunctionProto.newBuilder().setName(name).setDomain("my").addInput("a").addOutput("b")
                .addOpsetImport(opset("", 21)).addOpsetImport(opset("my", 1));
        Stream.of(nodes).forEach(f::addNode);
        return f;
    }

    private static ModelProto.Builder recursion() {
        return good(g -> g.setNode(1, node("Twice", "sum", "y").setDomain("my"))).addOpsetImport(opset("my", 1))
                .addFunctions(function("Twice", node("Once", "a", "b").setDomain("my")))
                .addFunctions(function("Once", node("Twice", "a", "b").setDomain("my")));
    }

    private static ModelProto.Builder doubling(int depth) {
        ModelProto.Builder model =
                good(g -> g.setNode(1, node("F0", "sum", "y").setDomain("my"))).addOpsetImport(opset("my", 1));
        for (int i = 0; i < depth; i++) {
            model.addFunctions(function("F" + i, node("F" + (i + 1), "a", "t").setDomain("my"),
                    node("F" + (i + 1), "t", "b").setDomain("my")));
        }
        return model.addFunctions(function("F" + depth, node("Relu", "a", "b")));
    }

    static Stream<BadModel> header() {
        return Stream.of(new BadModel("13 no graph", good().clearGraph(), "expected a graph, found none"),
                new BadModel("13 no opset import", good().clearOpsetImport(), "at least one opset import"),
                new BadModel("13 opset version 0", good().setOpsetImport(0, opset("", 0)),
                        "opset versions of 1 or more"),
                new BadModel("13 two opsets of a domain", good().addOpsetImport(opset("ai.onnx", 20)),
                        "one opset version a domain"),
                new BadModel("13 domain without import", good(g -> g.getNodeBuilder(1).setDomain("com.example")),
                        "an opset import for each domain that nodes use, found none for 'com.example'"),
                BadModel.unsupported("13 IR version from the future", good().setIrVersion(99), "ONNX IR version 99"),
                BadModel.unsupported("13 opset from the future", good().setOpsetImport(0, opset("", 99)),
                        "ai.onnx opset 99"),
                BadModel.unsupported("13 unknown domain",
                        good(g -> g.getNodeBuilder(1).setDomain("com.example")).addOpsetImport(opset("com.example", 1)),
                        "com.example.Relu-1"),
                new BadModel("13 no IR version", good().clearIrVersion(), "is this an ONNX model?"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"wire", "header"})
    void isRefusedWithATypedError(BadModel bad) {
        bad.check();
    }
}
