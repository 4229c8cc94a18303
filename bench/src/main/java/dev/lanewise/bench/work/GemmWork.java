package dev.lanewise.bench.work;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Profile.StepTime;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.WeightPrecision;
import dev.lanewise.bench.Statistics;
import dev.lanewise.bench.model.MatMulChain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Matrix products with packed weights as a model runs them, in the same process and between the same bursts as the limits of
 * the machine. Arguments: threads.
 *
 * <p>
 * {@code hot}: {@value #HOT_PAIRS} pairs of weight matrices, which stay in the last cache. {@code rotating}: as many pairs as take {@value #ROTATING_BYTES}
 * bytes, so that every product streams its weights from memory. The time of a product is that of its step in the
 * session's profile, with all threads.
 */
public final class GemmWork {
    private static final int NARROW = 384;
    private static final int WIDE = 1536;
    /** Enough steps that the wake-up of a second thread falls into few of them, and few enough for the last cache. */
    private static final int HOT_PAIRS = 3;
    private static final int ROTATING_BYTES = 256 << 20;
    /** Rows whose products are held against the FMA peak. */
    private static final List<Integer> ROWS = List.of(16, 96, 128, 256);
    private static final int ROUNDS = 12;
    private static final int HOT_RUNS = 10;
    private static final int WARM_STEPS = 600;

    /** How weights are held: the name of it, bytes a weight, and the options for it. */
    private record Weights(String name, int bytes, LoadOptions options) {
    }

    private static final Weights FP32 = new Weights("fp32", Float.BYTES, LoadOptions.defaults());
    /** Others, which are measured on one row, against the bandwidth; the report looks for {@code int8}. */
    private static final List<Weights> LOW_PRECISION = List.of(
            new Weights("int8", Byte.BYTES, LoadOptions.defaults().withWeights(WeightPrecision.INT8)));

    private final int threads;
    private final Roofs roofs;
    /** Seconds of each product by key. */
    private final Map<String, List<Double>> seconds = new TreeMap<>();

    private GemmWork(int threads) throws InterruptedException {
        this.threads = threads;
        this.roofs = new Roofs(threads);
    }

    public static void main(String[] arguments) throws InterruptedException {
        new GemmWork(Integer.parseInt(arguments[0])).run();
    }

    private void run() throws InterruptedException {
        Emit.doing("making weights");
        measure(new Chain(HOT_PAIRS, FP32), ROWS, HOT_RUNS, "hot");
        Chain rotating = new Chain(pairs(FP32), FP32);
        measure(rotating, ROWS, 1, "rotating");
        measure(rotating, List.of(1), 1, FP32.name);
        for (Weights weights : LOW_PRECISION) {
            measure(new Chain(pairs(weights), weights), List.of(1), 1, weights.name);
        }
        roofs.emit("gemm/" + threads);
        seconds.forEach(this::emit);
    }

    private void measure(Chain chain, List<Integer> rows, int runs, String kind) throws InterruptedException {
        for (int m : rows) {
            chain.runs(m, WARM_STEPS / chain.steps() + 1, kind);
        }
        seconds.keySet().removeIf(key -> key.endsWith("/" + kind)); // that was for warming up
        for (int round = 0; round < ROUNDS; round++) {
            Emit.doing(kind + ", " + (round + 1) + " of " + ROUNDS);
            roofs.measure();
            for (int m : rows) {
                chain.runs(m, runs, kind);
            }
        }
    }

    private static int pairs(Weights weights) {
        return Math.ceilDiv(ROTATING_BYTES, 2 * NARROW * WIDE * weights.bytes);
    }

    /** Key: rows / shape / kind. */
    private void emit(String key, List<Double> times) {
        double median = Statistics.median(times.stream().mapToDouble(Double::doubleValue).toArray());
        String[] parts = key.split("/");
        int rows = Integer.parseInt(parts[0]);
        String under = "gemm/" + threads + "/" + key;
        double flops = 2.0 * rows * NARROW * WIDE / median;
        int bytes = LOW_PRECISION.stream().filter(w -> w.name.equals(parts[2])).findFirst().orElse(FP32).bytes;
        double weights = (double) NARROW * WIDE * bytes;
        Emit.value(under + "/flops", flops);
        Emit.value(under + "/share", flops / roofs.flopsPerSecond());
        Emit.value(under + "/intensity", 2.0 * rows * NARROW * WIDE / (weights + Float.BYTES * rows * (NARROW + WIDE)));
        Emit.value(under + "/bytes", weights / median);
        Emit.value(under + "/bandwidth-share", weights / median / roofs.bytesPerSecond());
    }

    /** A session of a chain, and what its steps took. */
    private final class Chain {
        private final Session session;
        private final int pairs;

        Chain(int pairs, Weights weights) {
            this.pairs = pairs;
            session = Model.load(ModelSource.of("chain.onnx", MatMulChain.onnx(NARROW, WIDE, pairs)), weights.options)
                    .newSession(SessionOptions.defaults().withThreads(threads).withProfile(true));
        }

        int steps() {
            return 2 * pairs;
        }

        void runs(int rows, int runs, String kind) {
            float[] x = new float[rows * NARROW];
            Random random = new Random(rows);
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) random.nextGaussian();
            }
            Map<String, Tensor> inputs = Map.of(MatMulChain.INPUT, Tensor.of(x, rows, NARROW));
            for (int i = 0; i < runs; i++) {
                session.run(inputs);
                for (StepTime step : session.profile().steps()) {
                    String shape = step.name().startsWith(MatMulChain.UP) ? NARROW + "x" + WIDE : WIDE + "x" + NARROW;
                    seconds.computeIfAbsent(rows + "/" + shape + "/" + kind, k -> new ArrayList<>())
                            .add(step.lastNanos() / 1e9);
                }
            }
        }
    }
}
