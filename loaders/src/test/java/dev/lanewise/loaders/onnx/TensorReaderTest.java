package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.empty;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.DataType;
import dev.lanewise.Limits;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tensors of every type, from raw data and from typed fields. */
class TensorReaderTest {
    @TempDir
    Path folder;

    private static Tensor read(TensorProto.Builder proto) {
        Budget budget = new Budget(1 << 20);
        ModelBytes bytes = ModelBytes.open(ModelSource.of("tensor", proto.build().toByteArray()));
        Message message = WireReader.read(bytes, WireSchema.TENSOR, Limits.defaults());
        return new TensorReader(Limits.defaults(), budget, new ExternalData(null, null, budget))
                .read(new dev.lanewise.loaders.onnx.TensorProto(message), "tensor");
    }

    private static Object elements(DataType type, int count) {
        Random random = new Random(7);
        Object array = type.storage().newArray(count);
        for (int i = 0; i < count; i++) {
            int bits = random.nextInt();
            switch (array) {
                case float[] a -> a[i] = random.nextFloat();
                case double[] a -> a[i] = random.nextDouble();
                case long[] a -> a[i] = random.nextLong();
                case int[] a -> a[i] = bits;
                case short[] a -> a[i] = (short) bits;
                case byte[] a -> a[i] = narrow(type, bits);
                case String[] a -> a[i] = i % 3 == 0 ? "" : "é" + bits;
                default -> throw new AssertionError(type);
            }
        }
        return array;
    }

    private static byte narrow(DataType type, int bits) {
        return (byte) switch (type) {
            case BOOL -> bits & 1;
            case INT4 -> bits >> 28;
            case INT2 -> bits >> 30;
            case UINT4, FLOAT4E2M1 -> bits >>> 28;
            case UINT2 -> bits >>> 30;
            default -> bits;
        };
    }

    @ParameterizedTest
    @EnumSource(names = {"SEQUENCE", "OPTIONAL"}, mode = EnumSource.Mode.EXCLUDE)
    void writtenAndReadAgain(DataType type) throws Exception {
        for (int[] shape : new int[][] {{3, 5}, {}, {0, 4}, {1}}) {
            int count = Tensor.sizeOf(shape);
            Tensor tensor = Tensor.of(type, elements(type, count), shape);
            Path file = folder.resolve("t.pb");
            TensorFile.write(file, "t", tensor);
            Tensor back = TensorFile.read(ModelSource.of(file));
            assertEquals(tensor.toString(), back.toString());
            assertArrayEquals(new Object[] {tensor.array()}, new Object[] {back.array()});
        }
    }

    private record Typed(TensorProto.Builder proto, Object due) {
        @Override
        public String toString() {
            return due.getClass().getSimpleName() + " " + proto.getDataType();
        }
    }

    static Stream<Typed> typed() {
        return Stream.of(
                new Typed(empty("t", DataType.FLOAT, 2).addFloatData(1.5f).addFloatData(-2), new float[] {1.5f, -2}),
                new Typed(empty("t", DataType.DOUBLE, 1).addDoubleData(0.1), new double[] {0.1}),
                new Typed(empty("t", DataType.INT64, 2).addInt64Data(-1).addInt64Data(1L << 40),
                        new long[] {-1, 1L << 40}),
                new Typed(empty("t", DataType.UINT64, 1).addUint64Data(-1), new long[] {-1}),
                new Typed(empty("t", DataType.UINT32, 1).addUint64Data(0xFFFF_FFFFL), new int[] {-1}),
                new Typed(empty("t", DataType.INT32, 1).addInt32Data(-7), new int[] {-7}),
                new Typed(empty("t", DataType.INT16, 1).addInt32Data(-7), new short[] {-7}),
                new Typed(empty("t", DataType.UINT16, 1).addInt32Data(0xFFFF), new short[] {-1}),
                new Typed(empty("t", DataType.FLOAT16, 1).addInt32Data(0xBC00), new short[] {(short) 0xBC00}),
                new Typed(empty("t", DataType.BFLOAT16, 1).addInt32Data(0x3F80), new short[] {0x3F80}),
                new Typed(empty("t", DataType.INT8, 2).addInt32Data(-128).addInt32Data(127), new byte[] {-128, 127}),
                new Typed(empty("t", DataType.UINT8, 1).addInt32Data(255), new byte[] {-1}),
                new Typed(empty("t", DataType.BOOL, 2).addInt32Data(1).addInt32Data(0), new byte[] {1, 0}),
                new Typed(empty("t", DataType.FLOAT8E5M2, 1).addInt32Data(0xC0), new byte[] {(byte) 0xC0}),
                new Typed(empty("t", DataType.INT4, 3).addInt32Data(0x7F).addInt32Data(0x08), new byte[] {-1, 7, -8}),
                new Typed(empty("t", DataType.UINT4, 3).addInt32Data(0x7F).addInt32Data(0x08), new byte[] {15, 7, 8}),
                new Typed(empty("t", DataType.INT2, 4).addInt32Data(0b11_10_01_00), new byte[] {0, 1, -2, -1}));
    }

    @ParameterizedTest
    @MethodSource
    void typed(Typed typed) {
        assertArrayEquals(new Object[] {typed.due}, new Object[] {read(typed.proto).array()});
    }

    @Test
    void anEmptyTensorNeedsNoData() {
        assertEquals("FLOAT[0, 3]", read(empty("t", DataType.FLOAT, 0, 3)).toString());
    }
}
