package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.LoadOptions;
import dev.lanewise.RunOptions;
import dev.lanewise.cli.peer.CacheFolder;
import dev.lanewise.elastic.Budget;
import dev.lanewise.elastic.Calibration;
import dev.lanewise.elastic.LatencyTable;
import dev.lanewise.elastic.Submodel;
import dev.lanewise.models.BuiltInModels;
import dev.lanewise.models.TextEmbedder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What a text may cost: the options {@code --budget} and {@code --widths} of commands that embed. */
final class BudgetOption {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(us|ms|s)");
    private static final Pattern SHARE = Pattern.compile("\\d{0,9}\\.?\\d{1,9}");

    @Option(names = "--budget", paramLabel = "SHARE|TIME",
            description = "Of an elastic model, runs the largest submodel that takes at most this share of the whole model's "
                    + "multiply-adds (0.5), or at most this time for each text on this machine (4ms), which is measured once.")
    private String budget;

    @Option(names = "--widths", paramLabel = "SHARE", split = ",",
            description = "With --budget: shares of its feed-forward blocks' widths to choose from, as 0.25,0.5,1; default: those "
                    + "that the model was made for.")
    private List<Double> widths = List.of();

    /** What is to be run: one submodel for all texts, or one for each; null where there is no budget. */
    record Choice(List<Submodel> submodels) {
        /** One run for all texts, or for each text its own. */
        boolean isShared() {
            return submodels.size() == 1;
        }

        RunOptions run(int text) {
            return RunOptions.defaults().withSubmodel(submodels.get(isShared() ? 0 : text));
        }
    }

    LoadOptions options(LoadOptions options, CommandSpec spec) {
        if (budget == null && !widths.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--widths: needs --budget");
        }
        if (budget != null) {
            parse(spec);
        }
        return Widths.elastic(options, widths, spec);
    }

    private Budget parse(CommandSpec spec) {
        Matcher time = TIME.matcher(budget);
        double value = time.matches() ? Double.parseDouble(time.group(1))
                : SHARE.matcher(budget).matches() ? Double.parseDouble(budget) : 0;
        if (!(value > 0)) {
            throw new ParameterException(spec.commandLine(),
                    "--budget: a share as 0.5 or a time as 4ms, above 0, not " + budget);
        }
        double nanos = !time.matches() ? 0 : value * switch (time.group(2)) {
            case "us" -> 1e3;
            case "ms" -> 1e6;
            default -> 1e9;
        };
        return time.matches() ? Budget.latency(Duration.ofNanos(Math.max(1, (long) nanos))) : Budget.compute(value);
    }

    /** Chooses for the texts; measures the machine where that is needed. */
    Choice choose(TextEmbedder embedder, String model, int threads, List<String> texts, CommandSpec spec,
            PrintWriter err) throws Exception {
        if (budget == null) {
            return null;
        }
        if (embedder.model().compiled().elastic() == null) {
            throw new InvalidInputException("--budget", "an elastic model", model,
                    "name widths to choose from, as --widths 0.25,0.5,1");
        }
        Budget wanted = parse(spec);
        if (!(wanted instanceof Budget.Latency)) {
            return new Choice(List.of(embedder.model().elastic().choose(wanted)));
        }
        Path file = file(embedder, model, threads);
        int longest = texts.stream().mapToInt(embedder::tokens).max().orElseThrow();
        LatencyTable table = Progress.during(err, "measuring this machine for texts of up to " + longest + " tokens",
                () -> embedder.calibrate(longest, Calibration.defaults(), file));
        return new Choice(texts.stream().map(t -> embedder.choose(t, table, wanted)).toList());
    }

    /** Beside a model file, or for a built-in model in the cache folder. */
    private static Path file(TextEmbedder embedder, String model, int threads) throws IOException {
        Path base = BuiltInModels.has(model)
                ? Files.createDirectories(CacheFolder.path().resolve("latency")).resolve(model)
                : Path.of(model).toAbsolutePath();
        Path file = base.resolveSibling(
                base.getFileName() + "." + embedder.model().fingerprint() + "-" + threads + ".latency");
        if (!Files.isWritable(file.getParent())) {
            throw new AccessDeniedException(file.getParent().toString());
        }
        return file;
    }
}
