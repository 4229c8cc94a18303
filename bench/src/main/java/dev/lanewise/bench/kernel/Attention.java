package dev.lanewise.bench.kernel;

import dev.lanewise.Tensor;
import dev.lanewise.bench.model.SmallModels;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Attention of one sequence with 12 heads, from queries, keys and values to weighted values, as a step of a model. */
public class Attention extends KernelBenchmark {
    private static final int HEADS = 12;

    @Param({"16", "128", "256"})
    public int tokens;

    private Step step;

    @Setup
    public void setUp() {
        Tensor x = Tensor.of(random(tokens * WIDTH), 1, tokens, WIDTH);
        step = new Step(SmallModels.attention(HEADS, WIDTH / HEADS), "MultiHeadAttention",
                Map.of("q", x, "k", x, "v", x), 1,
                tokens, WIDTH);
    }

    @Benchmark
    public Object step() {
        return step.run();
    }

    @Override
    public Work work() {
        return new Work(4.0 * tokens * tokens * WIDTH, 16.0 * tokens * WIDTH);
    }
}
