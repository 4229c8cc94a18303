package dev.lanewise.bench.kernel;

import dev.lanewise.KernelMode;
import dev.lanewise.kernel.KernelProvider;
import dev.lanewise.kernel.Kernels;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the benchmarks of kernels have in common. A benchmark's class says what its operation does by {@link #work}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 4, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public abstract class KernelBenchmark {
    /** Width of the models that all-minilm-l6-v2 stands for. */
    static final int WIDTH = 384;
    /** Of their feed-forward part. */
    static final int HIDDEN = 1536;

    final Kernels kernels = KernelProvider.select(KernelMode.AUTO);

    /** The work of one operation with the parameters as they are set. */
    public abstract Work work();

    static float[] random(int n) {
        Random random = new Random(n);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
