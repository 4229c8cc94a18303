package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.*;

import com.google.protobuf.ByteString;
import dev.lanewise.DataType;
import dev.lanewise.Limits;
import dev.lanewise.loaders.onnx.proto.Onnx.GraphProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tensors and names that do not fit, kinds 14 and 15. */
class BadTensorsTest {
    static Stream<BadModel> tensors() {
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

    private static BadModel bad(String name, TensorProto.Builder tensor, String message) {
        return new BadModel(name, good(g -> g.setInitializer(0, tensor)), message);
    }

    static Stream<BadModel> names() {
        return Stream.of(
                new BadModel("15 name produced twice", good(g -> g.addNode(node("Relu", "x", "y"))),
                        "outputs with names of their own, found 'y'"),
                new BadModel("15 node output named as an initialiser", good(g -> g.addNode(node("Relu", "x", "w"))),
                        "outputs with names of their own, found 'w'"),
                new BadModel("15 input that nothing produces", good(g -> g.setNode(1, node("Relu", "nothing", "y"))),
                        "found 'nothing'"),
                new BadModel("15 cycle", good(g -> g.setNode(0, node("Add", "x,y", "sum"))), "a graph without cycles"),
                new BadModel("15 output that does not exist", good(g -> g.addOutput(port("z", DataType.FLOAT))),
                        "'z': expected an output that a node"),
                new BadModel("15 output twice", good(g -> g.addOutput(port("y", DataType.FLOAT))),
                        "found the name twice"),
                new BadModel("15 no output", good(GraphProto.Builder::clearOutput), "at least one output"),
                new BadModel("15 output of another type", good(g -> g.setOutput(0, port("y", DataType.INT64))),
                        "an output of type INT64"),
                new BadModel("15 input twice", good(g -> g.addInput(port("x", DataType.FLOAT))),
                        "found the name twice"),
                new BadModel("15 input without name", good(g -> g.addInput(port("", DataType.FLOAT))), "found no name"),
                new BadModel("15 input without type", good(g -> g.getInputBuilder(0).clearType()),
                        "expected a type, found none"),
                new BadModel("15 negative input dimension", good(g -> g.setInput(0, port("x", DataType.FLOAT, -5))),
                        "found -5"),
                new BadModel("15 initialiser twice", good(g -> g.addInitializer(floats("w", new long[] {1}, 1))),
                        "one initialiser of a name"),
                new BadModel("15 initialiser without name", good(g -> g.addInitializer(floats("", new long[] {1}, 1))),
                        "name the initialiser"),
                new BadModel("15 initialiser and input of different types",
                        good(g -> g.addInput(port("w", DataType.INT64, 3))),
                        "'w': expected INT64[3], found an initialiser of FLOAT[3]"),
                new BadModel("15 initialiser and input of different shapes",
                        good(g -> g.addInput(port("w", DataType.FLOAT, 4))),
                        "make the input and its initialiser agree"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"tensors", "names"})
    void isRefusedWithATypedError(BadModel bad) {
        bad.check();
    }
}
