package dev.lanewise.cli;

import dev.lanewise.models.evaluation.Evaluation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise elastic}: the sizes that models can run in, also those that each input chooses, what they cost and how good they are. */
@Command(name = "elastic", mixinStandardHelpOptions = true, versionProvider = Main.Versions.class, sortOptions = false,
        description = "Lists the sizes that models can run in; with --curve measures their quality and latency.")
final class ElasticCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", arity = "1..*", description = ModelArgument.DESCRIPTION)
    private List<String> models;

    @Option(names = "--curve", description = "Measures quality and latency of each size.")
    private boolean curve;

    @Option(names = "--data", paramLabel = "FILE",
            description = "What to measure quality on: images as IDX files (NAME-images-idx3-ubyte.gz, labels beside it), or "
                    + "a text. Default: the folder data beside the model's.")
    private Path data;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "2147483647",
            description = "Images, or windows of the text, to use at most; default: all.")
    private int samples;

    @Option(names = "--plot", paramLabel = "FILE.png", description = "Also draws the curve.")
    private Path plot;

    @Mixin
    private WeightsOption weights;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1",
            description = "Threads; default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "100",
            description = "Samples that each size is timed on, five times each, in turn with the other sizes; default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(names = "--warmup", paramLabel = "N", defaultValue = "20",
            description = "Runs of each size before any is timed; default: ${DEFAULT-VALUE}.")
    private int warmup;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Usage.atLeast(spec, "--threads", threads, 1);
        Usage.atLeast(spec, "--samples", samples, 1);
        Usage.atLeast(spec, "--runs", runs, 1);
        Usage.atLeast(spec, "--warmup", warmup, 0);
        if (!curve && (data != null || plot != null)) {
            throw new ParameterException(spec.commandLine(), "--data and --plot need --curve");
        }
        if (plot != null && !Files.isDirectory(plot.toAbsolutePath().getParent())) {
            throw new NoSuchFileException(plot.toString());
        }
        PrintWriter err = spec.commandLine().getErr();
        List<CurveModel> opened = new ArrayList<>();
        try {
            for (String model : models) {
                opened.add(Progress.during(err, "loading " + model,
                        () -> CurveModel.open(model, weights.options(), threads)));
            }
            List<Evaluation> evaluations = curve ? evaluations(opened) : List.of();
            List<CurvePoint> points = curve
                    ? Progress.during(err, "measuring", () -> Curve.measure(opened, evaluations, warmup, runs))
                    : Curve.sizes(opened);
            if (json) {
                Json.print(spec.commandLine().getOut(), document(points, evaluations));
            } else {
                print(points, evaluations);
            }
            if (plot != null) {
                System.setProperty("java.awt.headless", "true");
                Evaluation e = evaluations.getFirst();
                CurveChart.of(points, e.metric() + ", " + e.unit(), conditions()).save(plot);
            }
        } finally {
            opened.forEach(CurveModel::close);
        }
        return 0;
    }

    /** All of one kind, else their points have no place in one curve. */
    private List<Evaluation> evaluations(List<CurveModel> opened) throws IOException {
        List<Evaluation> evaluations = new ArrayList<>();
        for (int m = 0; m < opened.size(); m++) {
            evaluations.add(CurveData.of(opened.get(m).model().metadata(), models.get(m), data, samples));
            if (!evaluations.get(m).unit().equals(evaluations.getFirst().unit())) {
                throw new ParameterException(spec.commandLine(), "one curve is of one measure: " + models.getFirst()
                        + " has " + evaluations.getFirst().unit() + ", " + models.get(m) + " has "
                        + evaluations.get(m).unit());
            }
        }
        return evaluations;
    }

    private String conditions() {
        return threads + (threads == 1 ? " thread" : " threads") + ", mean over " + runs + " samples after " + warmup
                + " runs";
    }

    private void print(List<CurvePoint> points, List<Evaluation> evaluations) {
        PrintWriter out = spec.commandLine().getOut();
        Table table = new Table("lllr");
        if (evaluations.isEmpty()) {
            table.row("model", "method", "size", "compute", "parameters");
        } else {
            Evaluation e = evaluations.getFirst();
            out.println(e.metric() + " in " + e.unit() + "; latency of one, " + conditions());
            out.println();
            table.row("model", "method", "size", "compute", "parameters", "latency", e.metric());
        }
        for (CurvePoint p : points) {
            List<Object> cells = new ArrayList<>(List.of(p.model(), p.method(), p.name(),
                    Double.isNaN(p.compute()) ? "by input" : number("%.3f", p.compute()),
                    Long.toString(p.parameters())));
            if (p.measured() != null) {
                cells.add(number("%.3f ms", p.measured().latencyMillis()));
                cells.add(number("%.4f", p.measured().quality()));
            }
            table.row(cells.toArray());
        }
        out.print(table);
        out.flush();
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private Map<String, Object> document(List<CurvePoint> points, List<Evaluation> evaluations) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("models", models);
        document.put("threads", threads);
        if (!evaluations.isEmpty()) {
            document.put("metric", evaluations.getFirst().metric());
            document.put("unit", evaluations.getFirst().unit());
            document.put("samples", evaluations.getFirst().samples());
            document.put("runs", runs);
        }
        document.put("points", points.stream().map(CurvePoint::document).toList());
        return document;
    }
}
