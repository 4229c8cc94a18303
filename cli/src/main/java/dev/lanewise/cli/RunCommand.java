package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.SessionOptions.WarmUp;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.TensorFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise run}: a model on tensors from files. */
@Command(name = "run", description = "Runs a model on tensors from files.", mixinStandardHelpOptions = true,
        versionProvider = Main.Versions.class,
        sortOptions = false)
final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = ModelArgument.DESCRIPTION)
    private String model;

    @Option(names = "--input", paramLabel = "NAME=FILE",
            description = "A tensor for an input: a NumPy file (.npy) or an ONNX tensor (.pb).")
    private Map<String, Path> files = new LinkedHashMap<>();

    @Option(names = "--output", paramLabel = "DIR", description = "Writes each output to a NumPy file in this folder.")
    private Path folder;

    @Option(names = "--profile", description = "Prints the time of each step.")
    private boolean profile;

    @Option(names = "--trace", paramLabel = "FILE.json",
            description = "Writes the steps of the last run for chrome://tracing or ui.perfetto.dev.")
    private Path trace;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "1",
            description = "Runs it so often; more give a steadier profile. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Mixin
    private WeightsOption weights;

    @Mixin
    private AdaptiveOption adaptive;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1",
            description = "Threads; default: ${DEFAULT-VALUE}.")
    private int threads;

    @Override
    public Integer call() throws Exception {
        Usage.atLeast(spec, "--threads", threads, 1);
        Usage.atLeast(spec, "--runs", runs, 1);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        ModelSource source = ModelArgument.source(model);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (Map.Entry<String, Path> e : files.entrySet()) {
            inputs.put(e.getKey(), read(e.getValue()));
        }
        adaptive.with(inputs);
        boolean timed = profile || trace != null;
        SessionOptions how = SessionOptions.defaults().withThreads(threads).withProfile(timed)
                .withWarmUp(timed ? WarmUp.EAGER : WarmUp.NONE);
        try (Model loaded =
                Progress.during(err, "loading " + model, () -> Model.load(source, adaptive.in(weights.options())));
                Session session = loaded.newSession(how)) {
            Outputs outputs = Progress.during(err, "running", () -> run(session, inputs));
            out.print(table(outputs));
            if (folder != null) {
                write(outputs, err);
            }
            if (profile) {
                out.println();
                out.print(session.profile().toTable());
            }
            if (trace != null) {
                Files.writeString(trace, session.profile().toChromeTrace());
            }
            out.flush();
        }
        return 0;
    }

    private Outputs run(Session session, Map<String, Tensor> inputs) {
        Outputs outputs = session.run(inputs);
        for (int i = 1; i < runs; i++) {
            outputs = session.run(inputs);
        }
        return outputs;
    }

    private static Tensor read(Path file) throws IOException {
        String name = file.toString();
        if (name.endsWith(".npy")) {
            return NpyFile.read(file);
        }
        if (name.endsWith(".pb")) {
            return TensorFile.read(ModelSource.of(file));
        }
        throw new InvalidInputException("--input", "a file ending in .npy or .pb", name, "convert it");
    }

    private static Table table(Outputs outputs) {
        Table table = new Table("llrrr").row("output", "shape", "min", "max", "mean");
        for (String name : outputs.names()) {
            Tensor t = outputs.get(name);
            Summary s = Summary.of(t);
            table.row(InvalidInputException.printable(name), t, s.minText(), s.maxText(), s.meanText());
        }
        return table;
    }

    private void write(Outputs outputs, PrintWriter err) throws IOException {
        Files.createDirectories(folder);
        Set<String> used = new HashSet<>();
        for (String name : outputs.names()) {
            String plain = name.replaceAll("[^A-Za-z0-9._-]", "_");
            String unique = plain;
            for (int i = 2; !used.add(unique); i++) {
                unique = plain + "-" + i;
            }
            Tensor t = outputs.get(name);
            Path file = folder.resolve(unique + (NpyFile.canHold(t.type()) ? ".npy" : ".pb"));
            if (NpyFile.canHold(t.type())) {
                NpyFile.write(file, t);
            } else {
                TensorFile.write(file, name, t);
            }
            err.println("wrote " + file);
        }
        err.flush();
    }
}
