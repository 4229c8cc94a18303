package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.integer;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import org.junit.jupiter.api.Test;

/** Attention in the domain com.microsoft against ONNX Runtime, on random models. */
class ContribAttentionAgreementTest {
    private static final long OPSET = 21;
    private static final int SEEDS = 16;

    private static void run(String what, double tolerance, ContribQuantAgreementTest.Case c) throws Exception {
        Differential d = new Differential();
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomModel m = new RandomModel(seed, OPSET);
            c.build(m);
            d.compare(what + " " + seed, m, tolerance, 0);
        }
        System.out.println(what + ": " + d);
    }

    /** Lengths of the sequences, or which tokens count, at least the first one. */
    private static Tensor padding(RandomModel m, int batch, int tokens) {
        if (m.chance()) {
            return m.integers(DataType.INT32, 1, tokens, batch);
        }
        Tensor mask = m.integers(DataType.INT32, 0, 1, batch, tokens);
        for (int b = 0; b < batch; b++) {
            mask.ints()[b * tokens] = 1;
        }
        return mask;
    }

    @Test
    void attention() throws Exception {
        run("Attention", 1e-4, m -> {
            int batch = m.pick(1, 3);
            int tokens = m.pick(1, 6);
            int heads = m.pick(1, 3);
            int width = heads * m.one(4, 8);
            boolean causal = m.chance();
            String mask = causal ? "" : m.one("", m.input(padding(m, batch, tokens)));
            String inputs = String.join(",", m.input(m.floats(-1, 1, batch, tokens, width)),
                    m.any(m.floats(-1, 1, width, 3 * width)), m.constant(m.floats(-1, 1, 3 * width)), mask);
            m.output(m.contrib("Attention", inputs, integer("num_heads", heads),
                    integer("unidirectional", causal ? 1 : 0)), DataType.FLOAT);
        });
    }

    @Test
    void multiHeadAttention() throws Exception {
        run("MultiHeadAttention", 1e-4, m -> {
            int batch = m.pick(1, 3);
            int tokens = m.pick(1, 6);
            int keys = m.pick(1, 7);
            int heads = m.pick(1, 3);
            int width = heads * m.one(4, 8);
            String bias = m.one("", m.constant(m.floats(-1, 1, 3 * width)));
            String mask = m.one("", m.input(padding(m, batch, keys)));
            String inputs = String.join(",", m.input(m.floats(-1, 1, batch, tokens, width)),
                    m.input(m.floats(-1, 1, batch, keys, width)), m.input(m.floats(-1, 1, batch, keys, width)), bias,
                    mask);
            m.output(m.contrib("MultiHeadAttention", inputs, integer("num_heads", heads)), DataType.FLOAT);
        });
    }

    /** A prompt, and one more token after a past. */
    @Test
    void groupQueryAttention() throws Exception {
        run("GroupQueryAttention", 1e-4, m -> {
            int batch = 1;
            boolean prompt = m.chance();
            int past = prompt ? 0 : m.pick(1, 5);
            int tokens = prompt ? m.pick(1, 5) : 1;
            int keyHeads = m.pick(1, 2);
            int heads = keyHeads * m.pick(1, 2);
            int size = m.one(8, 16);
            String cache = past == 0 ? "," : m.input(m.floats(-1, 1, batch, keyHeads, past, size)) + ","
                    + m.input(m.floats(-1, 1, batch, keyHeads, past, size));
            Tensor last = Tensor.of(DataType.INT32, new int[] {past + tokens - 1}, batch);
            String inputs = String.join(",", m.input(m.floats(-1, 1, batch, tokens, heads * size)),
                    m.input(m.floats(-1, 1, batch, tokens, keyHeads * size)),
                    m.input(m.floats(-1, 1, batch, tokens, keyHeads * size)), cache, m.constant(last),
                    m.constant(Tensor.of(DataType.INT32, new int[] {past + tokens}, 1)));
            m.add("com.microsoft", "GroupQueryAttention", inputs, "y,keys,values", integer("num_heads", heads),
                    integer("kv_num_heads", keyHeads));
            m.output("y", DataType.FLOAT).output("keys", DataType.FLOAT).output("values", DataType.FLOAT);
        });
    }

    @Test
    void rotaryEmbedding() throws Exception {
        run("RotaryEmbedding", 1e-5, m -> {
            int batch = m.pick(1, 3);
            int tokens = m.pick(1, 6);
            int heads = m.pick(1, 3);
            int size = m.one(4, 8);
            Tensor positions = m.chance() ? m.integers(DataType.INT64, 0, 4, 1)
                    : m.integers(DataType.INT64, 0, 9, batch, tokens);
            String inputs = String.join(",", m.input(m.floats(-1, 1, batch, tokens, heads * size)),
                    m.input(positions), m.constant(m.floats(-1, 1, 10, size / 2)),
                    m.constant(m.floats(-1, 1, 10, size / 2)));
            m.output(m.contrib("RotaryEmbedding", inputs, integer("interleaved", m.pick(0, 1))), DataType.FLOAT);
        });
    }

    @Test
    void quantizedAttention() throws Exception {
        run("QAttention", 1e-4, m -> {
            int batch = m.pick(1, 3);
            int tokens = m.pick(1, 5);
            int heads = m.pick(1, 2);
            int width = heads * m.one(4, 8);
            String mask = m.one("", m.input(m.integers(DataType.INT32, 1, tokens, batch)));
            String inputs = String.join(",", m.input(m.codes(DataType.UINT8, batch, tokens, width)),
                    m.constant(m.weights(width, 3 * width)), m.constant(m.floats(-1, 1, 3 * width)),
                    m.constant(m.floats(0.001, 0.01)), m.constant(m.floats(0.001, 0.01)), mask,
                    m.constant(m.codes(DataType.UINT8)), m.constant(m.integers(DataType.INT8, 0, 0)));
            m.output(m.contrib("QAttention", inputs, integer("num_heads", heads)), DataType.FLOAT);
        });
    }
}
