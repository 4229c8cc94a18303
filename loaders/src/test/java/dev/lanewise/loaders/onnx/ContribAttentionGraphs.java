package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.integer;
import static dev.lanewise.loaders.onnx.OnnxModels.ints;
import static dev.lanewise.loaders.onnx.OnnxModels.real;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Random graphs of attention of the domain com.microsoft. */
final class ContribAttentionGraphs {
    private final List<ContribGraph> all = new ArrayList<>();

    private ContribAttentionGraphs() {
    }

    static List<ContribGraph> all() {
        ContribAttentionGraphs graphs = new ContribAttentionGraphs();
        graphs.attention();
        graphs.multiHeadAttention();
        graphs.groupQueryAttention();
        graphs.rotaryEmbedding();
        return graphs.all;
    }

    private void add(String operator, Consumer<RandomModel> builder) {
        all.add(new ContribGraph(operator, 1e-4, 0, builder));
    }

    private void attention() {
        add("Attention", m -> {
            int heads = m.pick(1, 3);
            int size = 4;
            int width = heads * size;
            int batch = m.pick(1, 3);
            int tokens = m.pick(1, 5);
            int before = m.pick(0, 1) * m.pick(1, 3);
            int values = before > 0 ? width : heads * m.pick(2, 5);
            int in = m.pick(3, 9);
            Tensor x = m.floats(-1, 1, batch, tokens, in);
            String mask = mask(m, batch, tokens, before + tokens);
            // starts can be told from ends only where the number of sequences is known
            String inputs = String.join(",", mask.startsWith("c") ? m.fixed(x) : m.input(x),
                    m.any(m.floats(-1, 1, in, 2 * width + values)), m.constant(m.floats(-1, 1, 2 * width + values)),
                    mask, before > 0 ? m.input(m.floats(-1, 1, 2, batch, heads, before, size)) : "",
                    before > 0 || m.chance() ? "" : m.input(m.floats(-1, 1, 1, heads, tokens, tokens)));
            m.add("com.microsoft", "Attention", inputs, before > 0 ? "y,present" : "y", integer("num_heads", heads),
                    integer("unidirectional", m.pick(0, 1)), ints("qkv_hidden_sizes", width, width, values),
                    real("scale", m.one(0f, 0.3f)));
            m.output("y", DataType.FLOAT);
            if (before > 0) {
                m.output("present", DataType.FLOAT);
            }
        });
    }

    private static String mask(RandomModel m, int batch, int tokens, int keys) {
        switch (m.pick(0, 4)) {
            case 1 :
                return m.input(m.integers(DataType.INT32, 1, keys, batch));
            case 2 :
                Tensor both = m.integers(DataType.INT32, 0, 0, 2 * batch);
                Arrays.setAll(both.ints(), i -> i < batch ? keys : m.pick(0, keys - tokens));
                return m.constant(both);
            case 3 :
                return m.input(seen(m, batch, keys));
            case 4 :
                return m.input(seen(m, batch, tokens, keys));
            default :
                return "";
        }
    }

    /** A mask in which every query sees the first key. */
    private static Tensor seen(RandomModel m, int... shape) {
        Tensor t = m.integers(DataType.INT32, 0, 1, shape);
        int keys = shape[shape.length - 1];
        for (int i = 0; i < t.size(); i += keys) {
            t.ints()[i] = 1;
        }
        return t;
    }

    private void multiHeadAttention() {
        add("MultiHeadAttention", m -> {
            int heads = m.pick(1, 3);
            int size = 4;
            int width = heads * size;
            int batch = m.pick(1, 3);
            int tokens = m.pick(1, 5);
            int before = m.pick(0, 1) * m.pick(1, 3);
            int now = before > 0 ? tokens : m.pick(1, 6);
            boolean cached = before == 0 && m.chance();
            String key =
                    m.input(cached ? m.floats(-1, 1, batch, heads, now, size) : m.floats(-1, 1, batch, now, width));
            String value =
                    m.input(cached ? m.floats(-1, 1, batch, heads, now, size) : m.floats(-1, 1, batch, now, width));
            String padding = switch (m.pick(0, 2)) {
                case 1 -> m.input(m.integers(DataType.INT32, 1, before + now, batch));
                case 2 -> m.input(seen(m, batch, before + now));
                default -> "";
            };
            String inputs = String.join(",", m.input(m.floats(-1, 1, batch, tokens, width)), key, value,
                    cached ? "" : m.one("", m.constant(m.floats(-1, 1, 3 * width))), padding,
                    m.one("", m.input(m.floats(-1, 1, m.one(1, batch), m.one(1, heads), tokens, before + now))),
                    before > 0 ? m.input(m.floats(-1, 1, batch, heads, before, size)) : "",
                    before > 0 ? m.input(m.floats(-1, 1, batch, heads, before, size)) : "");
            m.add("com.microsoft", "MultiHeadAttention", inputs, before > 0 ? "y,k,v" : "y",
                    integer("num_heads", heads),
                    integer("unidirectional", now == tokens && !cached ? m.pick(0, 1) : 0));
            m.output("y", DataType.FLOAT);
            if (before > 0) {
                m.output("k", DataType.FLOAT).output("v", DataType.FLOAT);
            }
        });
    }

    private void groupQueryAttention() {
        add("GroupQueryAttention", m -> {
            int keyHeads = m.pick(1, 2);
            int heads = keyHeads * m.pick(1, 3);
            int size = 16;
            int batch = m.pick(1, 2);
            boolean prompt = m.chance();
            int past = prompt ? 0 : m.pick(1, 4);
            int tokens = prompt ? m.pick(2, 5) : 1;
            int room = past + m.one(0, prompt ? tokens : 1, prompt ? 9 : 5);
            boolean packed = m.chance();
            boolean rotary = m.chance();
            String query = m.input(m.floats(-1, 1, batch, tokens, (packed ? heads + 2 * keyHeads : heads) * size));
            String key = packed ? "" : m.input(m.floats(-1, 1, batch, tokens, keyHeads * size));
            String value = packed ? "" : m.input(m.floats(-1, 1, batch, tokens, keyHeads * size));
            int last = past + tokens - 1;
            String inputs = String.join(",", query, key, value, m.input(cache(m, past, batch, keyHeads, room, size)),
                    m.input(cache(m, past, batch, keyHeads, room, size)),
                    m.input(m.integers(DataType.INT32, last, last, batch)),
                    m.constant(m.integers(DataType.INT32, last + 1, last + 1)),
                    rotary ? m.constant(m.floats(-1, 1, 16, size / 2)) : "",
                    rotary ? m.constant(m.floats(-1, 1, 16, size / 2)) : "");
            m.add("com.microsoft", "GroupQueryAttention", inputs, "y,k,v", integer("num_heads", heads),
                    integer("kv_num_heads", keyHeads), integer("do_rotary", rotary ? 1 : 0),
                    integer("rotary_interleaved", m.pick(0, 1)), integer("local_window_size", m.one(-1, -1, 2)),
                    real("softcap", m.one(0f, 3f)));
            m.output("y", DataType.FLOAT).output("k", DataType.FLOAT).output("v", DataType.FLOAT);
        });
    }

    /** Zeros behind the tokens of the past: what lies there is not said to be kept. */
    private static Tensor cache(RandomModel m, int past, int... shape) {
        Tensor t = m.floats(-1, 1, shape);
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] = i / shape[3] % shape[2] < past ? t.floats()[i] : 0;
        }
        return t;
    }

    private void rotaryEmbedding() {
        add("RotaryEmbedding", m -> {
            int heads = m.pick(1, 3);
            int size = 2 * m.pick(1, 6);
            int batch = m.pick(1, 3);
            int tokens = m.pick(1, 5);
            boolean split = m.chance();
            String x = m.input(split ? m.floats(-1, 1, batch, heads, tokens, size)
                    : m.floats(-1, 1, batch, tokens, heads * size));
            String positions = m.input(m.chance() ? m.integers(DataType.INT64, 0, 3, 1)
                    : m.integers(DataType.INT64, 0, 9, batch, tokens));
            m.output(m.contrib("RotaryEmbedding", String.join(",", x, positions,
                    m.constant(m.floats(-1, 1, 10, size / 2)), m.constant(m.floats(-1, 1, 10, size / 2))),
                    integer("interleaved", m.pick(0, 1))), DataType.FLOAT);
        });
    }
}
