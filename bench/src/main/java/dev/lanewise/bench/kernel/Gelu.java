package dev.lanewise.bench.kernel;

import dev.lanewise.kernel.UnaryFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** GELU by the error function, of the feed-forward part's rows. */
public class Gelu extends KernelBenchmark {
    @Param({"16", "128"})
    public int rows;

    private float[] x;
    private float[] y;

    @Setup
    public void setUp() {
        x = random(rows * HIDDEN);
        y = new float[x.length];
    }

    @Benchmark
    public float[] elements() {
        kernels.unary(UnaryFunction.GELU, x, 0, y, 0, x.length);
        return y;
    }

    @Override
    public Work work() {
        return Work.elements((double) rows * HIDDEN, 8);
    }
}
