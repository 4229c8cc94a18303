package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.ints;
import static dev.lanewise.loaders.onnx.OnnxModels.real;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Random graphs of quantised operators of the domain com.microsoft. */
final class ContribQuantGraphs {
    private final List<ContribGraph> all = new ArrayList<>();

    private ContribQuantGraphs() {
    }

    static List<ContribGraph> all() {
        ContribQuantGraphs graphs = new ContribQuantGraphs();
        graphs.binary();
        graphs.weightsInBits();
        graphs.weightsInGroups();
        graphs.unary();
        graphs.softmax();
        graphs.linear();
        graphs.concatAndWhere();
        graphs.products();
        graphs.gatheredBlocks();
        graphs.gatheredBlocksOfAnyAxis();
        graphs.attention();
        return graphs.all;
    }

    private void add(String operator, double tolerance, int steps, Consumer<RandomModel> builder) {
        all.add(new ContribGraph(operator, tolerance, steps, builder));
    }

    private void binary() {
        for (String type : new String[] {"QLinearAdd", "QLinearMul"}) {
            add(type, 0, 1, m -> {
                DataType t = m.one(DataType.INT8, DataType.UINT8);
                int[] shape = {m.pick(1, 3), m.pick(1, 4), m.pick(1, 9)};
                int[] other = m.one(shape, new int[] {shape[2]}, new int[] {1, shape[1], 1});
                String inputs =
                        String.join(",", m.input(m.codes(t, shape)), scale(m), zero(m, t), m.any(m.codes(t, other)),
                                scale(m), zero(m, t), scale(m), zero(m, t));
                m.output(m.contrib(type, inputs), t);
            });
        }
    }

    private void weightsInBits() {
        add("MatMulNBits", 1e-5, 0, m -> {
            int bits = m.one(2, 4, 8);
            int block = m.one(16, 32, 64);
            int k = m.pick(1, 5) * 16 + m.pick(0, 1) * m.pick(0, 15);
            int n = m.pick(1, 20);
            int blocks = (k + block - 1) / block;
            Tensor x = m.floats(-1, 1, m.pick(1, 3), m.pick(1, 4), k);
            int row = (blocks * bits + 7) / 8;
            String zeros = m.one("", m.constant(m.codes(DataType.UINT8, n, row)),
                    bits == 8 ? "" : m.constant(m.floats(0, (1 << bits) - 1, n, blocks)));
            String bias = m.one("", m.any(m.floats(-1, 1, n)));
            m.output(m.contrib("MatMulNBits", String.join(",", m.input(x),
                    m.constant(m.codes(DataType.UINT8, n, blocks, block * bits / 8)),
                    m.constant(m.floats(0.01, 0.1, n * blocks)), zeros, "", bias), integer("K", k), integer("N", n),
                    integer("bits", bits), integer("block_size", block)), DataType.FLOAT);
        });
    }

    /** Of a block, ONNX Runtime reads the groups of the first eight rows, over and over. */
    private void weightsInGroups() {
        add("MatMulNBits", 1e-5, 0, m -> groups(m, 4, 8));
    }

    /**
     * A product whose rows belong to blocks in any order: all blocks full, or not.
     *
     * @param period after which the groups of a block's rows are the same again
     * @return rows of the input, codes, scales, zero points, groups
     */
    static Tensor[] groups(RandomModel m, int bits, int period) {
        int block = m.one(16, 32);
        int blocks = m.pick(1, 4);
        int k = blocks * block;
        int n = m.pick(1, 20);
        boolean full = m.chance();
        Tensor groups = m.integers(DataType.INT32, 0, blocks - 1, k);
        for (int i = 0; i < k; i++) {
            groups.ints()[i] = full ? (i / block + i % block % period) % blocks
                    : groups.ints()[i / block * block + i % block % period];
        }
        Tensor x = m.floats(-1, 1, m.pick(1, 3), k);
        Tensor codes = m.codes(DataType.UINT8, n, blocks, block * bits / 8);
        Tensor scales = m.floats(0.01, 0.1, n, blocks);
        Tensor zeros = m.floats(0, (1 << bits) - 1, n, blocks);
        m.output(m.contrib("MatMulNBits", String.join(",", m.input(x), m.constant(codes), m.constant(scales),
                m.constant(zeros), m.constant(groups)), integer("K", k), integer("N", n), integer("bits", bits),
                integer("block_size", block)), DataType.FLOAT);
        return new Tensor[] {x, codes, scales, zeros, groups};
    }

    private void unary() {
        for (String type : new String[] {"QLinearSigmoid", "QLinearLeakyRelu", "QLinearGlobalAveragePool",
            "QLinearAveragePool"}) {
            add(type, 0, 1, m -> {
                DataType t = type.contains("Average") ? DataType.UINT8 : m.one(DataType.INT8, DataType.UINT8);
                boolean last = type.contains("Average") && m.chance();
                int[] shape = {m.pick(1, 2), m.pick(2, 5), m.pick(2, 6), m.pick(2, 5)};
                String inputs =
                        String.join(",", m.input(m.codes(t, shape)), scale(m), zero(m, t), scale(m), zero(m, t));
                m.output(switch (type) {
                    case "QLinearLeakyRelu" -> m.contrib(type, inputs, real("alpha", 0.1f));
                    case "QLinearGlobalAveragePool" -> m.contrib(type, inputs, integer("channels_last", last ? 1 : 0));
                    case "QLinearAveragePool" -> m.contrib(type, inputs, integer("channels_last", last ? 1 : 0),
                            ints("kernel_shape", 2, 2), ints("pads", 1, 0, 0, 1),
                            integer("count_include_pad", m.pick(0, 1)));
                    default -> m.contrib(type, inputs);
                }, t);
            });
        }
    }

    /**
     * Along one axis, or as before operator set 13 over all from the axis on; -1 where none is written. ONNX Runtime multiplies by the
     * integer part of the reciprocal of the output's scale (not proven).
     */
    private void softmax() {
        add("QLinearSoftmax", 0, 1, m -> {
            DataType t = m.one(DataType.INT8, DataType.UINT8);
            int[] shape = {m.pick(1, 2), m.pick(2, 5), m.pick(2, 6), m.pick(2, 5)};
            String y = m.chance() ? m.constant(Tensor.scalar(1f / m.one(64, 128))) : scale(m);
            String inputs = String.join(",", m.input(m.codes(t, shape)), scale(m), zero(m, t), y,
                    m.constant(m.integers(t, t == DataType.INT8 ? -128 : 0, t == DataType.INT8 ? -1 : 255)));
            m.output(m.contrib("QLinearSoftmax", inputs, integer("opset", m.one(12, 13)),
                    m.chance() ? integer("axis", m.pick(-4, 3)) : null), t);
        });
    }

    private void linear() {
        add("QuantizeLinear", 0, 0, m -> {
            DataType t = m.one(DataType.INT8, DataType.UINT8);
            m.output(m.contrib("QuantizeLinear",
                    String.join(",", m.input(m.floats(-6, 9, m.pick(1, 3), m.pick(1, 6))), scale(m), zero(m, t))), t);
        });
        add("DequantizeLinear", 0, 0, m -> {
            DataType t = m.one(DataType.INT8, DataType.UINT8);
            m.output(m.contrib("DequantizeLinear",
                    String.join(",", m.input(m.codes(t, m.pick(1, 3), m.pick(1, 6))), scale(m), zero(m, t))),
                    DataType.FLOAT);
        });
    }

    private void concatAndWhere() {
        add("QLinearConcat", 0, 1, m -> {
            DataType t = m.one(DataType.INT8, DataType.UINT8);
            int width = m.pick(1, 6);
            StringBuilder inputs = new StringBuilder(scale(m) + "," + zero(m, t));
            for (int i = m.pick(1, 3); i > 0; i--) {
                inputs.append(',').append(m.any(m.codes(t, m.pick(1, 4), width))).append(',').append(scale(m))
                        .append(',').append(zero(m, t));
            }
            m.output(m.contrib("QLinearConcat", inputs.toString(), integer("axis", 0)), t);
        });
        add("QLinearWhere", 0, 1, m -> {
            DataType t = m.one(DataType.INT8, DataType.UINT8);
            int[] shape = {m.pick(1, 4), m.pick(1, 6)};
            m.output(m.contrib("QLinearWhere", String.join(",", m.input(m.integers(DataType.BOOL, 0, 1, shape)),
                    m.input(m.codes(t, shape)), scale(m), zero(m, t), m.any(m.codes(t, shape)), scale(m), zero(m, t),
                    scale(m), zero(m, t))), t);
        });
    }

    private void products() {
        add("MatMulIntegerToFloat", 1e-5, 0, m -> {
            DataType b = m.one(DataType.INT8, DataType.UINT8);
            int k = m.pick(1, 40);
            int n = m.pick(1, 12);
            boolean columns = m.chance();
            m.output(m.contrib("MatMulIntegerToFloat",
                    String.join(",", m.input(m.codes(DataType.UINT8, m.pick(1, 4), k)),
                            m.any(m.codes(b, k, n)), scale(m), columns ? m.constant(m.floats(0.01, 0.1, n)) : scale(m),
                            zero(m, DataType.UINT8), columns ? m.constant(m.codes(b, n)) : zero(m, b),
                            m.one("", m.constant(m.floats(-1, 1, n))))),
                    DataType.FLOAT);
        });
        add("DynamicQuantizeMatMul", 1e-5, 0, m -> {
            DataType b = m.one(DataType.INT8, DataType.UINT8);
            int k = m.pick(1, 40);
            int n = m.pick(1, 12);
            m.output(m.contrib("DynamicQuantizeMatMul", String.join(",", m.input(m.floats(-2, 3, m.pick(1, 4), k)),
                    m.any(m.codes(b, k, n)), scale(m), zero(m, b), m.one("", m.constant(m.floats(-1, 1, n))))),
                    DataType.FLOAT);
        });
        add("QGemm", 1e-5, 1, m -> {
            DataType b = m.one(DataType.INT8, DataType.UINT8);
            int rows = m.pick(1, 4);
            int k = m.pick(1, 30);
            int n = m.pick(1, 9);
            boolean real = m.chance();
            boolean transposed = m.chance();
            String inputs =
                    String.join(",", m.input(m.codes(DataType.UINT8, rows, k)), scale(m), zero(m, DataType.UINT8),
                            m.any(transposed ? m.codes(b, n, k) : m.codes(b, k, n)), scale(m), zero(m, b),
                            m.one("", m.constant(m.integers(DataType.INT32, -900, 900, n))));
            inputs += real ? "" : "," + m.constant(m.floats(1, 4)) + "," + zero(m, DataType.UINT8);
            m.output(m.contrib("QGemm", inputs, real("alpha", 0.5f), integer("transB", transposed ? 1 : 0)),
                    real ? DataType.FLOAT : DataType.UINT8);
        });
    }

    private void gatheredBlocks() {
        add("GatherBlockQuantized", 1e-6, 0, m -> {
            DataType t = m.one(DataType.UINT8, DataType.UINT4, DataType.INT4);
            int bits = t == DataType.UINT8 ? m.one(4, 8) : 4;
            int inByte = t == DataType.UINT8 ? 8 / bits : 1;
            int rows = m.pick(2, 9);
            int blocks = m.pick(1, 4);
            Tensor scales = m.floats(0.01, 0.1, rows, blocks);
            String zeros = m.chance() ? "" : m.constant(m.codes(t, rows, Math.ceilDiv(blocks, inByte)));
            Tensor picks = m.integers(m.one(DataType.INT32, DataType.INT64), -rows, rows - 1, 2, 3);
            m.output(m.contrib("GatherBlockQuantized", String.join(",", m.constant(m.codes(t, rows,
                    blocks * 16 / inByte)), m.input(picks), m.constant(scales), zeros), integer("bits", bits),
                    integer("gather_axis", 0), integer("quantize_axis", 1), integer("block_size", 16)),
                    DataType.FLOAT);
        });
    }

    /** Of three axes any two, with a last block that is not full. */
    private void gatheredBlocksOfAnyAxis() {
        add("GatherBlockQuantized", 1e-6, 0, m -> {
            DataType t = m.one(DataType.UINT4, DataType.INT4);
            int[] shape = {m.pick(1, 4), m.pick(1, 4), m.pick(1, 4)};
            int along = m.pick(0, 2);
            int from = m.pick(0, 2);
            int[] ofScales = shape.clone();
            shape[along] = 16 * shape[along] - m.pick(0, 5);
            String scales = m.constant(m.floats(0.01, 0.1, ofScales));
            String zeros = m.chance() ? "" : m.constant(m.codes(t, ofScales));
            m.output(m.contrib("GatherBlockQuantized", String.join(",", m.constant(m.codes(t, shape)),
                    m.input(m.integers(DataType.INT64, 0, shape[from] - 1, 3)), scales, zeros),
                    integer("gather_axis", from - (m.chance() ? 3 : 0)), integer("quantize_axis", along),
                    integer("block_size", 16)), DataType.FLOAT);
        });
    }

    private void attention() {
        add("QAttention", 1e-4, 0, m -> {
            DataType w = m.one(DataType.INT8, DataType.UINT8);
            int heads = m.pick(1, 3);
            int width = heads * 4;
            int batch = m.pick(1, 3);
            int tokens = m.pick(1, 5);
            m.output(m.contrib("QAttention", String.join(",", m.input(m.codes(DataType.UINT8, batch, tokens, width)),
                    m.constant(m.codes(w, width, 3 * width)), m.constant(m.floats(-1, 1, 3 * width)),
                    m.constant(m.floats(0.001, 0.01)), m.constant(m.floats(0.001, 0.01)),
                    m.one("", m.input(m.integers(DataType.INT32, 1, tokens, batch))), zero(m, DataType.UINT8),
                    zero(m, w)),
                    integer("num_heads", heads), integer("unidirectional", m.pick(0, 1))), DataType.FLOAT);
        });
    }

    private static String scale(RandomModel m) {
        return m.constant(m.floats(0.01, 0.1));
    }

    private static String zero(RandomModel m, DataType t) {
        return m.constant(m.codes(t));
    }
}
