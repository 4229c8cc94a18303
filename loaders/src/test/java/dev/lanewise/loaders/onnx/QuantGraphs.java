package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.ints;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import dev.lanewise.op.elementwise.Cast;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Random small graphs of the standard's quantised operators, in the forms that ONNX Runtime has as well. */
final class QuantGraphs {
    /** A kind of graph, and what two correct engines may differ by in an integer of its outputs. */
    enum Kind {
        QUANTIZE(13, 0, QuantGraphs::quantize), QUANTIZE_HALVES(19, 1, QuantGraphs::quantizeHalves),
        DEQUANTIZE(13, 0, QuantGraphs::dequantize), NARROW(21, 0, QuantGraphs::narrow),
        EIGHT_BIT_FLOATS(19, 0, QuantGraphs::eightBitFloats),
        DYNAMIC(13, 1, QuantGraphs::dynamic), MATMUL_INTEGER(13, 0, QuantGraphs::matMulInteger),
        CONV_INTEGER(13, 0, QuantGraphs::convInteger), QLINEAR_MATMUL(13, 1, QuantGraphs::qLinearMatMul),
        QLINEAR_CONV(13, 1, QuantGraphs::qLinearConv), BLOCKED_WEIGHTS(13, 0, QuantGraphs::blockedWeights);

        private final long since;
        private final int steps;
        private final Consumer<RandomModel> builder;

        Kind(long since, int steps, Consumer<RandomModel> builder) {
            this.since = since;
            this.steps = steps;
            this.builder = builder;
        }

        /** The first operator set that has it. */
        long since() {
            return since;
        }

        int steps() {
            return steps;
        }

        void build(RandomModel m) {
            builder.accept(m);
        }
    }

    private QuantGraphs() {
    }

    /** Scale and zero point for all, for each position of an axis, or for each block along it. */
    private record Form(int[] shape, AttributeProto.Builder[] attributes) {
        static Form of(RandomModel m, int... shape) {
            int axis = m.pick(0, shape.length - 1);
            int written = m.chance() ? axis : axis - shape.length;
            switch (m.pick(0, m.opset() < 21 || shape.length < 2 ? 1 : 2)) {
                case 0 :
                    return new Form(m.chance() ? new int[0] : new int[] {1}, new AttributeProto.Builder[0]);
                case 1 :
                    return new Form(new int[] {shape[axis]}, new AttributeProto.Builder[] {integer("axis", written)});
                default :
                    int block = m.pick(1, 5);
                    int[] scales = shape.clone();
                    scales[axis] = Math.ceilDiv(shape[axis], block);
                    return new Form(scales, new AttributeProto.Builder[] {integer("axis", written),
                        integer("block_size", block)});
            }
        }
    }

    private static int[] shape(RandomModel m, int rank) {
        return shape(m, rank, 1, 7);
    }

    private static int[] shape(RandomModel m, int rank, int from, int to) {
        int[] shape = new int[rank];
        Arrays.setAll(shape, d -> m.pick(from, to));
        return shape;
    }

    private static void quantize(RandomModel m) {
        DataType to = m.opset() < 21 ? m.one(DataType.INT8, DataType.UINT8)
                : m.one(DataType.INT8, DataType.UINT8, DataType.INT16, DataType.UINT16);
        double reach = 60 * (1 << to.bits() - 8) * 0.05;
        int[] shape = shape(m, m.pick(1, 4));
        Form form = Form.of(m, shape);
        String zero = m.chance() && to == DataType.UINT8 ? "" : m.constant(m.codes(to, form.shape));
        String x = m.input(m.floats(-reach, 3 * reach, shape));
        String scale = m.constant(m.floats(0.02, 0.1, form.shape));
        m.output(m.op("QuantizeLinear", String.join(",", x, scale, zero), form.attributes), to);
    }

    /** ONNX Runtime cuts quotients of FLOAT16 off towards zero where the standard rounds them. */
    private static void quantizeHalves(RandomModel m) {
        DataType to = m.one(DataType.INT8, DataType.UINT8);
        int[] shape = shape(m, m.pick(1, 4));
        Form form = Form.of(m, shape);
        String x = m.input(Cast.convert(m.floats(-3, 9, shape), DataType.FLOAT16));
        String scale = m.constant(Cast.convert(m.floats(0.02, 0.1, form.shape), DataType.FLOAT16));
        m.output(m.op("QuantizeLinear", String.join(",", x, scale, m.constant(m.codes(to, form.shape))),
                form.attributes), to);
    }

    private static void dequantize(RandomModel m) {
        DataType from = m.opset() < 21 ? m.one(DataType.INT8, DataType.UINT8, DataType.INT32)
                : m.one(DataType.INT8, DataType.UINT8, DataType.INT16, DataType.UINT16, DataType.INT32);
        int[] shape = shape(m, m.pick(1, 4));
        Form form = Form.of(m, shape);
        boolean wide = from == DataType.INT32;
        String zero = wide || m.chance() ? "" : m.constant(m.codes(from, form.shape));
        Tensor codes = wide ? m.integers(from, -100000, 100000, shape) : m.codes(from, shape);
        DataType real = wide ? DataType.FLOAT : real(m);
        m.output(m.op("DequantizeLinear", String.join(",", from == DataType.UINT16 ? m.constant(codes) : m.any(codes),
                m.constant(Cast.convert(m.floats(0.02, 0.1, form.shape), real)), zero), form.attributes), real);
    }

    private static DataType real(RandomModel m) {
        return m.opset() < 19 ? DataType.FLOAT : m.one(DataType.FLOAT, DataType.FLOAT16);
    }

    /** Types of 4 bits and, where they are, 2 bits: constants and results, which are read as floats again. */
    private static void narrow(RandomModel m) {
        DataType type = m.opset() < 25 ? m.one(DataType.INT4, DataType.UINT4)
                : m.one(DataType.INT4, DataType.UINT4, DataType.INT2, DataType.UINT2);
        int[] shape = shape(m, m.pick(1, 3));
        Form form = Form.of(m, shape);
        String scale = m.constant(m.floats(0.02, 0.1, form.shape));
        String zero = m.constant(m.codes(type, form.shape));
        String codes = m.chance() ? m.constant(m.codes(type, shape))
                : m.op("QuantizeLinear", String.join(",", m.input(m.floats(-1, 1, shape)), scale, zero),
                        form.attributes);
        m.output(m.op("DequantizeLinear", String.join(",", codes, scale, zero), form.attributes), DataType.FLOAT);
    }

    private static void eightBitFloats(RandomModel m) {
        DataType type = m.one(DataType.FLOAT8E4M3FN, DataType.FLOAT8E4M3FNUZ, DataType.FLOAT8E5M2,
                DataType.FLOAT8E5M2FNUZ);
        int[] shape = shape(m, m.pick(1, 3));
        int[] all = m.chance() ? new int[0] : new int[] {1};
        String scale = m.constant(m.floats(0.001, 0.1, all));
        String zero = m.constant(Tensor.zeros(type, all));
        double reach = m.one(1, 40);
        String codes = m.op("QuantizeLinear",
                String.join(",", m.input(m.floats(-reach, reach, shape)), scale, zero), integer("saturate", 1));
        m.output(m.op("DequantizeLinear", String.join(",", codes, scale, zero)), DataType.FLOAT);
    }

    private static void dynamic(RandomModel m) {
        int k = m.pick(1, 40);
        int n = m.pick(1, 12);
        Tensor x = m.floats(m.one(-2., 0.5, -3.), m.one(3., 4., -0.5), m.pick(1, 3), m.pick(1, 4), k);
        m.add("", "DynamicQuantizeLinear", m.input(x), "q,scale,zero");
        DataType type = m.one(DataType.INT8, DataType.UINT8);
        boolean columns = m.chance();
        int[] each = columns ? new int[] {n} : new int[0];
        String zero = m.constant(type == DataType.INT8 ? Tensor.zeros(type, each) : m.codes(type, each));
        String w = m.constant(type == DataType.INT8 ? m.weights(k, n) : m.codes(type, k, n));
        String sums = m.op("Cast", m.op("MatMulInteger", String.join(",", "q", w, "zero", zero)), integer("to", 1));
        String scales = m.op("Mul", "scale," + m.constant(m.floats(0.01, 0.1, each)));
        String y = m.op("Mul", sums + "," + scales);
        m.output(m.chance() ? y : m.op("Add", y + "," + m.constant(m.floats(-1, 1, n))), DataType.FLOAT);
        m.output("scale", DataType.FLOAT).output("zero", DataType.UINT8).output("q", DataType.UINT8);
    }

    private static void matMulInteger(RandomModel m) {
        DataType a = m.one(DataType.UINT8, DataType.INT8);
        DataType b = m.one(DataType.UINT8, DataType.INT8);
        int[] batch = shape(m, m.pick(0, 2));
        int rows = m.pick(1, 5);
        int k = m.pick(1, 40);
        int n = m.pick(1, 12);
        int[] shapeA = joined(batch, rows, k);
        int[] shapeB = m.chance() ? joined(batch, k, n) : new int[] {k, n};
        boolean columns = m.chance() && shapeB.length == 2;
        String zeroA = m.one("", m.constant(m.codes(a)));
        String zeroB = m.one("", m.constant(m.codes(b, columns ? new int[] {n} : new int[0])));
        m.output(m.op("MatMulInteger", String.join(",", m.input(m.codes(a, shapeA)),
                m.any(b == DataType.INT8 ? m.weights(shapeB) : m.codes(b, shapeB)), zeroA, zeroB)), DataType.INT32);
    }

    private static void qLinearMatMul(RandomModel m) {
        DataType b = m.one(DataType.UINT8, DataType.INT8);
        DataType a = b == DataType.UINT8 ? DataType.UINT8 : m.one(DataType.UINT8, DataType.INT8);
        int[] batch = shape(m, m.pick(0, 2));
        int k = m.pick(1, 40);
        int n = m.pick(1, 12);
        boolean columns = m.chance();
        String w = m.any(b == DataType.INT8 ? m.weights(k, n) : m.codes(b, k, n));
        int[] each = columns ? new int[] {n} : new int[0];
        m.output(m.op("QLinearMatMul", String.join(",", m.input(m.codes(a, joined(batch, m.pick(1, 5), k))),
                m.constant(m.floats(0.01, 0.1)), m.constant(m.codes(a)), w, m.constant(m.floats(0.01, 0.1, each)),
                m.constant(m.codes(b, each)), m.constant(m.floats(1, 4)), m.constant(m.codes(a)))), a);
    }

    private static void convInteger(RandomModel m) {
        DataType w = DataType.UINT8;
        int channels = m.pick(1, 4);
        int group = m.one(1, channels);
        int out = group * m.pick(1, 3);
        int[] kernel = shape(m, m.pick(1, 3), 1, 3);
        m.output(m.op("ConvInteger", String.join(",", m.input(m.codes(DataType.UINT8, image(m, channels, kernel))),
                m.any(m.codes(w, joined(new int[] {out, channels / group}, kernel))),
                m.one("", m.constant(m.codes(DataType.UINT8))), m.one("", m.constant(m.codes(w)))),
                window(m, group, kernel)), DataType.INT32);
    }

    private static void qLinearConv(RandomModel m) {
        DataType w = m.one(DataType.UINT8, DataType.INT8);
        DataType x = w == DataType.UINT8 ? DataType.UINT8 : m.one(DataType.UINT8, DataType.INT8);
        int channels = m.pick(1, 4);
        int group = m.one(1, channels);
        int out = group * m.pick(1, 3);
        int[] kernel = shape(m, m.pick(1, 3), 1, 3);
        int[] shape = joined(new int[] {out, channels / group}, kernel);
        int[] each = m.chance() ? new int[] {out} : new int[0];
        String zero = m.constant(w == DataType.INT8 ? Tensor.zeros(w) : m.codes(w));
        m.output(m.op("QLinearConv", String.join(",", m.input(m.codes(x, image(m, channels, kernel))),
                m.constant(m.floats(0.01, 0.1)), m.constant(m.codes(x)),
                m.any(w == DataType.INT8 ? m.weights(shape) : m.codes(w, shape)),
                m.constant(m.floats(0.01, 0.1, each)), zero, m.constant(m.floats(0.5, 2)), m.constant(m.codes(x)),
                m.one("", m.constant(m.integers(DataType.INT32, -900, 900, out)))), window(m, group, kernel)), x);
    }

    private static int[] image(RandomModel m, int channels, int[] kernel) {
        return joined(new int[] {m.pick(1, 2), channels}, shape(m, kernel.length, 5, 8));
    }

    /** What a convolution may be given besides its kernel. */
    private static AttributeProto.Builder[] window(RandomModel m, int group, int... kernel) {
        int rank = kernel.length;
        List<AttributeProto.Builder> all = new ArrayList<>(List.of(integer("group", group),
                each("kernel_shape", kernel), each("strides", shape(m, rank, 1, 2))));
        switch (m.pick(0, 3)) {
            case 0 -> all.add(OnnxModels.text("auto_pad", m.one("SAME_UPPER", "SAME_LOWER", "VALID")));
            case 1 -> all.add(each("dilations", shape(m, rank, 1, 2)));
            case 2 -> all.add(each("pads", shape(m, 2 * rank, 0, 2)));
            default -> {
            }
        }
        return all.toArray(AttributeProto.Builder[]::new);
    }

    private static AttributeProto.Builder each(String name, int... values) {
        return ints(name, Arrays.stream(values).asLongStream().toArray());
    }

    /** Weights in blocks of 4 or 8 bits before a product, as they are written by tools for language models. */
    private static void blockedWeights(RandomModel m) {
        DataType type = m.opset() < 21 ? DataType.INT8
                : m.one(DataType.INT4, DataType.UINT4, DataType.INT8, DataType.UINT8);
        int block = m.one(8, 16, 32);
        int k = block * m.pick(1, 3);
        int n = m.pick(1, 40);
        int[] scales = m.opset() < 21 ? new int[] {n} : new int[] {k / block, n};
        AttributeProto.Builder[] attributes = m.opset() < 21 ? new AttributeProto.Builder[] {integer("axis", 1)}
                : new AttributeProto.Builder[] {integer("axis", 0), integer("block_size", block)};
        String zero = m.one("", m.constant(m.codes(type, scales)));
        String w = m.op("DequantizeLinear", String.join(",", m.constant(m.codes(type, k, n)),
                m.constant(m.floats(0.01, 0.1, scales)), zero), attributes);
        String y = m.op("MatMul", m.input(m.floats(-1, 1, m.pick(1, 2), m.pick(1, 9), k)) + "," + w);
        m.output(m.chance() ? y : m.op("Add", y + "," + m.constant(m.floats(-1, 1, n))), DataType.FLOAT);
    }

    private static int[] joined(int[] leading, int... last) {
        int[] all = Arrays.copyOf(leading, leading.length + last.length);
        System.arraycopy(last, 0, all, leading.length, last.length);
        return all;
    }
}
