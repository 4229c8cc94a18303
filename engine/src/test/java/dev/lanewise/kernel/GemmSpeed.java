package dev.lanewise.kernel;

import dev.lanewise.KernelMode;
import dev.lanewise.kernel.vector.FmaPeak;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Speed of the matrix product on one thread, beside the machine's peak, measured in turn since other load changes both.
 * Weights go round through many copies, as the layers of a model do, so that they come from beyond the L2 cache.
 *
 * <pre>{@code java --add-modules jdk.incubator.vector -cp engine/target/classes:engine/target/test-classes \
 *     dev.lanewise.kernel.GemmSpeed [rows …]}</pre>
 */
public final class GemmSpeed {
    private static final int[][] SHAPES = {{384, 384}, {384, 1152}, {384, 1536}, {1536, 384}};
    private static final int WEIGHTS = 6 << 20;
    private static final int SAMPLES = 40;

    private GemmSpeed() {
    }

    public static void main(String[] args) {
        Kernels kernels = KernelProvider.select(KernelMode.ofProperty());
        long start = System.nanoTime();
        Warmup.warm(kernels);
        System.out.printf("%s kernels, %d bits, warm after %.2f s, %s %s%n", kernels.name(), kernels.vectorBits(),
                (System.nanoTime() - start) / 1e9, System.getProperty("java.vm.name"), Runtime.version());
        if (kernels.vectorBits() > 0) {
            FmaPeak.measure(400);
        }
        int[] rows = args.length == 0 ? new int[] {128, 1, 8, 17, 32, 192}
                : Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
        for (int m : rows) {
            for (int[] shape : SHAPES) {
                product(kernels, m, shape[0], shape[1], null);
            }
            product(kernels, m, 384, 1536, UnaryFunction.GELU);
        }
        for (UnaryFunction f : UnaryFunction.values()) {
            function(kernels, f);
        }
    }

    private static void product(Kernels kernels, int m, int k, int n, UnaryFunction activation) {
        float[] a = random(m * k);
        float[] c = new float[m * n];
        float[] bias = random(n);
        PackedMatrix[] weights = new PackedMatrix[Math.ceilDiv(WEIGHTS, k * n)];
        Arrays.setAll(weights, i -> PackedMatrix.pack(random(k * n), 0, k, n, false));
        double peak = 0;
        double[] speed = new double[SAMPLES * weights.length];
        for (int s = 0; s < speed.length; s++) {
            if (s % 4 == 0 && kernels.vectorBits() > 0) {
                peak = Math.max(peak, FmaPeak.measure(2));
            }
            PackedMatrix b = weights[s % weights.length];
            long start = System.nanoTime();
            Gemm.run(kernels, m, a, 0, k, b, false, 0, b.panels(), c, 0, n, new Epilogue(null, bias, activation), null,
                    0, 0, null);
            speed[s] = 2.0 * m * k * n / (System.nanoTime() - start);
        }
        Arrays.sort(speed);
        double best = speed[speed.length - 1];
        System.out.printf("%4d x %4d x %4d %-5s median %6.1f best %6.1f GFLOP/s, %2.0f%% of peak %6.1f%n", m, k, n,
                activation == null ? "" : activation, speed[speed.length / 2], best, 100 * best / peak, peak);
    }

    private static void function(Kernels kernels, UnaryFunction f) {
        float[] x = random(4096);
        float[] y = new float[x.length];
        double best = Double.MAX_VALUE;
        for (int s = 0; s < SAMPLES; s++) {
            long start = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                kernels.unary(f, x, 0, y, 0, x.length);
            }
            best = Math.min(best, (System.nanoTime() - start) / 100.0 / x.length);
        }
        System.out.printf("%-10s %.3f ns an element%n", f, best);
    }

    private static float[] random(int n) {
        SplittableRandom random = new SplittableRandom(n);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextDouble(-1, 1);
        }
        return x;
    }
}
