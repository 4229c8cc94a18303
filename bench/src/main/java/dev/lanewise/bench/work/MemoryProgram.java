package dev.lanewise.bench.work;

import dev.lanewise.bench.cold.OnnxRuntimeProgram;
import dev.lanewise.bench.engine.Engines;
import dev.lanewise.bench.engine.TextBatch;
import dev.lanewise.models.TextEmbedder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads a model and embeds a batch of texts one by one, several times. Arguments: engine, mode, model. {@code heap} reports the
 * Java heap in use after load and a collection, {@code resident} the largest resident set of the whole process, which is
 * never asked to collect.
 */
public final class MemoryProgram {
    static final List<String> MODES = List.of("resident", "heap");
    private static final int TIMES = 20;

    private MemoryProgram() {
    }

    private interface Embedder {
        float[] embed(String text) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[1].equals("heap")) {
            double before = heapInUse();
            Embedder embedder = open(arguments[0], arguments[2]);
            Emit.value("heap", heapInUse() - before);
            embedder.embed("It is in use until now.");
        } else {
            Embedder embedder = open(arguments[0], arguments[2]);
            Emit.value("loaded", largestResidentSet());
            for (int i = 0; i < TIMES; i++) {
                for (String text : TextBatch.texts()) {
                    embedder.embed(text);
                }
            }
            Emit.value("resident", largestResidentSet());
        }
    }

    private static Embedder open(String engine, String model) throws Exception {
        return engine.equals(Engines.LANEWISE) ? TextEmbedder.load(model)::embed
                : new OnnxRuntimeProgram(model, 1)::embed;
    }

    private static double heapInUse() throws InterruptedException {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        for (int i = 0; i < 3; i++) {
            memory.gc();
            Thread.sleep(50); // for cleaners that let go of what the first collection found
        }
        return memory.getHeapMemoryUsage().getUsed();
    }

    /** In bytes, as Linux counts it. */
    private static double largestResidentSet() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(l -> l.startsWith("VmHWM:"))
                .mapToDouble(l -> 1024.0 * Long.parseLong(l.replaceAll("\\D+", ""))).findFirst().orElseThrow();
    }
}
