package dev.lanewise.bench.kernel;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Softmax of the rows of scores, 12 heads. */
public class Softmax extends KernelBenchmark {
    private static final int HEADS = 12;

    @Param({"32", "128"})
    public int tokens;

    private float[] x;
    private float[] y;

    @Setup
    public void setUp() {
        x = random(HEADS * tokens * tokens);
        y = new float[x.length];
    }

    @Benchmark
    public float[] rows() {
        kernels.softmaxRows(HEADS * tokens, tokens, x, 0, tokens, y, 0, tokens);
        return y;
    }

    @Override
    public Work work() {
        return Work.elements((double) HEADS * tokens * tokens, 8);
    }
}
