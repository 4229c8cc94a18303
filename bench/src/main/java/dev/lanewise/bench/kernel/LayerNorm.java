package dev.lanewise.bench.kernel;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Layer normalisation of rows. */
public class LayerNorm extends KernelBenchmark {
    private static final float EPSILON = 1e-12f;

    @Param({"16", "128"})
    public int rows;

    private float[] x;
    private float[] gamma;
    private float[] beta;
    private float[] y;

    @Setup
    public void setUp() {
        x = random(rows * WIDTH);
        gamma = random(WIDTH);
        beta = random(WIDTH);
        y = new float[x.length];
    }

    @Benchmark
    public float[] rows() {
        kernels.layerNormRows(rows, WIDTH, x, 0, WIDTH, gamma, beta, EPSILON, y, 0, WIDTH);
        return y;
    }

    @Override
    public Work work() {
        return Work.elements((double) rows * WIDTH, 8);
    }
}
