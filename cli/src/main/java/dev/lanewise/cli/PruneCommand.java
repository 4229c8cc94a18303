package dev.lanewise.cli;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.Tensor;
import dev.lanewise.Version;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.prune.BudgetedWidths;
import dev.lanewise.quant.prune.Criterion;
import dev.lanewise.quant.prune.NeuronScores;
import dev.lanewise.quant.prune.Pruner;
import dev.lanewise.quant.prune.Selection;
import dev.lanewise.quant.prune.WidthSearch;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise prune}: a transformer with its neurons in the order of importance, or with fewer of them. */
@Command(name = "prune", description = "Makes a transformer elastic, or smaller: sorts the hidden neurons of its "
        + "feed-forward blocks by importance, without labels or training, and drops what a budget leaves out.",
        mixinStandardHelpOptions = true, versionProvider = Main.Versions.class, sortOptions = false)
final class PruneCommand implements Callable<Integer> {
    private static final String AUTO = "auto";
    private static final int GRANULARITIES = 4;
    /** One batch of so many is kept for the widths. */
    private static final int VALIDATION = 4;

    /** How neurons are scored. */
    enum Method {
        AMP, ACTIVATION
    }

    /** How a budget is spread over the blocks. */
    enum Spread {
        DIVERGENCE, BISECTION, UNIFORM
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = ModelArgument.DESCRIPTION
            + " Float weights; a file is an ONNX text encoder.")
    private String model;

    @Option(names = "--calibrate", paramLabel = "FILE", required = true,
            description = "What to observe the model on. For an ONNX model texts, one a line, UTF-8; for a folder images (IDX, "
                    + "NAME-images-idx3-ubyte.gz, their labels beside it) or a text.")
    private Path calibrate;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", required = true,
            description = "Where the model goes, of a folder another one. What was found goes beside it, FILE with .json at its "
                    + "end, or into the folder, as pruning.json.")
    private Path output;

    @Option(names = "--budget", paramLabel = "SHARE",
            description = "Share of the multiply-adds of linear layers that may be left, as 0.6; without it all neurons stay, sorted.")
    private Double budget;

    @Option(names = "--method", paramLabel = "amp|activation", defaultValue = "amp",
            description = "Importance by the entropy of similarities and its gradients (Adaptive MLP Pruning), or by the size of "
                    + "what a neuron adds, which is faster. Default: ${DEFAULT-VALUE}.")
    private Method method;

    @Option(names = "--spread", paramLabel = "divergence|bisection|uniform", defaultValue = "divergence",
            description = "Widths by halving, from the last block to the first, until a block changes the similarities too much "
                    + "(divergence) or raises their entropy too much (bisection, as in the paper); or the same share of each block. "
                    + "Default: ${DEFAULT-VALUE}.")
    private Spread spread;

    @Option(names = "--repair", description = "Refits what is left to what the blocks gave before (needs --budget).")
    private boolean repair;

    @Option(names = "--whole",
            description = "Keeps all neurons whatever the budget, whose widths are then in the JSON alone.")
    private boolean whole;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "64",
            description = "Samples whose similarities are taken together; default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--temperature", paramLabel = "T|auto", defaultValue = "0.05",
            description = "Of the similarities: a number, or auto for where their entropy is half of what it can be. "
                    + "Default: ${DEFAULT-VALUE}, as for most of the paper's models.")
    private String temperature;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "1024",
            description = "Images, or windows of a text, to use at most; lines are all used. Default: ${DEFAULT-VALUE}.")
    private int most;

    @Mixin
    private TextOption text;

    @Mixin
    private FormatOption format;

    @Option(names = "--json", description = "Prints what goes into the JSON file.")
    private boolean json;

    /** What was found. */
    private record Found(Pruner pruner, double temperature, NeuronScores scores, BudgetedWidths widths,
            Calibration scoring, Calibration validation) {
    }

    @Override
    public Integer call() throws Exception {
        Usage.atLeast(spec, "--batch", batch, 2);
        text.check(spec);
        Usage.atLeast(spec, "--samples", most, 2);
        if ((repair || whole) && budget == null || repair && whole) {
            throw new ParameterException(spec.commandLine(), "--repair and --whole go with --budget, one of them");
        }
        double given = given();
        format.checkUnused(spec);
        if (Files.isDirectory(output) && Files.isSameFile(output, Path.of(this.model))) {
            throw new InvalidInputException("output", "another folder than the model's", output.toString(),
                    "name another");
        }
        Quantizable source = format.isGiven() ? Quantizable.of(this.model) : null;
        if (source != null) {
            format.check(spec, source, true);
        }
        Prunable model = Prunable.of(this.model, text.tokenizer(), text.maxLength(), most);
        Calibration all = Calibration.of(model.samples(calibrate), batch);
        Found found = find(model, given, part(all, false), part(all, true));
        int[] widths = found.widths.widths();
        Pruner pruner = found.pruner;
        Selection selection = repair
                ? Progress.during(spec.commandLine().getErr(), "refitting",
                        () -> pruner.repaired(found.scores, widths, found.scoring, Pruner.RIDGE))
                : whole ? pruner.sorted(found.scores) : pruner.cut(found.scores, widths);
        int[] stored = whole ? pruner.fullWidths() : widths;
        Writing writing = to -> model.write(to, selection, Arrays.stream(stored).boxed().toList(), nested(stored));
        Quantized quantized = null;
        if (source == null) {
            writing.to(output);
        } else {
            quantized = quantized(source, writing, found);
        }
        StringWriter document = new StringWriter();
        Json.print(new PrintWriter(document), document(found, quantized));
        Files.writeString(model.document(output), document.toString());
        if (json) {
            spec.commandLine().getOut().print(document);
        } else {
            print(pruner, widths);
            if (quantized != null) {
                spec.commandLine().getOut().println();
                quantized.print(spec.commandLine().getOut(), output);
            }
        }
        spec.commandLine().getOut().flush();
        return 0;
    }

    /** Writes the pruned model to a place. */
    private interface Writing {
        void to(Path place) throws IOException;
    }

    /** By way of the pruned model in FLOAT, which quantisation observes on what neurons were scored on. */
    private Quantized quantized(Quantizable whole, Writing writing, Found found) throws IOException {
        Path folder = Files.createTempDirectory("lanewise");
        Path pruned = folder.resolve("model");
        try {
            writing.to(pruned);
            FormatOption.Written written = format.write(spec, Quantizable.of(pruned), output, found.scoring);
            return Quantized.of(whole, output, written, found.validation.all());
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
            }
        }
    }

    /** The temperature of the option; NaN for auto. */
    private double given() {
        try {
            double number = temperature.equals(AUTO) ? Double.NaN : Double.parseDouble(temperature);
            if (temperature.equals(AUTO) || number > 0 && number < Double.POSITIVE_INFINITY) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The same message as for a number that is none.
        }
        throw new ParameterException(spec.commandLine(),
                "--temperature: expected auto or a number above 0, found " + temperature);
    }

    private Found find(Prunable model, double given, Calibration scoring, Calibration validation) throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        Pruner pruner = new Pruner(model.graph(), model.embedding(), KernelMode.ofProperty());
        boolean searches = budget != null && spread != Spread.UNIFORM;
        boolean looksForIt = Double.isNaN(given) && (method == Method.AMP || searches);
        double t = looksForIt
                ? Progress.during(err, "finding the temperature", () -> pruner.temperature(scoring)) : given;
        NeuronScores scores = Progress.during(err, "scoring neurons on " + scoring.samples() + " " + model.kind(),
                () -> method == Method.AMP ? pruner.amp(scoring, t) : pruner.activation(scoring));
        if (!searches) {
            int[] widths = budget == null ? pruner.fullWidths() : pruner.uniformWidths(budget);
            return new Found(pruner, t, scores, new BudgetedWidths(Double.NaN, widths), scoring, validation);
        }
        Criterion criterion = spread == Spread.BISECTION ? Criterion.ENTROPY : Criterion.DIVERGENCE;
        BudgetedWidths widths = Progress.during(err,
                "finding widths on " + validation.samples() + " " + model.kind(), () -> {
                    try (WidthSearch search = pruner.search(scores, validation, t, criterion)) {
                        return search.within(budget);
                    }
                });
        return new Found(pruner, t, scores, widths, scoring, validation);
    }

    /** Of a few batches or more, every fourth is for widths and the others for scores; of one, it is for both. */
    private static Calibration part(Calibration all, boolean validation) {
        List<List<Map<String, Tensor>>> batches = all.batches();
        if (batches.size() == 1) {
            return all;
        }
        int last = Math.min(VALIDATION, batches.size()) - 1;
        return new Calibration(IntStream.range(0, batches.size())
                .filter(i -> i % VALIDATION == last == validation).mapToObj(batches::get).toList());
    }

    /** What makes the model elastic: quarters of the widest block. A refit holds for its own widths alone. */
    private List<Integer> nested(int[] stored) {
        int widest = Arrays.stream(stored).max().orElseThrow();
        return repair ? List.of() : IntStream.rangeClosed(1, GRANULARITIES)
                .map(i -> Math.max(1, Math.ceilDiv(widest * i, GRANULARITIES))).distinct().boxed().toList();
    }

    private Map<String, Object> document(Found found, Quantized quantized) {
        Pruner pruner = found.pruner;
        BudgetedWidths widths = found.widths;
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", model);
        document.put("producer", "lanewise " + Version.current());
        document.put("method", found.scores.method());
        document.put("source", "Adaptive MLP Pruning, arXiv 2603.08100");
        document.put("temperature", Double.isNaN(found.temperature) ? null : found.temperature);
        document.put("batch", found.scoring.batches().getFirst().size());
        document.put("calibration", calibrate.getFileName().toString());
        document.put("scoring_samples", found.scoring.samples());
        document.put("validation_samples", found.validation.samples());
        document.put("max_length", text.maxLength());
        document.put("budget", budget);
        document.put("spread", budget == null ? null : spread.name().toLowerCase(Locale.ROOT));
        document.put("threshold", Double.isNaN(widths.threshold()) ? null : widths.threshold());
        document.put("compute", pruner.compute(widths.widths()));
        document.put("cut", budget != null && !whole);
        document.put("repaired", repair);
        document.put("ridge", repair ? Pruner.RIDGE : null);
        document.put("widths", widths.widths());
        int[][] order = found.scores.order();
        document.put("blocks", IntStream.range(0, order.length).mapToObj(b -> {
            Map<String, Object> block = new LinkedHashMap<>();
            block.put("name", pruner.blocks().get(b).name());
            block.put("width", order[b].length);
            block.put("kept", widths.widths()[b]);
            block.put("order", order[b]);
            block.put("scores", Arrays.stream(found.scores.scores()[b]).boxed().toList());
            return block;
        }).toList());
        if (quantized != null) {
            quantized.putInto(document);
        }
        return document;
    }

    private void print(Pruner pruner, int[] widths) {
        PrintWriter out = spec.commandLine().getOut();
        Table table = new Table("lrr");
        table.row("block", "neurons", "kept");
        for (int b = 0; b < widths.length; b++) {
            table.row(Table.shortened(pruner.blocks().get(b).name(), 50), pruner.fullWidths()[b], widths[b]);
        }
        out.print(table);
        out.printf(Locale.ROOT, "%n%s: %.1f %% of the multiply-adds of linear layers%s%n", output,
                100 * pruner.compute(widths), whole ? " at these widths; all neurons are there, sorted" : "");
    }
}
