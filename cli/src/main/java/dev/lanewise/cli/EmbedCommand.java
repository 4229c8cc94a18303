package dev.lanewise.cli;

import dev.lanewise.RunOptions;
import dev.lanewise.SessionOptions;
import dev.lanewise.models.EmbedderOptions;
import dev.lanewise.models.TextEmbedder;
import dev.lanewise.models.TextEmbedding;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise embed}: texts to vectors, and how near they are to each other. */
@Command(name = "embed", description = "Turns texts into vectors and shows how similar they are.",
        mixinStandardHelpOptions = true, versionProvider = Main.Versions.class, sortOptions = false)
final class EmbedCommand implements Callable<Integer> {
    /** More texts than this make too wide a table: then the most similar pairs are listed. */
    private static final int MATRIX_TEXTS = 12;
    private static final int PAIRS = 20;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TEXT", arity = "1..*",
            description = "Texts; '-' alone reads one a line from stdin, UTF-8.")
    private List<String> arguments;

    @Option(names = "--model", paramLabel = "NAME|FILE", defaultValue = "all-minilm-l6-v2",
            description = ModelArgument.DESCRIPTION + " Default: ${DEFAULT-VALUE}.")
    private String model;

    @Option(names = "--tokenizer", paramLabel = "FILE",
            description = "Its tokenizer.json; default: beside the model file or in the folder above.")
    private Path tokenizer;

    @Option(names = "--max-length", paramLabel = "N", defaultValue = "0",
            description = "Longest text in tokens, the rest is cut; default: what the tokenizer says.")
    private int maxLength;

    @Mixin
    private WeightsOption weights;

    @Mixin
    private BudgetOption budget;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1",
            description = "Threads; default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Usage.atLeast(spec, "--threads", threads, 1);
        Usage.atLeast(spec, "--max-length", maxLength, 0);
        PrintWriter err = spec.commandLine().getErr();
        List<String> texts = texts();
        ModelArgument.check(model);
        EmbedderOptions options = EmbedderOptions.defaults().withTokenizer(tokenizer).withMaxLength(maxLength)
                .withLoad(budget.options(weights.options(), spec))
                .withSession(SessionOptions.defaults().withThreads(threads));
        long started = System.nanoTime();
        try (TextEmbedder embedder =
                Progress.during(err, "loading " + model, () -> TextEmbedder.load(model, options))) {
            double loadMillis = (System.nanoTime() - started) / 1e6;
            BudgetOption.Choice choice = budget.choose(embedder, model, threads, texts, spec, err);
            started = System.nanoTime();
            List<TextEmbedding> embeddings =
                    Progress.during(err, "embedding " + texts.size() + " texts", () -> embed(embedder, texts, choice));
            double runMillis = (System.nanoTime() - started) / 1e6;
            warnOfCuts(texts, embeddings, embedder.maxLength(), err);
            if (json) {
                Json.print(spec.commandLine().getOut(), document(embedder, embeddings, choice, loadMillis, runMillis));
            } else {
                print(texts, embeddings);
                spec.commandLine().getOut().printf(Locale.ROOT,
                        "%n%s: %d texts in %.1f ms, %.1f ms a text (loaded in %.0f ms); %s kernels%s, %d thread%s%n",
                        model, texts.size(), runMillis, runMillis / texts.size(), loadMillis,
                        embedder.model().kernels(),
                        embedder.model().vectorBits() == 0 ? "" : " of " + embedder.model().vectorBits() + " bits",
                        threads, threads == 1 ? "" : "s");
                if (choice != null) {
                    spec.commandLine().getOut().printf(Locale.ROOT, "%.0f %% of the whole model's multiply-adds%n",
                            100 * computes(embedder, texts.size(), choice).stream().mapToDouble(c -> c).average()
                                    .orElseThrow());
                }
                spec.commandLine().getOut().flush();
            }
        }
        return 0;
    }

    private static List<TextEmbedding> embed(TextEmbedder embedder, List<String> texts, BudgetOption.Choice choice) {
        if (choice == null || choice.isShared()) {
            return embedder.embedAll(texts, choice == null ? RunOptions.defaults() : choice.run(0));
        }
        List<TextEmbedding> embeddings = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            embeddings.addAll(embedder.embedAll(List.of(texts.get(i)), choice.run(i)));
        }
        return embeddings;
    }

    /** For each text what it took of the whole model's multiply-adds. */
    private static List<Double> computes(TextEmbedder embedder, int texts, BudgetOption.Choice choice) {
        return IntStream.range(0, texts).mapToObj(i -> embedder.model().elastic().compute(choice.run(i).submodel()))
                .toList();
    }

    private List<String> texts() throws IOException {
        if (!arguments.equals(List.of("-"))) {
            return arguments;
        }
        List<String> lines = new ArrayList<>();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (!line.isBlank()) {
                lines.add(line);
            }
        }
        if (lines.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Expected lines of text on stdin, found none");
        }
        return lines;
    }

    private static void warnOfCuts(List<String> texts, List<TextEmbedding> embeddings, int maxLength, PrintWriter err) {
        for (int i = 0; i < texts.size(); i++) {
            if (embeddings.get(i).truncated()) {
                err.println("text " + (i + 1) + " is cut at " + maxLength + " tokens: "
                        + Table.shortened(texts.get(i), 40));
            }
        }
        err.flush();
    }

    private Map<String, Object> document(TextEmbedder embedder, List<TextEmbedding> embeddings,
            BudgetOption.Choice choice, double loadMillis, double runMillis) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", model);
        document.put("provider", embedder.model().kernels());
        document.put("vector_bits", embedder.model().vectorBits());
        document.put("threads", threads);
        document.put("max_length", embedder.maxLength());
        document.put("tokens", embeddings.stream().map(TextEmbedding::tokens).toList());
        document.put("truncated", embeddings.stream().map(TextEmbedding::truncated).toList());
        document.put("embeddings", embeddings.stream().map(TextEmbedding::vector).toList());
        document.put("similarity",
                embeddings.stream().map(a -> embeddings.stream().map(a::similarity).toList()).toList());
        if (choice != null) {
            document.put("compute", computes(embedder, embeddings.size(), choice));
        }
        document.put("load_ms", loadMillis);
        document.put("run_ms", runMillis);
        return document;
    }

    private void print(List<String> texts, List<TextEmbedding> embeddings) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(texts.size() <= MATRIX_TEXTS ? matrix(texts, embeddings) : pairs(texts, embeddings));
    }

    /** Each text against those before it. */
    private static Table matrix(List<String> texts, List<TextEmbedding> embeddings) {
        int n = texts.size();
        Table table = new Table("rlr");
        Object[] head = new Object[n + 1];
        head[0] = "";
        head[1] = "";
        for (int j = 1; j < n; j++) {
            head[j + 1] = Integer.toString(j);
        }
        table.row(head);
        for (int i = 0; i < n; i++) {
            Object[] row = new Object[i + 2];
            row[0] = i + 1;
            row[1] = Table.shortened(texts.get(i), 44);
            for (int j = 0; j < i; j++) {
                row[j + 2] = number(embeddings.get(i).similarity(embeddings.get(j)));
            }
            table.row(row);
        }
        return table;
    }

    private static Table pairs(List<String> texts, List<TextEmbedding> embeddings) {
        record Pair(int a, int b, double similarity) {
        }
        PriorityQueue<Pair> best =
                new PriorityQueue<>(Comparator.comparingDouble(Pair::similarity));
        for (int i = 0; i < texts.size(); i++) {
            for (int j = 0; j < i; j++) {
                best.add(new Pair(j, i, embeddings.get(i).similarity(embeddings.get(j))));
                if (best.size() > PAIRS) {
                    best.remove();
                }
            }
        }
        Table table = new Table("rll").row("", "the " + best.size() + " most similar pairs", "");
        best.stream().sorted(Comparator.comparingDouble(Pair::similarity).reversed())
                .forEach(p -> table.row(number(p.similarity), Table.shortened(texts.get(p.a), 44),
                        Table.shortened(texts.get(p.b), 44)));
        return table;
    }

    private static String number(double similarity) {
        return String.format(Locale.ROOT, "%.3f", similarity);
    }
}
