package dev.lanewise.bench.kernel;

import dev.lanewise.Tensor;
import dev.lanewise.bench.model.SmallModels;
import java.util.Map;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Rows of a table of 30,522 words by their ids, as a step of a model. */
public class EmbeddingGather extends KernelBenchmark {
    private static final int WORDS = 30_522;

    @Param({"16", "128"})
    public int tokens;

    private Step step;

    @Setup
    public void setUp() {
        step = new Step(SmallModels.embedding(WORDS, WIDTH), "Gather",
                Map.of("ids", Tensor.of(new Random(5).longs(tokens, 0, WORDS).toArray(), 1, tokens)), 1, tokens, WIDTH);
    }

    @Benchmark
    public Object step() {
        return step.run();
    }

    @Override
    public Work work() {
        return Work.elements((double) tokens * WIDTH, 8);
    }
}
