package dev.lanewise.bench.prune;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.bench.Statistics;
import dev.lanewise.bench.similarity.Glosses;
import dev.lanewise.bench.similarity.Likeness;
import dev.lanewise.bench.work.Alternation;
import dev.lanewise.bench.work.Alternation.Entrant;
import dev.lanewise.loaders.onnx.OnnxFormat;
import dev.lanewise.models.BuiltInModels;
import dev.lanewise.models.EmbedderOptions;
import dev.lanewise.models.ModelFiles;
import dev.lanewise.models.TextEmbedder;
import dev.lanewise.models.TextInputs;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.prune.Criterion;
import dev.lanewise.quant.prune.Embedding;
import dev.lanewise.quant.prune.NeuronScores;
import dev.lanewise.quant.prune.Pruner;
import dev.lanewise.quant.prune.Selection;
import dev.lanewise.quant.prune.WidthSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code lanewise report pruning}: how much of a sentence encoder is left at shares of its compute, by importance of neurons, way of
 * spreading the share over the blocks, and with the refit.
 */
@Command(name = "pruning", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Prunes all-minilm-l6-v2 in several ways and writes how its similarities and its time change.")
public final class PruningReport implements Callable<Integer> {
    private static final double[] BUDGETS = {0.9, 0.8, 0.7, 0.6, 0.5, 0.4};
    private static final String MODEL = "all-minilm-l6-v2";
    private static final int BATCH = 64;
    private static final double WARM_SECONDS = 1;
    private static final int TOKENS = 128;

    @Option(names = "--wordnet", paramLabel = "DIR", defaultValue = "/usr/share/wordnet",
            description = "WordNet's data files; default: ${DEFAULT-VALUE}.")
    private Path wordnet;

    @Option(names = "--calibration", paramLabel = "N", defaultValue = "1024",
            description = "Glosses that neurons are scored and refitted on; default: ${DEFAULT-VALUE}.")
    private int calibration;

    @Option(names = "--validation", paramLabel = "N", defaultValue = "128",
            description = "Glosses that widths are found on; default: ${DEFAULT-VALUE}.")
    private int validation;

    @Option(names = "--held-out", paramLabel = "N", defaultValue = "2000",
            description = "Other glosses that the models are compared on; default: ${DEFAULT-VALUE}.")
    private int heldOut;

    @Option(names = "--budgets", split = ",", paramLabel = "SHARE", description = "Default: 0.9 to 0.4.")
    private double[] budgets = BUDGETS;

    @Option(names = "--spreads", split = ",", paramLabel = "SPREAD", defaultValue = "divergence,uniform",
            description = "divergence, entropy, uniform; default: ${DEFAULT-VALUE}. Searches take long.")
    private List<String> spreads;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0.05",
            description = "Of the similarities; default: ${DEFAULT-VALUE}.")
    private double temperature;

    @Option(names = "--no-latency", description = "Leaves out the times, which need an idle machine.")
    private boolean noLatency;

    @Option(names = "--no-quality", description = "Leaves out all but the times.")
    private boolean noQuality;

    @Option(names = "--output", paramLabel = "FILE", required = true, description = "Where the tables go, in Markdown.")
    private Path output;

    private LoadedModel loaded;
    private TextInputs inputs;
    private ModelFiles files;
    private Pruner pruner;
    private List<String> texts;
    private float[][] full;
    private final StringBuilder page = new StringBuilder();

    /** A way to prune: what a budget makes of the model. */
    private record Way(String order, String spread, boolean refit) {
    }

    @Override
    public Integer call() throws Exception {
        files = BuiltInModels.find(MODEL);
        loaded = new OnnxFormat().read(files.model(), LoadOptions.defaults());
        inputs = TextInputs.of(MODEL, loaded.metadata(), files.tokenizer(), TOKENS);
        pruner = new Pruner(loaded.graph(),
                new Embedding.Mean(TextInputs.hiddenOutput(loaded.metadata()), TextInputs.MASK),
                KernelMode.ofProperty());
        List<String> glosses = Glosses.read(wordnet);
        Calibration scoring = samples(glosses.subList(0, calibration));
        Calibration tuning = samples(glosses.subList(calibration, calibration + validation));
        texts = glosses.subList(calibration + validation, calibration + validation + heldOut);
        full = noQuality ? null : embed(pruner.sorted(pruner.random(0)));
        page.append(String.format(Locale.ROOT, "Temperature of similarities: %.4g.%n%n", temperature));
        Map<String, NeuronScores> orders = new LinkedHashMap<>();
        if (!noQuality) {
            orders.put("amp", timed("amp scores", () -> pruner.amp(scoring, temperature)));
            orders.put("activation", timed("activation scores", () -> pruner.activation(scoring)));
            orders.put("random", pruner.random(1));
            heading();
        }
        Map<String, int[]> searched = new LinkedHashMap<>();
        for (Map.Entry<String, NeuronScores> order : orders.entrySet()) {
            for (Criterion criterion : Criterion.values()) {
                if (!spreads(order.getKey()).contains(name(criterion))) {
                    continue;
                }
                try (WidthSearch search = pruner.search(order.getValue(), tuning, temperature, criterion)) {
                    for (double budget : budgets) {
                        String key = key(order.getKey(), name(criterion), budget);
                        searched.put(key, timed(key, () -> search.within(budget).widths()));
                    }
                }
            }
            for (boolean refit : noQuality ? new boolean[0] : new boolean[] {false, true}) {
                for (String spread : spreads(order.getKey())) {
                    row(new Way(order.getKey(), spread, refit), order.getValue(), searched, scoring);
                }
            }
        }
        if (!noQuality) {
            widths(searched);
        }
        if (!noLatency) {
            latency(pruner.random(0));
        }
        return 0;
    }

    /** What is searched by importance makes no sense without. */
    private List<String> spreads(String order) {
        return order.equals("random") ? List.of("uniform") : spreads;
    }

    private static String name(Criterion criterion) {
        return criterion.name().toLowerCase(Locale.ROOT);
    }

    private static String key(String order, String spread, double budget) {
        return order + ", " + spread + ", " + budget;
    }

    private Calibration samples(List<String> of) {
        return Calibration.of(of.stream().map(inputs::of).toList(), BATCH);
    }

    private static <T> T timed(String what, Callable<T> work) throws Exception {
        long started = System.nanoTime();
        T result = work.call();
        System.err.printf(Locale.ROOT, "%s: %.1f s%n", what, (System.nanoTime() - started) / 1e9);
        return result;
    }

    private Model model(Selection selection) {
        return Model.of(MODEL, selection.graph(), loaded.metadata(), LoadOptions.defaults());
    }

    private float[][] embed(Selection selection) throws IOException {
        try (TextEmbedder embedder = TextEmbedder.of(model(selection), files.tokenizer(),
                EmbedderOptions.defaults().withMaxLength(TOKENS))) {
            return embedder.embed(texts);
        }
    }

    private void heading() throws IOException {
        page.append("Spearman correlation of the similarities of all pairs of ").append(heldOut)
                .append(" glosses with those of the whole model, and the share of glosses whose nearest other gloss is the same, by "
                        + "share of compute.\n\n| order | spread | refit |");
        for (double budget : budgets) {
            page.append(String.format(Locale.ROOT, " %.1f |", budget));
        }
        page.append("\n| --- | --- | --- |").append(" ---: |".repeat(budgets.length)).append('\n');
        save();
    }

    private void row(Way way, NeuronScores scores, Map<String, int[]> searched, Calibration scoring) throws Exception {
        page.append("| ").append(way.order).append(" | ").append(way.spread).append(" | ")
                .append(way.refit ? "yes" : "").append(" |");
        for (double budget : budgets) {
            int[] widths = way.spread.equals("uniform") ? pruner.uniformWidths(budget)
                    : searched.get(key(way.order, way.spread, budget));
            Likeness found = timed(way + " " + budget, () -> Likeness.of(full, embed(way.refit
                    ? pruner.repaired(scores, widths, scoring, Pruner.RIDGE) : pruner.cut(scores, widths))));
            page.append(String.format(Locale.ROOT, " %.3f, %.0f %% |", found.spearman(), 100 * found.topOne()));
        }
        page.append('\n');
        save();
    }

    private void widths(Map<String, int[]> searched) throws IOException {
        page.append(
                "\nNeurons that the search by divergence keeps in each block, of 1536:\n\n| order | compute | neurons |\n| --- | ---: | --- |\n");
        for (double budget : budgets) {
            for (String order : List.of("amp", "activation")) {
                int[] widths = searched.get(key(order, name(Criterion.DIVERGENCE), budget));
                page.append(String.format(Locale.ROOT, "| %s | %.3f | %s |%n", order, pruner.compute(widths),
                        Arrays.stream(widths).mapToObj(Integer::toString).collect(Collectors.joining(", "))));
            }
        }
        save();
    }

    /** One text of 128 tokens, one thread, all sizes in turn. */
    private void latency(NeuronScores scores) throws Exception {
        List<Model> models = new ArrayList<>();
        List<Session> sessions = new ArrayList<>();
        List<Entrant> entrants = new ArrayList<>();
        Map<String, Tensor> text = inputs.of("word ".repeat(TOKENS));
        Map<String, int[]> sizes = new LinkedHashMap<>();
        sizes.put("1", pruner.fullWidths());
        for (double budget : budgets) {
            sizes.put(Double.toString(budget), pruner.uniformWidths(budget));
        }
        sizes.forEach((name, widths) -> {
            models.add(model(pruner.cut(scores, widths)));
            sessions.add(models.getLast().newSession());
            Session session = sessions.getLast();
            entrants.add(new Entrant(name, () -> session.run(text)));
        });
        Map<String, double[]> times = Alternation.measure(entrants, WARM_SECONDS);
        page.append("\nTime of a text of ").append(TOKENS)
                .append(" tokens, one thread, medians of runs in turn, the same share in all blocks:\n\n"
                        + "| budget | compute | time | of the whole model's |\n| ---: | ---: | ---: | ---: |\n");
        double whole = Statistics.median(times.get("1"));
        times.forEach((name, t) -> page.append(String.format(Locale.ROOT, "| %s | %.3f | %.2f ms | %.3f |%n", name,
                pruner.compute(sizes.get(name)), Statistics.median(t), Statistics.median(t) / whole)));
        save();
        sessions.forEach(Session::close);
        models.forEach(Model::close);
    }

    private void save() throws IOException {
        Files.writeString(output, page.toString());
    }
}
