package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.ints;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.proto.Onnx.AttributeProto;
import java.util.ArrayList;
import java.util.List;

/** Random graphs of float operators between DequantizeLinear and QuantizeLinear, as tools of static quantisation write them. */
final class QdqGraphs {
    private static final int OPERATORS = 3;

    private final RandomModel m;
    /** The value behind the last operator, its shape, and about how large it gets. */
    private String value;
    private int[] shape;
    private double reach = 2;

    private QdqGraphs(RandomModel m) {
        this.m = m;
    }

    static void build(RandomModel m) {
        new QdqGraphs(m).build();
    }

    private void build() {
        shape = m.one(new int[] {m.pick(1, 5), m.pick(2, 40)}, new int[] {m.pick(1, 2), m.pick(1, 5), m.pick(2, 40)},
                new int[] {m.pick(1, 2), m.pick(1, 4), m.pick(3, 7), m.pick(3, 7)});
        value = m.input(m.floats(-reach, reach, shape));
        for (int i = m.pick(1, OPERATORS); i > 0; i--) {
            value = dequantized();
            operator();
        }
        if (m.chance()) {
            m.output(value, DataType.FLOAT);
        } else {
            m.output(quantized()[0], type);
        }
    }

    private DataType type;

    /** Codes, scale and zero point of the value, and the type they are of. */
    private String[] quantized() {
        type = m.opset() >= 21 && m.pick(0, 4) == 0 ? m.one(DataType.INT16, DataType.UINT16)
                : m.one(DataType.INT8, DataType.UINT8);
        int half = 1 << type.bits() - 1;
        Tensor step = m.floats(0.5, 1);
        step.floats()[0] *= (float) (reach / half);
        int middle = type.isUnsigned() ? half : 0;
        String scale = m.constant(step);
        String zero = m.constant(m.integers(type, middle - half / 8, middle + half / 8));
        return new String[] {m.op("QuantizeLinear", String.join(",", value, scale, zero)), scale, zero};
    }

    private String dequantized() {
        return m.op("DequantizeLinear", String.join(",", quantized()));
    }

    private void operator() {
        switch (m.pick(0, 9)) {
            case 0, 1, 2 -> product();
            case 3, 4 -> binary();
            case 5 -> unary();
            case 6 -> move();
            default -> {
                if (shape.length == 4) {
                    convolution();
                } else {
                    product();
                }
            }
        }
    }

    /** Signed bytes, or bytes with a zero point, with one scale or one for each output. */
    private String weights(int axis, boolean each, int... of) {
        DataType t = m.one(DataType.INT8, DataType.UINT8);
        int[] scales = each ? new int[] {of[axis]} : new int[0];
        String zero = t == DataType.INT8 ? m.one("", m.constant(Tensor.zeros(t, scales)))
                : m.constant(m.integers(t, 120, 136, scales));
        return m.op("DequantizeLinear", String.join(",",
                m.constant(t == DataType.INT8 ? m.weights(of) : m.codes(t, of)),
                m.constant(m.floats(0.004, 0.02, scales)), zero), integer("axis", axis));
    }

    private void product() {
        int k = shape[shape.length - 1];
        int n = m.pick(1, 20);
        boolean each = m.chance();
        if (shape.length == 2 && m.chance()) {
            boolean transposed = m.chance();
            String w = transposed ? weights(0, each, n, k) : weights(1, each, k, n);
            String bias = m.one("", m.op("DequantizeLinear",
                    m.constant(m.integers(DataType.INT32, -500, 500, n)) + "," + m.constant(m.floats(0.001, 0.002))));
            value = m.op("Gemm", String.join(",", value, w, bias), integer("transB", transposed ? 1 : 0));
        } else {
            value = m.op("MatMul", value + "," + weights(1, each, k, n));
            value = m.chance() ? value : m.op("Add", value + "," + m.constant(m.floats(-1, 1, n)));
        }
        shape = shape.clone();
        shape[shape.length - 1] = n;
        reach = 1 + reach * Math.sqrt(k);
    }

    private void binary() {
        String type = m.one("Add", "Mul");
        int[] other = m.one(shape, new int[] {shape[shape.length - 1]});
        double limit = 1.5;
        String before = value;
        double reached = reach;
        value = m.any(m.floats(-limit, limit, other));
        reach = limit;
        String right = dequantized();
        value = m.op(type, before + "," + right);
        reach = type.equals("Add") ? reached + limit : reached * limit;
    }

    private void unary() {
        String type = m.one("Relu", "Sigmoid", "Tanh", "LeakyRelu", "Softmax", "Gelu", "Clip");
        type = type.equals("Gelu") && m.opset() < 20 ? "Relu" : type;
        value = m.op(type, type.equals("Clip")
                ? value + "," + m.constant(Tensor.scalar(0f)) + "," + m.constant(Tensor.scalar(6f)) : value);
        reach = type.equals("Sigmoid") || type.equals("Tanh") || type.equals("Softmax") ? 1 : reach;
    }

    private void move() {
        int rank = shape.length;
        switch (m.pick(0, 2)) {
            case 0 -> {
                List<Integer> order = new ArrayList<>();
                for (int d = 0; d < rank; d++) {
                    order.add(m.pick(0, order.size()), d);
                }
                int[] before = shape;
                shape = order.stream().mapToInt(d -> before[d]).toArray();
                value = m.op("Transpose", value, ints("perm", order.stream().mapToLong(d -> d).toArray()));
            }
            case 1 -> {
                value = m.op("Concat", value + "," + value, integer("axis", rank - 1));
                shape = shape.clone();
                shape[rank - 1] *= 2;
            }
            default -> {
                value = m.op("Flatten", value);
                shape = new int[] {shape[0], Tensor.sizeOf(shape) / shape[0]};
            }
        }
    }

    private void convolution() {
        int channels = shape[1];
        if (m.chance() || shape[2] < 3 || shape[3] < 3) {
            value = m.op(m.one("GlobalAveragePool", "GlobalMaxPool"), value);
            shape = new int[] {shape[0], channels, 1, 1};
            return;
        }
        if (m.pick(0, 2) == 0) {
            value = m.op(m.one("AveragePool", "MaxPool"), value, ints("kernel_shape", 2, 2), ints("pads", 1, 0, 0, 1));
            return;
        }
        int group = m.one(1, channels);
        int out = group * m.pick(1, 3);
        AttributeProto.Builder pads = ints("pads", 1, 1, 1, 1);
        String bias = m.one("", m.op("DequantizeLinear",
                m.constant(m.integers(DataType.INT32, -500, 500, out)) + "," + m.constant(m.floats(0.001, 0.002))));
        value = m.op("Conv", String.join(",", value, weights(0, m.chance(), out, channels / group, 3, 3), bias), pads,
                ints("kernel_shape", 3, 3), integer("group", group));
        shape = new int[] {shape[0], out, shape[2], shape[3]};
        reach = 1 + reach * Math.sqrt(9. * channels / group);
    }
}
