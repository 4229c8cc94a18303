package dev.lanewise.bench.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.junit.jupiter.api.Test;

class WorkTest {
    @Test
    void ofAProduct() {
        Work work = Work.product(2, 3, 5);
        assertEquals(60, work.flops());
        assertEquals(4 * (6 + 15 + 10), work.bytes());
    }

    @Test
    void theProductIsAProduct() {
        Gemm gemm = new Gemm();
        gemm.rows = 1;
        gemm.shape = "64x32";
        gemm.setUp();
        float[] a = KernelBenchmark.random(64);
        float[] b = KernelBenchmark.random(64 * 32);
        float[] expected = new float[32];
        for (int j = 0; j < 32; j++) {
            for (int k = 0; k < 64; k++) {
                expected[j] = Math.fma(a[k], b[k * 32 + j], expected[j]);
            }
        }
        assertArrayEquals(expected, gemm.product());
    }

    @Test
    void stepsRunAsTheStepsTheyAreMeantToBe() {
        Attention attention = new Attention();
        attention.tokens = 8;
        attention.setUp();
        assertNotNull(attention.step());
        assertEquals(4 * 64 * 384, attention.work().flops());
        EmbeddingGather gather = new EmbeddingGather();
        gather.tokens = 8;
        gather.setUp();
        assertNotNull(gather.step());
    }
}
