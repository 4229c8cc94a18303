package dev.lanewise.bench.soak;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.bench.model.SmallModels;
import dev.lanewise.models.TextEmbedder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;

/**
 * Shows that neither memory nor results wear out: many runs over several threads of a small model, then rounds of loading, running and
 * closing all-minilm-l6-v2. Prints the resident set as it goes and fails where it keeps growing. Arguments: runs (a million), threads
 * (8), rounds (200). After {@code mvn package}:
 *
 * <pre>
 * java --add-modules jdk.incubator.vector -XX:+UseSerialGC -cp "bench/target/*:bench/target/lib/*" dev.lanewise.bench.soak.SoakProgram
 * </pre>
 */
public final class SoakProgram {
    private static final String MODEL = "all-minilm-l6-v2";
    private static final int HEADS = 2;
    private static final int DEPTH = 16;
    private static final int SIZES = 16;
    private static final int SAMPLES = 20;
    /** What the second half may add to the resident set of the first: compiled code, and what the collector leaves. */
    private static final double FLAT = 1.1;

    private final List<Double> resident = new ArrayList<>();

    private SoakProgram() {
    }

    public static void main(String[] arguments) throws Exception {
        long runs = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1_000_000;
        int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 8;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 200;
        System.out.println(
                "Java " + Runtime.version() + ", " + Runtime.getRuntime().availableProcessors() + " processors");
        boolean flat = new SoakProgram().runs(runs, threads);
        flat &= new SoakProgram().rounds(rounds);
        System.exit(flat ? 0 : 1);
    }

    private boolean runs(long runs, int threads) throws Exception {
        byte[] onnx = SmallModels.attention(HEADS, DEPTH);
        try (Model model = Model.load(ModelSource.of("attention.onnx", onnx), LoadOptions.defaults())) {
            Soak soak = new Soak(model, HEADS * DEPTH, SIZES);
            long start = System.nanoTime();
            soak.run(runs, threads, Math.max(1, runs / SAMPLES), sampler("runs"));
            System.out.printf(Locale.ROOT, "%d runs over %d threads in %.0f s%n", runs, threads,
                    (System.nanoTime() - start) / 1e9);
        }
        return isFlat();
    }

    private boolean rounds(int rounds) {
        LongConsumer sampler = sampler("rounds");
        for (int i = 1; i <= rounds; i++) {
            try (TextEmbedder embedder = TextEmbedder.load(MODEL)) {
                embedder.embed("A man is eating food.");
            }
            if (i % Math.max(1, rounds / SAMPLES) == 0) {
                sampler.accept(i);
            }
        }
        return isFlat();
    }

    private LongConsumer sampler(String what) {
        System.out.println(what + "  resident MiB");
        return done -> {
            double mebibytes = residentMebibytes();
            resident.add(mebibytes);
            System.out.printf(Locale.ROOT, "%d  %.0f%n", done, mebibytes);
        };
    }

    /** Whether the second half of the samples is no larger than the first. */
    private boolean isFlat() {
        int half = resident.size() / 2;
        double first = resident.subList(0, half).stream().mapToDouble(m -> m).max().orElse(0);
        double second = resident.subList(half, resident.size()).stream().mapToDouble(m -> m).max().orElse(0);
        boolean flat = second <= FLAT * first;
        System.out.printf(Locale.ROOT, "largest of the first half %.0f MiB, of the second %.0f: %s%n", first, second,
                flat ? "flat" : "growing");
        return flat;
    }

    /** As Linux counts it. */
    private static double residentMebibytes() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(l -> l.startsWith("VmRSS:"))
                    .mapToDouble(l -> Long.parseLong(l.replaceAll("\\D+", "")) / 1024.0).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
