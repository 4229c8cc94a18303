package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.*;

import com.google.protobuf.ByteString;
import dev.lanewise.DataType;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attributes, windows and quantisation that do not fit, kinds 16 and 17. */
class BadAttributesTest {
    static Stream<BadModel> attributes() {
        return Stream.of(
                new BadModel("16 attribute of the wrong type",
                        single(node("Transpose", "x", "y").addAttribute(real("perm", 1))),
                        "attribute 'perm' of type INTS, found FLOAT"),
                new BadModel("16 attribute twice",
                        single(node("Transpose", "x", "y").addAttribute(ints("perm", 1, 0))
                                .addAttribute(ints("perm", 1, 0))),
                        "two named 'perm'"),
                new BadModel("16 missing required attribute", single(node("Concat", "x,x", "y")),
                        "attribute 'axis', found none"),
                new BadModel("16 constant without value", single(node("Constant", "", "y")),
                        "one value attribute, found 0"),
                new BadModel("16 constant with two values",
                        single(node("Constant", "", "y").addAttribute(integer("value_int", 1))
                                .addAttribute(real("value_float", 1))),
                        "one value attribute, found 2"),
                new BadModel("16 more outputs than the operator has", single(node("Relu", "x", "y,z")),
                        "at most 1 outputs"),
                new BadModel("16 permutation with repeats",
                        single(node("Transpose", "x", "y").addAttribute(ints("perm", 1, 1))),
                        "expected a permutation of the 2 axes, found [1, 1]"),
                new BadModel("16 permutation too long",
                        single(node("Transpose", "x", "y").addAttribute(ints("perm", 0, 1, 2))),
                        "expected a permutation of the 2 axes, found [0, 1, 2]"),
                new BadModel("16 permutation out of range",
                        single(node("Transpose", "x", "y").addAttribute(ints("perm", 0, 2))),
                        "expected a permutation of the 2 axes, found [0, 2]"),
                new BadModel("16 permutation beyond 32 bits",
                        single(node("Transpose", "x", "y").addAttribute(ints("perm", 0, 1L << 40))),
                        "expected inputs and attributes that fit the operator, found numbers that overflow"),
                new BadModel("16 axis out of range",
                        single(node("Concat", "x,x", "y").addAttribute(integer("axis", 2))),
                        "an axis in [-2, 1]"),
                new BadModel("16 axis beyond 32 bits",
                        single(node("Concat", "x,x", "y").addAttribute(integer("axis", 1L << 32))),
                        "expected inputs and attributes that fit the operator, found numbers that overflow"),
                new BadModel("16 two dimensions to infer", single(node("Reshape", "x,s", "y"), longs("s", -1, -1)),
                        "expected at most one -1, found [-1, -1]"),
                new BadModel("16 product that does not match", single(node("Reshape", "w,s", "y"), longs("s", 2, 2)),
                        "expected a shape of 3 elements for input [3], found [2, 2]"),
                new BadModel("16 negative dimension", single(node("Reshape", "w,s", "y"), longs("s", -2)),
                        "expected dimensions of -1 or more, found [-2]"),
                new BadModel("16 too few inputs", single(node("Reshape", "x", "y")), "expected input 1, found none"),
                new BadModel("16 split that does not add up",
                        single(node("Split", "w,s", "y,z").addAttribute(integer("axis", 0)), longs("s", 1, 1)),
                        "expected 2 sizes of 0 or more that add up to 3, found [1, 1]"),
                new BadModel("16 step 0",
                        single(node("Slice", "w,a,b,c,d", "y"), longs("a", 0), longs("b", 3), longs("c", 0),
                                longs("d", 0)),
                        "expected steps other than 0, found 0"),
                new BadModel("16 index out of range", single(node("Gather", "w,s", "y"), longs("s", 3)),
                        "expected indices in [-3, 2], found 3"),
                new BadModel("16 negative dimension of a constant",
                        single(node("ConstantOfShape", "s", "y"), longs("s", -1)),
                        "expected dimensions of 0 or more, found [-1]"),
                new BadModel("16 negative group of ConvTranspose",
                        single(node("ConvTranspose", "image,kernel", "y").addAttribute(integer("group", -1)),
                                floats("image", new long[] {1, 1, 4, 4}, new float[16]),
                                floats("kernel", new long[] {1, 1, 2, 2}, new float[4])),
                        "expected a group of 1 or more"),
                new BadModel("16 axis of Softmax out of range",
                        single(node("Softmax", "x", "y").addAttribute(integer("axis", -3))), "an axis in [-2, 1]"),
                new BadModel("16 Flatten beyond the rank",
                        single(node("Flatten", "x", "y").addAttribute(integer("axis", 3))), "an axis"),
                new BadModel("16 attribute of text where a number is due",
                        single(node("Softmax", "x", "y").addAttribute(text("axis", "1"))),
                        "attribute 'axis' of type INT, found STRING"),
                new BadModel("16 attribute without type",
                        single(node("Softmax", "x", "y").addAttribute(
                                AttributeProto.newBuilder().setName("axis").setI(1))),
                        "attribute 'axis' of type INT, found UNDEFINED"),
                new BadModel("16 equation of Einsum that is none",
                        single(node("Einsum", "x,w", "y").addAttribute(text("equation", "ij,j->k"))), "equation"),
                new BadModel("16 expression nested without end",
                        single(node("RegexFullMatch", "t", "y").addAttribute(text("pattern", "(".repeat(100_000))),
                                empty("t", DataType.STRING, 1).addStringData(ByteString.copyFromUtf8("a"))),
                        "a regular expression"),
                new BadModel("16 negative repeats", single(node("Tile", "w,s", "y"), longs("s", -1)),
                        "expected 1 repeats of 0 or more, found [-1]"));
    }

    static Stream<BadModel> windows() {
        return Stream.of(
                conv("stride 0", ints("strides", 0, 1),
                        "expected positive sizes, strides and dilations and pads of 0 or more"),
                conv("negative stride", ints("strides", -1, 1),
                        "expected positive sizes, strides and dilations and pads of 0 or more"),
                conv("dilation 0", ints("dilations", 0, 1),
                        "expected positive sizes, strides and dilations and pads of 0 or more"),
                conv("negative dilation", ints("dilations", 1, -2),
                        "expected positive sizes, strides and dilations and pads of 0 or more"),
                conv("group 0", integer("group", 0), "expected groups that divide 1 output channels, found 0 groups"),
                conv("negative group", integer("group", -1),
                        "expected groups that divide 1 output channels, found -1 groups"),
                conv("group that does not divide", integer("group", 2),
                        "expected groups that divide 1 output channels, found 2 groups"),
                conv("strides of another rank", ints("strides", 1), "expected a window over 2 spatial axes"),
                conv("kernel of another shape", ints("kernel_shape", 3, 3),
                        "expected weights of the declared kernel_shape [3, 3], found FLOAT[1,1,2,2]"),
                conv("odd pads", ints("pads", 1, 1, 1), "expected a window over 2 spatial axes"),
                conv("negative pad beyond the image", ints("pads", -9, 0, 0, 0),
                        "expected positive sizes, strides and dilations and pads of 0 or more"),
                pool("kernel 0", ints("kernel_shape", 0, 1),
                        "expected positive sizes, strides and dilations and pads of 0 or more"),
                pool("negative kernel", ints("kernel_shape", -1, 1),
                        "expected positive sizes, strides and dilations and pads of 0 or more"),
                pool("no kernel", integer("ceil_mode", 0), "expected kernel_shape, found none"));
    }

    private static BadModel conv(String name, AttributeProto.Builder attribute, String message) {
        return new BadModel("16 convolution, " + name, single(node("Conv", "image,kernel", "y").addAttribute(attribute),
                floats("image", new long[] {1, 1, 4, 4}, new float[16]),
                floats("kernel", new long[] {1, 1, 2, 2}, new float[4])), message);
    }

    private static BadModel pool(String name, AttributeProto.Builder attribute, String message) {
        return new BadModel("16 pool, " + name, single(node("MaxPool", "image", "y").addAttribute(attribute),
                floats("image", new long[] {1, 1, 4, 4}, new float[16])), message);
    }

    static Stream<BadModel> quantisation() {
        return Stream.of(scale("17 scale 0", 0), scale("17 negative scale", -1), scale("17 scale NaN", Float.NaN),
                scale("17 infinite scale", Float.POSITIVE_INFINITY),
                new BadModel("17 zero point of another type",
                        single(node("QuantizeLinear", "x,s,z", "y"), floats("s", new long[0], 1), longs("z", 0)),
                        "expected an output type of at most 16 bits, found INT64"),
                new BadModel("17 zero point of another shape",
                        single(node("DequantizeLinear", "q,s,z", "y"), bytes("q", 3),
                                floats("s", new long[] {3}, 1, 1, 1), bytes("z", 2)),
                        "expected equal dimensions, found 3 and 2"),
                new BadModel("17 scales for another axis",
                        single(node("DequantizeLinear", "q,s", "y").addAttribute(integer("axis", 0)), bytes("q", 3),
                                floats("s", new long[] {2}, 1, 1)),
                        "expected equal dimensions, found 2 and 3"),
                new BadModel("17 negative block size",
                        single(node("DequantizeLinear", "q,s", "y").addAttribute(integer("axis", 0)).addAttribute(
                                integer("block_size", -1)), bytes("q", 3), floats("s", new long[] {3}, 1, 1, 1)),
                        "expected a block size of 0 or more, found -1"),
                new BadModel("17 one scale of a channel 0",
                        single(node("DequantizeLinear", "q,s", "y").addAttribute(integer("axis", 0)), bytes("q", 3),
                                floats("s", new long[] {3}, 1, 0, 1)),
                        "positive scales in input 1"),
                new BadModel("17 scale of QuantizeLinear 0",
                        single(node("QuantizeLinear", "x,s", "y"), floats("s", new long[0], 0)),
                        "positive scales in input 1"),
                new BadModel("17 zero point of MatMulInteger of another type",
                        single(node("MatMulInteger", "q,r,z", "y"), bytes("q", 3, 3), bytes("r", 3, 3),
                                floats("z", new long[0], 0)),
                        "inputs 0 and 2 of one type"),
                blocks("17 block size 0", 0, 16, 32), blocks("17 block size that is no power of two", 24, 16, 32),
                blocks("17 packed length that is not bits times count", 32, 15, 32),
                blocks("17 columns beyond the packed length", 32, 16, 64),
                new BadModel("17 block size that does not fit",
                        single(node("DequantizeLinear", "q,s", "y").addAttribute(integer("axis", 0)).addAttribute(
                                integer("block_size", 2)), bytes("q", 3), floats("s", new long[] {3}, 1, 1, 1)),
                        "expected equal dimensions, found 3 and 2"));
    }

    private static BadModel scale(String name, float scale) {
        return new BadModel(name,
                single(node("DequantizeLinear", "q,s", "y"), bytes("q", 3), floats("s", new long[0], scale)),
                "positive scales in input 1");
    }

    private static TensorProto.Builder bytes(String name, int... shape) {
        return empty(name, DataType.INT8, Arrays.stream(shape).asLongStream().toArray())
                .setRawData(ByteString.copyFrom(new byte[Arrays.stream(shape).reduce(1, (a, b) -> a * b)]));
    }

    /** A product with one row of 4-bit weights. */
    private static BadModel blocks(String name, int blockSize, int blobBytes, int columns) {
        NodeProto.Builder node = node("MatMulNBits", "a,b,s", "y").setDomain("com.microsoft")
                .addAttribute(integer("K", columns)).addAttribute(integer("N", 1)).addAttribute(integer("bits", 4))
                .addAttribute(integer("block_size", blockSize));
        return new BadModel(name, single(node, floats("a", new long[] {1, columns}, new float[columns]),
                empty("b", DataType.UINT8, 1, 1, blobBytes).setRawData(ByteString.copyFrom(new byte[blobBytes])),
                floats("s", new long[] {1}, 1)).addOpsetImport(opset("com.microsoft", 1)), "n_y");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"attributes", "windows", "quantisation"})
    void isRefusedWithATypedError(BadModel bad) {
        bad.check();
    }
}
