package dev.lanewise.quant.testing;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.shape.Gather;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** An encoder of two layers, a plain and a gated one: ids {@code [batch, tokens]} into y {@code [batch, tokens, 16]}. */
public final class SmallEncoder {
    public static final int WIDTH = 16;
    public static final int HIDDEN = 64;
    public static final int GATED = 48;
    private static final int VOCABULARY = 50;

    private SmallEncoder() {
    }

    public static Graph graph(DataType type) {
        TestGraph g = new TestGraph(type);
        Value ids = g.input("input_ids", DataType.INT64, Dim.symbol("batch"), Dim.symbol("tokens"));
        g.input("attention_mask", DataType.INT64, Dim.symbol("batch"), Dim.symbol("tokens"));
        Value x = g.op(new Gather(0), g.weights("table", 1, VOCABULARY, WIDTH), ids);
        x = g.normalised(g.add(x, g.attention(x, WIDTH, 2)), WIDTH);
        x = g.normalised(g.add(x, g.feedForward(x, WIDTH, HIDDEN)), WIDTH);
        x = g.layerNormalization(g.add(x, g.attention(x, WIDTH, 4)), WIDTH);
        x = g.add(x, g.gated(x, WIDTH, GATED));
        return g.to(x);
    }

    /** Texts of different lengths. */
    public static List<Map<String, Tensor>> samples(int count, long seed) {
        Random random = new Random(seed);
        List<Map<String, Tensor>> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int tokens = 3 + random.nextInt(6);
            long[] ids = random.longs(tokens, 0, VOCABULARY).toArray();
            long[] mask = new long[tokens];
            java.util.Arrays.fill(mask, 0, tokens - (i % 2), 1);
            samples.add(Map.of("input_ids", Tensor.of(ids, 1, tokens), "attention_mask", Tensor.of(mask, 1, tokens)));
        }
        return samples;
    }
}
