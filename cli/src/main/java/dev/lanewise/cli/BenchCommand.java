package dev.lanewise.cli;

import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Outputs;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.cli.peer.Peer;
import dev.lanewise.cli.peer.Peers;
import dev.lanewise.elastic.Submodel;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
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

    @Option(names = "--widths", paramLabel = "SHARE", split = ",",
            description = "Shares of its feed-forward blocks' widths, as 0.25,0.5,1: the model runs in each of these sizes in turn.")
    private List<Double> widths = List.of();

    @Mixin
    private AdaptiveOption adaptive;

    @Option(names = "--gate-histogram",
            description = "Prints how many learners the gates of adaptive computation modules chose for the tokens of these inputs.")
    private boolean histogram;

    @Option(names = "--against", paramLabel = "onnxruntime[:VERSION]",
            description = "Another engine in the same process, which runs in turn with this one on the same inputs. "
                    + "Its jar is fetched through Maven the first time.")
    private String against;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    /** What is measured: the whole model (both null), or one of its sizes. */
    private record Size(Double share, Submodel submodel, double compute) {
    }

    /** Times of each size and of the other engine, and how far their outputs are apart; {@code theirs} is null without a peer. */
    private record Measured(Map<String, int[]> shapes, List<Size> sizes, List<Timings> ours, String peerName,
            String peerVersion, Timings theirs, Difference difference) {
        /** Of the largest size. */
        double ratio() {
            return ours.getLast().median() / theirs.median();
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
                Progress.during(err, "loading " + model,
                        () -> Model.load(source,
                                adaptive.in(Widths.elastic(weights.options(), widths, spec))));
                Session session = loaded.newSession(SessionOptions.defaults().withThreads(threads));
                Peer peer = against == null ? null
                        : Progress.during(err, "loading " + against, () -> Peers.open(against, source, threads))) {
            Map<String, int[]> resolved = ShapeArguments.resolve(shapes, loaded.metadata().inputs());
            Map<String, Tensor> inputs = adaptive
                    .with(new RandomInputs(loaded.compiled().imported()).make(loaded.metadata().inputs(), resolved));
            Measured measured = Progress.during(err, "measuring " + warmup + " + " + runs + " runs",
                    () -> measure(session, sizes(loaded), peer, inputs, resolved));
            GateHistogram gates = histogram ? GateHistogram.of(session.run(inputs)) : null;
            if (json) {
                Map<String, Object> document = document(measured);
                if (gates != null) {
                    document.put("learners", gates.document());
                }
                Json.print(spec.commandLine().getOut(), document);
            } else {
                print(loaded, measured);
                if (gates != null) {
                    spec.commandLine().getOut().printf("%n%s", gates.table());
                    spec.commandLine().getOut().flush();
                }
            }
        }
        return 0;
    }

    private List<Size> sizes(Model loaded) {
        if (widths.isEmpty()) {
            return List.of(new Size(null, null, 1));
        }
        List<Double> shares = loaded.compiled().options().granularities();
        List<Size> sizes = new ArrayList<>();
        for (int i = 0; i < shares.size(); i++) {
            if (widths.contains(shares.get(i))) {
                Submodel submodel = loaded.elastic().granularities().get(i);
                sizes.add(new Size(shares.get(i), submodel, loaded.elastic().compute(submodel)));
            }
        }
        return sizes;
    }

    private Measured measure(Session session, List<Size> sizes, Peer peer, Map<String, Tensor> inputs,
            Map<String, int[]> resolved) throws Exception {
        List<RunOptions> each = sizes.stream().map(s -> RunOptions.defaults().withSubmodel(s.submodel)).toList();
        Outputs outputs = session.run(inputs, each.getLast());
        Difference difference = null;
        if (peer != null) {
            peer.setInputs(inputs);
            difference = Difference.of(outputs, peer.outputs());
        }
        long[][] ours = new long[sizes.size()][runs];
        long[] theirs = new long[runs];
        for (int i = -warmup; i < runs; i++) {
            for (int s = 0; s < ours.length; s++) {
                long began = System.nanoTime();
                session.run(inputs, each.get(s));
                long took = System.nanoTime() - began;
                if (i >= 0) {
                    ours[s][i] = took;
                }
            }
            long began = System.nanoTime();
            if (peer != null) {
                peer.run();
            }
            if (i >= 0) {
                theirs[i] = System.nanoTime() - began;
            }
        }
        return new Measured(resolved, sizes, Arrays.stream(ours).map(Timings::of).toList(),
                peer == null ? null : peer.name(),
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
        for (int i = 0; i < m.sizes.size(); i++) {
            Size size = m.sizes.get(i);
            row(table, size.share == null ? "lanewise" : String.format(Locale.ROOT,
                    "lanewise, width %s (%.0f %% of the multiply-adds)", size.share, 100 * size.compute),
                    m.ours.get(i));
        }
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
        put(document, m.ours.getLast());
        if (!widths.isEmpty()) {
            List<Map<String, Object>> sizes = new ArrayList<>();
            for (int i = 0; i < m.sizes.size(); i++) {
                Map<String, Object> size = new LinkedHashMap<>();
                size.put("width", m.sizes.get(i).share);
                size.put("compute", m.sizes.get(i).compute);
                put(size, m.ours.get(i));
                sizes.add(size);
            }
            document.put("widths", sizes);
        }
        if (m.theirs != null) {
            Map<String, Object> peer = new LinkedHashMap<>();
            peer.put("name", m.peerName);
            peer.put("version", m.peerVersion);
            put(peer, m.theirs);
            document.put("against", peer);
            document.put("ratio", m.ratio());
            document.put("max_difference", m.difference.absolute());
            document.put("max_relative_difference", m.difference.relative());
        }
        return document;
    }

    private static void put(Map<String, Object> document, Timings t) {
        document.put("median_ms", t.median());
        document.put("p90_ms", t.p90());
        document.put("min_ms", t.min());
    }
}
