package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.integer;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import org.junit.jupiter.api.Test;

/** Quantised operators of the domain com.microsoft against ONNX Runtime, on random models. */
class ContribQuantAgreementTest {
    private static final long OPSET = 21;
    private static final int SEEDS = 24;

    /** Adds a random node and its output to a model. */
    interface Case {
        void build(RandomModel m);
    }

    private static void run(String what, double tolerance, int steps, Case c) throws Exception {
        Differential d = new Differential();
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomModel m = new RandomModel(seed, OPSET);
            c.build(m);
            d.compare(what + " " + seed, m, tolerance, steps);
        }
        System.out.println(what + ": " + d);
    }

    @Test
    void binary() throws Exception {
        for (String type : new String[] {"QLinearAdd", "QLinearMul"}) {
            run(type, 0, 1, m -> {
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

    @Test
    void weightsInBits() throws Exception {
        run("MatMulNBits", 1e-5, 0, m -> {
            int bits = m.one(4, 8);
            int block = m.one(16, 32, 64);
            int k = m.pick(1, 5) * 16 + m.pick(0, 1) * m.pick(0, 15);
            int n = m.pick(1, 20);
            int blocks = (k + block - 1) / block;
            Tensor x = m.floats(-1, 1, m.pick(1, 3), m.pick(1, 4), k);
            int row = (blocks * bits + 7) / 8;
            String zeros = m.one("", m.constant(m.codes(DataType.UINT8, n, row)));
            String bias = m.one("", m.any(m.floats(-1, 1, n)));
            m.output(m.contrib("MatMulNBits", String.join(",", m.input(x),
                    m.constant(m.codes(DataType.UINT8, n, blocks, block * bits / 8)),
                    m.constant(m.floats(0.01, 0.1, n * blocks)), zeros, "", bias), integer("K", k), integer("N", n),
                    integer("bits", bits), integer("block_size", block)), DataType.FLOAT);
        });
    }

    @Test
    void integerProducts() throws Exception {
        run("MatMulIntegerToFloat", 1e-5, 0, m -> {
            int k = m.pick(1, 20);
            int n = m.pick(1, 9);
            String zeroA = m.one("", m.constant(m.codes(DataType.UINT8)));
            String inputs = String.join(",", m.input(m.codes(DataType.UINT8, m.pick(1, 4), k)),
                    m.constant(m.weights(k, n)), scale(m), scale(m), zeroA, "",
                    m.one("", m.constant(m.floats(-1, 1, n))));
            m.output(m.contrib("MatMulIntegerToFloat", inputs), DataType.FLOAT);
        });
        run("DynamicQuantizeMatMul", 1e-4, 0, m -> {
            int k = m.pick(1, 20);
            int n = m.pick(1, 9);
            String inputs = String.join(",", m.input(m.floats(-1, 1, m.pick(1, 4), k)),
                    m.constant(m.weights(k, n)), scale(m), "",
                    m.one("", m.constant(m.floats(-1, 1, n))));
            m.output(m.contrib("DynamicQuantizeMatMul", inputs), DataType.FLOAT);
        });
    }

    @Test
    void gatheredBlocks() throws Exception {
        run("GatherBlockQuantized", 1e-6, 0, m -> {
            DataType t = m.one(DataType.INT4, DataType.UINT4);
            int block = m.one(16, 32);
            int rows = m.pick(1, 9);
            int width = m.pick(1, 3) * 32;
            String zeros = m.one("", m.constant(m.codes(t, rows, width / block)));
            String inputs = String.join(",", m.constant(m.codes(t, rows, width)),
                    m.input(m.integers(DataType.INT64, 0, rows - 1, m.pick(1, 3), m.pick(1, 4))),
                    m.constant(m.floats(0.01, 0.1, rows, width / block)), zeros);
            m.output(m.contrib("GatherBlockQuantized", inputs, integer("gather_axis", 0), integer("quantize_axis", 1),
                    integer("block_size", block)), DataType.FLOAT);
        });
    }

    private static String scale(RandomModel m) {
        return m.constant(m.floats(0.01, 0.1));
    }

    private static String zero(RandomModel m, DataType t) {
        return m.constant(m.codes(t));
    }
}
