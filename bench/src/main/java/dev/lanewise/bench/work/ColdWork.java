package dev.lanewise.bench.work;

import dev.lanewise.bench.cold.ColdStart;
import dev.lanewise.bench.cold.LanewiseProgram;
import dev.lanewise.bench.cold.OnnxRuntimeProgram;
import dev.lanewise.bench.engine.Engines;
import dev.lanewise.bench.model.ReferenceModel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Starts whole processes in turn that embed a sentence, with Lanewise and with each ONNX Runtime, without and with an AOT cache of
 * the JVM that a run before made. Arguments: how many processes of each.
 */
public final class ColdWork {
    private static final int LIFE_MILLIS = 3_500;

    private ColdWork() {
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        ReferenceModel model = ReferenceModel.MINILM;
        model.tokenizerFile();
        String file = model.onnx().toString();
        Path caches = Files.createTempDirectory("lanewise-aot");
        Map<String, List<String>> programs = new LinkedHashMap<>();
        add(programs, Engines.LANEWISE, Programs.lanewise(LanewiseProgram.class), caches, file);
        for (String engine : Engines.ONNX_RUNTIMES) {
            add(programs, engine, Programs.onnxRuntime(engine, OnnxRuntimeProgram.class), caches, file);
        }
        int processes = Integer.parseInt(arguments[0]);
        for (int i = 0; i < processes; i++) {
            for (Map.Entry<String, List<String>> p : programs.entrySet()) {
                Emit.doing(p.getKey() + ", " + (i + 1) + " of " + processes);
                ColdStart.run(p.getValue(), file, 1, LIFE_MILLIS)
                        .forEach((what, value) -> Emit.value("cold/" + p.getKey() + "/" + what, value));
            }
        }
        for (File f : caches.toFile().listFiles()) {
            Files.delete(f.toPath());
        }
        Files.delete(caches);
    }

    /** The program as it is, and with a cache that a first run writes. */
    private static void add(Map<String, List<String>> programs, String engine, List<String> command, Path caches,
            String model) throws IOException, InterruptedException {
        Emit.doing("AOT cache of " + engine);
        Path cache = caches.resolve(engine + ".aot");
        ColdStart.run(with(command, "-XX:AOTCacheOutput=" + cache), model, 1, LIFE_MILLIS);
        if (!Files.isRegularFile(cache)) {
            throw new IOException("the JVM wrote no AOT cache for " + engine);
        }
        programs.put(engine + "/plain", command);
        programs.put(engine + "/aot", with(command, "-XX:AOTCache=" + cache));
    }

    /** The option right after the java executable. */
    private static List<String> with(List<String> command, String option) {
        List<String> all = new ArrayList<>(command);
        all.add(1, option);
        return all;
    }
}
