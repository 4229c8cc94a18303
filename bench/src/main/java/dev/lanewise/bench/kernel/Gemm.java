package dev.lanewise.bench.kernel;

import dev.lanewise.kernel.PackedMatrix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Rows times packed weights, all panels. */
public class Gemm extends KernelBenchmark {
    @Param({"1", "16", "96", "128", "256"})
    public int rows;

    @Param({"384x1536", "1536x384"})
    public String shape;

    private int k;
    private int n;
    private float[] a;
    private PackedMatrix b;
    private float[] c;

    @Setup
    public void setUp() {
        k = Integer.parseInt(shape.split("x")[0]);
        n = Integer.parseInt(shape.split("x")[1]);
        a = random(rows * k);
        b = PackedMatrix.pack(random(k * n), 0, k, n, false);
        c = new float[rows * n];
    }

    @Benchmark
    public float[] product() {
        for (int p = 0; p < b.panels(); p++) {
            kernels.gemmPanel(rows, PackedMatrix.PANEL, k, a, 0, k, b.data(), b.panelOffset(p), c,
                    p * PackedMatrix.PANEL, n,
                    false);
        }
        return c;
    }

    @Override
    public Work work() {
        setUp();
        return Work.product(rows, k, n);
    }
}
