package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.Version;
import dev.lanewise.loaders.onnx.OnnxFormat;
import dev.lanewise.loaders.onnx.OnnxRewriter;
import dev.lanewise.models.TextInputs;
import dev.lanewise.quant.prune.BudgetedWidths;
import dev.lanewise.quant.prune.Calibration;
import dev.lanewise.quant.prune.Embedding;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise prune}: a text encoder with its neurons in the order of importance, or with fewer of them. */
@Command(name = "prune", description = "Makes a text encoder elastic, or smaller: sorts the hidden neurons of its "
        + "feed-forward blocks by importance, without labels or training, and drops what a budget leaves out.",
        mixinStandardHelpOptions = true, versionProvider = Main.Versions.class, sortOptions = false)
final class PruneCommand implements Callable<Integer> {
    private static final String NESTED_WIDTHS = "lanewise.nested_widths";
    private static final int GRANULARITIES = 4;
    /** One batch of so many is kept for the widths. */
    private static final int VALIDATION = 4;

    /** How neurons are scored. */
    enum Method {
        AMP, ACTIVATION
    }

    /** How a budget is spread over the blocks. */
    enum Spread {
        BISECTION, UNIFORM
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = ModelArgument.DESCRIPTION + " ONNX, float weights.")
    private String model;

    @Option(names = "--calibrate", paramLabel = "FILE", required = true,
            description = "Texts to observe the model on, one a line, UTF-8.")
    private Path calibrate;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", required = true,
            description = "Where the model goes; what was found goes beside it, FILE with .json at its end.")
    private Path output;

    @Option(names = "--budget", paramLabel = "SHARE",
            description = "Share of the multiply-adds of linear layers that may be left, as 0.6; without it all neurons stay, sorted.")
    private Double budget;

    @Option(names = "--method", paramLabel = "amp|activation", defaultValue = "amp",
            description = "Importance by the entropy of similarities and its gradients (Adaptive MLP Pruning), or by the size of "
                    + "what a neuron adds, which is faster. Default: ${DEFAULT-VALUE}.")
    private Method method;

    @Option(names = "--spread", paramLabel = "bisection|uniform", defaultValue = "bisection",
            description = "Widths by halving, from the last block to the first, until a block raises the entropy too much; or the "
                    + "same share of each block. Default: ${DEFAULT-VALUE}.")
    private Spread spread;

    @Option(names = "--repair", description = "Refits what is left to what the blocks gave before (needs --budget).")
    private boolean repair;

    @Option(names = "--whole",
            description = "Keeps all neurons whatever the budget, whose widths are then in the JSON alone.")
    private boolean whole;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "64",
            description = "Texts whose similarities are taken together; default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0.05",
            description = "Of the similarities; default: ${DEFAULT-VALUE}.")
    private double temperature;

    @Option(names = "--tokenizer", paramLabel = "FILE",
            description = "Its tokenizer.json; default: beside the model file or in the folder above.")
    private Path tokenizer;

    @Option(names = "--max-length", paramLabel = "N", defaultValue = "128",
            description = "Longest text in tokens, the rest is cut; default: ${DEFAULT-VALUE}.")
    private int maxLength;

    @Option(names = "--json", description = "Prints what goes into the JSON file.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Usage.atLeast(spec, "--batch", batch, 2);
        Usage.atLeast(spec, "--max-length", maxLength, 3);
        if (!(temperature > 0) || (repair || whole) && budget == null || repair && whole) {
            throw new ParameterException(spec.commandLine(), temperature > 0
                    ? "--repair and --whole go with --budget, one of them" : "--temperature: expected more than 0");
        }
        PrintWriter err = spec.commandLine().getErr();
        ModelSource source = ModelArgument.source(model);
        LoadedModel loaded = new OnnxFormat().read(source, LoadOptions.defaults());
        TextInputs inputs = TextInputs.of(source.name(), loaded.metadata(), TextInputs.tokenizer(model, tokenizer),
                maxLength);
        Calibration all = Calibration.of(texts().stream().map(inputs::of).toList(), batch);
        Pruner pruner = new Pruner(loaded.graph(),
                new Embedding.Mean(TextInputs.hiddenOutput(loaded.metadata()), TextInputs.MASK),
                KernelMode.ofProperty());
        Calibration scoring = part(all, false);
        Calibration validation = part(all, true);
        NeuronScores scores = Progress.during(err, "scoring neurons on " + scoring.samples() + " texts",
                () -> method == Method.AMP ? pruner.amp(scoring, temperature) : pruner.activation(scoring));
        BudgetedWidths widths = budget == null ? new BudgetedWidths(Double.NaN, pruner.fullWidths())
                : spread == Spread.UNIFORM ? new BudgetedWidths(Double.NaN, pruner.uniformWidths(budget))
                : Progress.during(err, "finding widths on " + validation.samples() + " texts",
                        () -> {
                            try (WidthSearch search = pruner.search(scores, validation, temperature)) {
                                return search.within(budget);
                            }
                        });
        Selection selection = repair
                ? Progress.during(err, "refitting",
                        () -> pruner.repaired(scores, widths.widths(), scoring, Pruner.RIDGE))
                : whole ? pruner.sorted(scores) : pruner.cut(scores, widths.widths());
        int[] stored = whole ? pruner.fullWidths() : widths.widths();
        Files.write(output, OnnxRewriter.rewrite(source, LoadOptions.defaults(), selection.constants(),
                nested(loaded, stored)));
        Map<String, Object> document = document(pruner, scores, widths, scoring, validation);
        StringWriter text = new StringWriter();
        Json.print(new PrintWriter(text), document);
        Files.writeString(Path.of(output + ".json"), text.toString());
        if (json) {
            spec.commandLine().getOut().print(text);
        } else {
            print(pruner, widths.widths());
        }
        spec.commandLine().getOut().flush();
        return 0;
    }

    private List<String> texts() throws IOException {
        List<String> lines = Files.readAllLines(calibrate).stream().filter(l -> !l.isBlank()).toList();
        if (lines.size() < 2) {
            throw new InvalidInputException("calibrate", "texts, one a line, " + 2 * batch + " or more",
                    lines.size() + " in " + calibrate, "give more");
        }
        return lines;
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

    /** The property that makes a model elastic: quarters of the widest block. A refit holds for its own widths alone. */
    private Map<String, String> nested(LoadedModel loaded, int[] stored) {
        int widest = Arrays.stream(stored).max().orElseThrow();
        if (repair) {
            return loaded.metadata().properties().containsKey(NESTED_WIDTHS)
                    ? Map.of(NESTED_WIDTHS, Integer.toString(widest)) : Map.of();
        }
        return Map.of(NESTED_WIDTHS, IntStream.rangeClosed(1, GRANULARITIES)
                .map(i -> Math.max(1, Math.ceilDiv(widest * i, GRANULARITIES))).boxed()
                .collect(Collectors.toCollection(TreeSet::new)).stream().map(String::valueOf)
                .collect(Collectors.joining(",")));
    }

    private Map<String, Object> document(Pruner pruner, NeuronScores scores, BudgetedWidths widths, Calibration scoring,
            Calibration validation) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", model);
        document.put("producer", "lanewise " + Version.current());
        document.put("method", scores.method());
        document.put("source", "Adaptive MLP Pruning, arXiv 2603.08100");
        document.put("temperature", temperature);
        document.put("batch", Math.min(batch, scoring.batches().getFirst().size()));
        document.put("calibration", calibrate.getFileName().toString());
        document.put("scoring_texts", scoring.samples());
        document.put("validation_texts", validation.samples());
        document.put("max_length", maxLength);
        document.put("budget", budget);
        document.put("spread", budget == null ? null : spread.name().toLowerCase(Locale.ROOT));
        document.put("threshold", Double.isNaN(widths.threshold()) ? null : widths.threshold());
        document.put("compute", pruner.compute(widths.widths()));
        document.put("cut", budget != null && !whole);
        document.put("repaired", repair);
        document.put("ridge", repair ? Pruner.RIDGE : null);
        document.put("widths", widths.widths());
        int[][] order = scores.order();
        document.put("blocks", IntStream.range(0, order.length).mapToObj(b -> {
            Map<String, Object> block = new LinkedHashMap<>();
            block.put("name", pruner.blocks().get(b).name());
            block.put("width", order[b].length);
            block.put("kept", widths.widths()[b]);
            block.put("order", order[b]);
            block.put("scores", Arrays.stream(scores.scores()[b]).boxed().toList());
            return block;
        }).toList());
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
