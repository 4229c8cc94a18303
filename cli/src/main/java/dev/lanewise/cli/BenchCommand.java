package dev.lanewise.cli;

import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.cli.peer.Peer;
import dev.lanewise.cli.peer.Peers;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise bench}: how long a run takes, alone or beside another engine. */
@Command(name = "bench", mixinStandardHelpOptions = true, versionProvider = Main.Versions.class, sortOptions = false,
        description = "Measures the runs of a model on random inputs, alone or in turn with another engine.")
final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = ModelArgument.DESCRIPTION)
    private String model;

    @Option(names = "--shape", paramLabel = "[NAME=]1x128", description = ShapeArguments.DESCRIPTION)
    private List<String> shapes = List.of();

    @Mixin
    private WeightsOption weights;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1",
            description = "Threads; default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "100",
            description = "Measured runs; default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(names = "--warmup", paramLabel = "N", defaultValue = "50",
            description = "Runs before, not measured; default: ${DEFAULT-VALUE}.")
    private int warmup;

    @Option(names = "--against", paramLabel = "onnxruntime[:VERSION]",
            description = "Another engine in the same process, which runs in turn with this one on the same inputs. "
                    + "Its jar is fetched through Maven the first time.")
    private String against;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    /** Both engines' times and how far their outputs are apart; {@code theirs} is null without a peer. */
    private record Measured(Map<String, int[]> shapes, Timings ours, String peerName, String peerVersion,
            Timings theirs, Difference difference) {
        double ratio() {
            return ours.median() / theirs.median();
        }
    }

    @Override
    public Integer call() throws Exception {
        Usage.atLeast(spec, "--threads", threads, 1);
        Usage.atLeast(spec, "--runs", runs, 1);
        Usage.atLeast(spec, "--warmup", warmup, 0);
        PrintWriter err = spec.commandLine().getErr();
        ModelSource source = ModelArgument.source(model);
        try (Model loaded =
                Progress.during(err, "loading " + model, () -> Model.load(source, weights.options()));
                Session session = loaded.newSession(SessionOptions.defaults().withThreads(threads));
                Peer peer = against == null ? null
                        : Progress.during(err, "loading " + against, () -> Peers.open(against, source, threads))) {
            Map<String, int[]> resolved = ShapeArguments.resolve(shapes, loaded.metadata().inputs());
            Map<String, Tensor> inputs =
                    new RandomInputs(loaded.compiled().imported()).make(loaded.metadata().inputs(), resolved);
            Measured measured = Progress.during(err, "measuring " + warmup + " + " + runs + " runs",
                    () -> measure(session, peer, inputs, resolved));
            if (json) {
                Json.print(spec.commandLine().getOut(), document(measured));
            } else {
                print(loaded, measured);
            }
        }
        return 0;
    }

    private Measured measure(Session session, Peer peer, Map<String, Tensor> inputs, Map<String, int[]> resolved)
            throws Exception {
        Outputs outputs = session.run(inputs);
        Difference difference = null;
        if (peer != null) {
            peer.setInputs(inputs);
            difference = Difference.of(outputs, peer.outputs());
        }
        long[] ours = new long[runs];
        long[] theirs = new long[runs];
        for (int i = -warmup; i < runs; i++) {
            long t0 = System.nanoTime();
            session.run(inputs);
            long t1 = System.nanoTime();
            if (peer != null) {
                peer.run();
            }
            long t2 = System.nanoTime();
            if (i >= 0) {
                ours[i] = t1 - t0;
                theirs[i] = t2 - t1;
            }
        }
        return new Measured(resolved, Timings.of(ours), peer == null ? null : peer.name(),
                peer == null ? null : peer.version(), peer == null ? null : Timings.of(theirs), difference);
    }

    private void print(Model loaded, Measured m) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(model + ", " + m.shapes.entrySet().stream()
                .map(e -> e.getKey() + "=" + ShapeArguments.text(e.getValue())).collect(Collectors.joining(", ")));
        out.println(threads + (threads == 1 ? " thread, " : " threads, ") + runs + " runs after " + warmup + ", "
                + loaded.kernels() + " kernels"
                + (loaded.vectorBits() == 0 ? "" : " of " + loaded.vectorBits() + " bits"));
        out.println();
        Table table = new Table("lr").row("", "median", "p90", "min");
        row(table, "lanewise", m.ours);
        if (m.theirs != null) {
            row(table, m.peerName + " " + m.peerVersion, m.theirs);
        }
        out.print(table);
        if (m.theirs != null) {
            out.printf(Locale.ROOT,
                    "%nratio of medians %.3f (below 1: lanewise is faster); largest difference of outputs"
                            + " %.3g (%.3g of the largest value)%n",
                    m.ratio(), m.difference.absolute(),
                    m.difference.relative());
        }
        out.flush();
    }

    private static void row(Table table, String name, Timings t) {
        table.row(name, millis(t.median()), millis(t.p90()), millis(t.min()));
    }

    private static String millis(double value) {
        return String.format(Locale.ROOT, "%.3f ms", value);
    }

    private Map<String, Object> document(Measured m) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", model);
        document.put("shape", m.shapes);
        document.put("threads", threads);
        document.put("runs", runs);
        document.put("median_ms", m.ours.median());
        document.put("p90_ms", m.ours.p90());
        document.put("min_ms", m.ours.min());
        if (m.theirs != null) {
            Map<String, Object> peer = new LinkedHashMap<>();
            peer.put("name", m.peerName);
            peer.put("version", m.peerVersion);
            peer.put("median_ms", m.theirs.median());
            peer.put("p90_ms", m.theirs.p90());
            peer.put("min_ms", m.theirs.min());
            document.put("against", peer);
            document.put("ratio", m.ratio());
            document.put("max_difference", m.difference.absolute());
            document.put("max_relative_difference", m.difference.relative());
        }
        return document;
    }
}
