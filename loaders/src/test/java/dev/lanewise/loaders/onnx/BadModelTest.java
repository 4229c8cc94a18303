package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.lanewise.DataType;
import dev.lanewise.LanewiseException;
import dev.lanewise.Limits;
import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormatException;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto.AttributeType;
import dev.lanewise.loaders.onnx.proto.Onnx.FunctionProto;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TypeProto;
import java.io.ByteArrayOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which an ONNX file is known to go wrong, and the message due. Each name starts with the kind's number. */
class BadModelTest {
    /** {@code message} is part of the message due. */
    private record Bad(String name, byte[] bytes, String message) {
        Bad(String name, ModelProto.Builder model, String message) {
            this(name, model.build().toByteArray(), message);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static byte[] bytes(int... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int v : values) {
            out.write(v);
        }
        return out.toByteArray();
    }

    static Stream<Bad> wire() {
        return Stream.of(new Bad("11 empty file", bytes(), "an empty one"),
                new Bad("11 varint of 11 bytes", bytes(8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1),
                        "byte 1: expected a number of at most 10 bytes"),
                new Bad("11 length beyond the end", bytes(8, 10, 0x3A, 100, 1),
                        "byte 3: expected a length of at most 1 bytes, found 100"),
                new Bad("11 negative length", bytes(0x3A, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1),
                        "found 18446744073709551615"),
                new Bad("11 length beyond the enclosing message", bytes(0x3A, 2, 0x0A, 5, 0, 0, 0, 0, 0),
                        "byte 3: expected a length of at most 0 bytes, found 5"),
                new Bad("11 field number 0", bytes(8, 10, 0, 0),
                        "byte 2: expected a field number in [1, 2^29), found 0"),
                new Bad("11 group", bytes(8, 10, 0x7B, 0x7C), "found wire type 3"),
                new Bad("11 end of group", bytes(8, 10, 0x7C), "found wire type 4"),
                new Bad("11 wire type 6", bytes(8, 10, 0x7E), "found wire type 6"),
                new Bad("11 wire type 7", bytes(8, 10, 0x7F), "found wire type 7"),
                new Bad("11 wire type of another kind", bytes(8, 10, 0x38, 1),
                        "wire type 2 for field 7 of MODEL, found wire type 0"),
                new Bad("11 fixed number cut", bytes(8, 10, 0x7D, 1, 2), "byte 3: expected 4 bytes, found 2"),
                new Bad("11 string that is not UTF-8", bytes(8, 10, 0x12, 2, 0xC3, 0x28), "UTF-8"),
                new Bad("11 packed floats of 5 bytes", bytes(0x3A, 9, 0x2A, 7, 0x22, 5, 1, 2, 3, 4, 5),
                        "a multiple of 4 bytes"),
                new Bad("11 millions of empty parts", emptyParts(), "raise Limits.extraBytes"),
                new Bad("12 nested subgraphs", nestedGraphs(200), "nested at most 100 deep"),
                new Bad("12 sequences of sequences", nestedSequences(200), "nested at most 100 deep"),
                new Bad("12 recursive function", recursion(), "functions that do not call themselves"),
                new Bad("12 functions that double", doubling(40), "at most 1000000 nodes with functions expanded"));
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

    static Stream<Bad> header() {
        return Stream.of(new Bad("13 no graph", good().clearGraph(), "expected a graph, found none"),
                new Bad("13 no opset import", good().clearOpsetImport(), "at least one opset import"),
                new Bad("13 opset version 0", good().setOpsetImport(0, opset("", 0)), "opset versions of 1 or more"),
                new Bad("13 two opsets of a domain", good().addOpsetImport(opset("ai.onnx", 20)),
                        "one opset version a domain"),
                new Bad("13 domain without import", good(g -> g.getNodeBuilder(1).setDomain("com.example")),
                        "an opset import for each domain that nodes use, found none for 'com.example'"),
                new Bad("13 no IR version", good().clearIrVersion(), "is this an ONNX model?"));
    }

    static Stream<Bad> tensors() {
        return Stream.of(
                bad("14 too few elements", empty("w", DataType.FLOAT, 3).addFloatData(1),
                        "3 elements in float_data, found 1"),
                bad("14 too many elements", empty("w", DataType.INT64, 1).addInt64Data(1).addInt64Data(2),
                        "1 elements in int64_data"),
                bad("14 no data", empty("w", DataType.FLOAT, 3), "data in one field, found data in 0 fields"),
                bad("14 data in two fields", floats("w", new long[] {3}, 1, 2, 3).addFloatData(1),
                        "found data in 2 fields"),
                bad("14 data in the field of another type", empty("w", DataType.FLOAT, 1).addInt32Data(1),
                        "1 elements in float_data, found 0"),
                bad("14 raw data of odd length",
                        empty("w", DataType.FLOAT, 3).setRawData(ByteString.copyFrom(new byte[11])),
                        "12 bytes of raw data for 3 elements of FLOAT, found 11 bytes"),
                bad("14 packed length", empty("w", DataType.INT4, 3).setRawData(ByteString.copyFrom(new byte[3])),
                        "2 bytes of raw data for 3 elements of INT4"),
                bad("14 type 0", TensorProto.newBuilder().setName("w").addDims(0),
                        "an element type in [1, 26], found 0"),
                bad("14 unknown type", TensorProto.newBuilder().setName("w").setDataType(99),
                        "an element type in [1, 26], found 99"),
                bad("14 negative dimension", empty("w", DataType.FLOAT, -3), "dimensions in [0, 2^31), found -3"),
                bad("14 huge dimension", empty("w", DataType.FLOAT, 1L << 40), "dimensions in [0, 2^31)"),
                bad("14 product overflow",
                        empty("w", DataType.FLOAT, 1 << 30, 1 << 30, 1 << 30, 1 << 30).addFloatData(1),
                        "at most 2^31 - 64 elements"),
                bad("14 more elements than the file justifies", empty("w", DataType.FLOAT, 1 << 30).addFloatData(1),
                        "raise Limits.extraBytes"),
                bad("14 rank 17", empty("w", DataType.FLOAT, new long[17]), "at most 16 dimensions, found 17"),
                bad("14 BOOL of 2", empty("w", DataType.BOOL, 1).setRawData(ByteString.copyFrom(new byte[] {2})),
                        "BOOL elements of 0 or 1, found 2"),
                bad("14 element that does not fit", empty("w", DataType.INT8, 1).addInt32Data(128),
                        "elements that fit INT8, found 128"),
                bad("14 element beyond 32 bits", empty("w", DataType.UINT32, 1).addUint64Data(1L << 32),
                        "elements that fit UINT32"),
                bad("14 string that is not UTF-8",
                        empty("w", DataType.STRING, 1)
                                .addStringData(ByteString.copyFrom(new byte[] {(byte) 0xC3, 0x28})),
                        "UTF-8"));
    }

    private static Bad bad(String name, TensorProto.Builder tensor, String message) {
        return new Bad(name, good(g -> g.setInitializer(0, tensor)), message);
    }

    static Stream<Bad> names() {
        return Stream.of(
                new Bad("15 name produced twice", good(g -> g.addNode(node("Relu", "x", "y"))),
                        "outputs with names of their own, found 'y'"),
                new Bad("15 node output named as an initialiser", good(g -> g.addNode(node("Relu", "x", "w"))),
                        "outputs with names of their own, found 'w'"),
                new Bad("15 input that nothing produces", good(g -> g.setNode(1, node("Relu", "nothing", "y"))),
                        "found 'nothing'"),
                new Bad("15 cycle", good(g -> g.setNode(0, node("Add", "x,y", "sum"))), "a graph without cycles"),
                new Bad("15 output that does not exist", good(g -> g.addOutput(port("z", DataType.FLOAT))),
                        "'z': expected an output that a node"),
                new Bad("15 output twice", good(g -> g.addOutput(port("y", DataType.FLOAT))), "found the name twice"),
                new Bad("15 no output", good(GraphProto.Builder::clearOutput), "at least one output"),
                new Bad("15 output of another type", good(g -> g.setOutput(0, port("y", DataType.INT64))),
                        "an output of type INT64"),
                new Bad("15 input twice", good(g -> g.addInput(port("x", DataType.FLOAT))), "found the name twice"),
                new Bad("15 input without name", good(g -> g.addInput(port("", DataType.FLOAT))), "found no name"),
                new Bad("15 input without type", good(g -> g.getInputBuilder(0).clearType()),
                        "expected a type, found none"),
                new Bad("15 negative input dimension", good(g -> g.setInput(0, port("x", DataType.FLOAT, -5))),
                        "found -5"),
                new Bad("15 initialiser twice", good(g -> g.addInitializer(floats("w", new long[] {1}, 1))),
                        "one initialiser of a name"),
                new Bad("15 initialiser without name", good(g -> g.addInitializer(floats("", new long[] {1}, 1))),
                        "name the initialiser"),
                new Bad("15 initialiser and input of different types",
                        good(g -> g.addInput(port("w", DataType.INT64, 3))),
                        "'w': expected INT64[3], found an initialiser of FLOAT[3]"),
                new Bad("15 initialiser and input of different shapes",
                        good(g -> g.addInput(port("w", DataType.FLOAT, 4))),
                        "make the input and its initialiser agree"));
    }

    static Stream<Bad> attributes() {
        return Stream.of(
                new Bad("16 attribute of the wrong type",
                        single(node("Transpose", "x", "y").addAttribute(real("perm", 1))),
                        "attribute 'perm' of type INTS, found FLOAT"),
                new Bad("16 attribute twice",
                        single(node("Transpose", "x", "y").addAttribute(ints("perm", 1, 0))
                                .addAttribute(ints("perm", 1, 0))),
                        "two named 'perm'"),
                new Bad("16 missing required attribute", single(node("Concat", "x,x", "y")),
                        "attribute 'axis', found none"),
                new Bad("16 constant without value", single(node("Constant", "", "y")), "one value attribute, found 0"),
                new Bad("16 constant with two values",
                        single(node("Constant", "", "y").addAttribute(integer("value_int", 1))
                                .addAttribute(real("value_float", 1))),
                        "one value attribute, found 2"),
                new Bad("16 more outputs than the operator has", single(node("Relu", "x", "y,z")), "at most 1 outputs"),
                new Bad("16 permutation with repeats",
                        single(node("Transpose", "x", "y").addAttribute(ints("perm", 1, 1))), "n_y"),
                new Bad("16 permutation too long",
                        single(node("Transpose", "x", "y").addAttribute(ints("perm", 0, 1, 2))), "n_y"),
                new Bad("16 permutation out of range",
                        single(node("Transpose", "x", "y").addAttribute(ints("perm", 0, 2))), "n_y"),
                new Bad("16 permutation beyond 32 bits",
                        single(node("Transpose", "x", "y").addAttribute(ints("perm", 0, 1L << 40))), "n_y"),
                new Bad("16 axis out of range", single(node("Concat", "x,x", "y").addAttribute(integer("axis", 2))),
                        "an axis in [-2, 1]"),
                new Bad("16 axis beyond 32 bits",
                        single(node("Concat", "x,x", "y").addAttribute(integer("axis", 1L << 32))), "n_y"),
                new Bad("16 two dimensions to infer", single(node("Reshape", "x,s", "y"), longs("s", -1, -1)), "n_y"),
                new Bad("16 product that does not match", single(node("Reshape", "w,s", "y"), longs("s", 2, 2)), "n_y"),
                new Bad("16 negative dimension", single(node("Reshape", "w,s", "y"), longs("s", -2)), "n_y"),
                new Bad("16 too few inputs", single(node("Reshape", "x", "y")), "n_y"),
                new Bad("16 split that does not add up",
                        single(node("Split", "w,s", "y,z").addAttribute(integer("axis", 0)), longs("s", 1, 1)), "n_y"),
                new Bad("16 step 0",
                        single(node("Slice", "w,a,b,c,d", "y"), longs("a", 0), longs("b", 3), longs("c", 0),
                                longs("d", 0)),
                        "n_y"),
                new Bad("16 index out of range", single(node("Gather", "w,s", "y"), longs("s", 3)), "n_y"),
                new Bad("16 negative dimension of a constant",
                        single(node("ConstantOfShape", "s", "y"), longs("s", -1)), "n_y"),
                new Bad("16 negative repeats", single(node("Tile", "w,s", "y"), longs("s", -1)), "n_y"));
    }

    static Stream<Bad> windows() {
        return Stream.of(conv("stride 0", ints("strides", 0, 1)), conv("negative stride", ints("strides", -1, 1)),
                conv("dilation 0", ints("dilations", 0, 1)), conv("negative dilation", ints("dilations", 1, -2)),
                conv("group 0", integer("group", 0)), conv("negative group", integer("group", -1)),
                conv("group that does not divide", integer("group", 2)),
                conv("strides of another rank", ints("strides", 1)),
                conv("kernel of another shape", ints("kernel_shape", 3, 3)), conv("odd pads", ints("pads", 1, 1, 1)),
                conv("negative pad beyond the image", ints("pads", -9, 0, 0, 0)),
                pool("kernel 0", ints("kernel_shape", 0, 1)), pool("negative kernel", ints("kernel_shape", -1, 1)),
                pool("no kernel", integer("ceil_mode", 0)));
    }

    private static Bad conv(String name, AttributeProto.Builder attribute) {
        return new Bad("16 convolution, " + name, single(node("Conv", "image,kernel", "y").addAttribute(attribute),
                floats("image", new long[] {1, 1, 4, 4}, new float[16]),
                floats("kernel", new long[] {1, 1, 2, 2}, new float[4])), "n_y");
    }

    private static Bad pool(String name, AttributeProto.Builder attribute) {
        return new Bad("16 pool, " + name, single(node("MaxPool", "image", "y").addAttribute(attribute),
                floats("image", new long[] {1, 1, 4, 4}, new float[16])), "n_y");
    }

    static Stream<Bad> quantisation() {
        return Stream.of(scale("17 scale 0", 0), scale("17 negative scale", -1), scale("17 scale NaN", Float.NaN),
                scale("17 infinite scale", Float.POSITIVE_INFINITY),
                new Bad("17 zero point of another type",
                        single(node("QuantizeLinear", "x,s,z", "y"), floats("s", new long[0], 1), longs("z", 0)),
                        "n_y"),
                new Bad("17 zero point of another shape", single(node("DequantizeLinear", "q,s,z", "y"), bytes("q", 3),
                        floats("s", new long[] {3}, 1, 1, 1), bytes("z", 2)), "n_y"),
                new Bad("17 scales for another axis",
                        single(node("DequantizeLinear", "q,s", "y").addAttribute(integer("axis", 0)), bytes("q", 3),
                                floats("s", new long[] {2}, 1, 1)),
                        "n_y"),
                new Bad("17 negative block size",
                        single(node("DequantizeLinear", "q,s", "y").addAttribute(integer("axis", 0)).addAttribute(
                                integer("block_size", -1)), bytes("q", 3), floats("s", new long[] {3}, 1, 1, 1)),
                        "n_y"),
                new Bad("17 block size that does not fit",
                        single(node("DequantizeLinear", "q,s", "y").addAttribute(integer("axis", 0)).addAttribute(
                                integer("block_size", 2)), bytes("q", 3), floats("s", new long[] {3}, 1, 1, 1)),
                        "n_y"));
    }

    private static Bad scale(String name, float scale) {
        return new Bad(name,
                single(node("DequantizeLinear", "q,s", "y"), bytes("q", 3), floats("s", new long[0], scale)),
                "positive scales in input 1");
    }

    private static TensorProto.Builder bytes(String name, int count) {
        return empty(name, DataType.INT8, count).setRawData(ByteString.copyFrom(new byte[count]));
    }

    @ParameterizedTest
    @MethodSource({"wire", "header", "tensors", "names", "attributes", "windows", "quantisation"})
    void isRefusedWithATypedError(Bad bad) {
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> load(bad.bytes));
        assertTrue(e.getMessage().contains(bad.message), e.getMessage());
        assertEquals(NAME, e.source());
        assertFalse(e.getMessage().contains("Exception"), e.getMessage());
    }

    private static final Limits LIMITS = Limits.defaults();
    private static final byte[] LIMITED = good(g -> g.getNodeBuilder(1).addAttribute(integer("unused", 1)))
            .setDocString("a text").build().toByteArray();

    private record Limited(Limits limits, String message) {
    }

    static Stream<Limited> limits() {
        return Stream.of(new Limited(LIMITS.withNodes(1), "raise Limits.nodes"),
                new Limited(LIMITS.withTensors(0), "raise Limits.tensors"),
                new Limited(LIMITS.withAttributes(0), "raise Limits.attributes"),
                new Limited(LIMITS.withNesting(2), "raise Limits.nesting"),
                new Limited(LIMITS.withRank(0), "raise Limits.rank"),
                new Limited(LIMITS.withNameBytes(2), "raise Limits.nameBytes"),
                new Limited(LIMITS.withStringBytes(5), "raise Limits.stringBytes"),
                new Limited(LIMITS.withExtraBytes(-LIMITED.length), "raise Limits.extraBytes"));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void limitsAreKeptAndNamed(Limited limited) {
        ModelFormatException e = assertThrows(ModelFormatException.class,
                () -> load(LIMITED, LoadOptions.defaults().withLimits(limited.limits)));
        assertTrue(e.getMessage().contains(limited.message), e.getMessage());
    }

    @Test
    void allUnsupportedOperatorsAreListedAtOnce() {
        UnsupportedModelException e = assertThrows(UnsupportedModelException.class,
                () -> load(good(
                        g -> g.addNode(node("Foo", "x", "a")).addNode(node("Bar", "x", "b").setDomain("com.microsoft"))
                                .addNode(node("Foo", "x", "c")))
                        .addOpsetImport(opset("com.microsoft", 1))));
        assertEquals(java.util.List.of("ai.onnx.Foo-21", "com.microsoft.Bar-1"), e.features());
        assertEquals(NAME, e.source());
    }

    @Test
    void whatIsValidButNewerIsUnsupported() {
        assertThrows(UnsupportedModelException.class, () -> load(good().setIrVersion(99)));
        assertThrows(UnsupportedModelException.class, () -> load(good().setOpsetImport(0, opset("", 99))));
        assertThrows(UnsupportedModelException.class,
                () -> load(good(g -> g.setInitializer(0, TensorProto.newBuilder().setName("w").setDataType(14)))));
    }

    @Test
    void aFileCutAnywhereIsRefused() {
        byte[] bytes = good().build().toByteArray();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThrows(LanewiseException.class, () -> load(cut), "cut to " + length);
        }
    }
}
