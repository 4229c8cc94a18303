package dev.lanewise.bench.kernel;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Rows of floats to unsigned bytes with a given scale. */
public class Quantize extends KernelBenchmark {
    private static final float SCALE = 0.02f;
    private static final int ZERO_POINT = 128;
    private static final int MOST = 255;

    @Param({"16", "128"})
    public int rows;

    private float[] x;
    private byte[] y;

    @Setup
    public void setUp() {
        x = random(rows * WIDTH);
        y = new byte[x.length];
    }

    @Benchmark
    public byte[] elements() {
        kernels.quantizeLinear8(x, 0, SCALE, ZERO_POINT, 0, MOST, y, 0, x.length);
        return y;
    }

    @Override
    public Work work() {
        return Work.elements((double) rows * WIDTH, 5);
    }
}
