package dev.lanewise.bench.work;

import dev.lanewise.bench.Job;
import dev.lanewise.bench.engine.Engines;
import dev.lanewise.bench.model.ReferenceModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Starts processes in turn that load a model and embed texts, and report their memory. Arguments: how many of each. */
public final class MemoryWork {
    /** What Lanewise is called where the JVM has the options of a long-running command. */
    public static final String HUGE_PAGES = Engines.LANEWISE + ", huge pages";

    private MemoryWork() {
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        ReferenceModel model = ReferenceModel.MINILM;
        model.tokenizerFile();
        Map<String, List<String>> programs = new LinkedHashMap<>();
        List<String> ours = Programs.lanewise(MemoryProgram.class);
        programs.put(Engines.LANEWISE, ours);
        List<String> huge = new ArrayList<>(ours);
        huge.addAll(1, Job.LONG_RUNNING);
        programs.put(HUGE_PAGES, huge);
        for (String engine : Engines.ONNX_RUNTIMES) {
            programs.put(engine, Programs.onnxRuntime(engine, MemoryProgram.class));
        }
        for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
            for (String mode : MemoryProgram.MODES) {
                for (Map.Entry<String, List<String>> p : programs.entrySet()) {
                    Emit.doing(p.getKey() + ", " + mode);
                    run(p.getKey(), p.getValue(), List.of(p.getKey().equals(HUGE_PAGES) ? Engines.LANEWISE : p.getKey(),
                            mode, model.onnx().toString()));
                }
            }
        }
    }

    /**
     * What a process of Lanewise alone measures.
     *
     * @param mode resident or heap
     * @return bytes
     */
    public static double measure(Path model, String mode) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(Programs.lanewise(MemoryProgram.class));
        command.addAll(List.of(Engines.LANEWISE, mode, model.toString()));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        double found = Double.NaN;
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] f = line.split("\t");
                found = f[1].equals(mode) ? Double.parseDouble(f[2]) : found;
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException(mode + " of " + model + " failed");
        }
        return found;
    }

    private static void run(String engine, List<String> command, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(command);
        all.addAll(arguments);
        Process process = new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            in.lines().map(line -> line.split("\t"))
                    .forEach(f -> Emit.value("memory/" + engine + "/" + f[1], Double.parseDouble(f[2])));
        }
        if (process.waitFor() != 0) {
            throw new IOException(engine + " failed");
        }
    }
}
