package dev.lanewise.bench;

import static dev.lanewise.bench.work.PublishedWork.key;

import dev.lanewise.bench.model.PublishedModel;
import dev.lanewise.bench.work.PublishedWork;
import dev.lanewise.cli.peer.Peers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lanewise report real-models}: how long models that others publish take, beside ONNX Runtime. */
@Command(name = "real-models", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures published models of text, images and sound with one thread, in turn with ONNX Runtime.")
public final class PublishedModelsReport implements Callable<Integer> {
    private static final double SECONDS = 12;
    /** From here on the page is written by hand, and stays. */
    private static final String REMARKS = "## What the time goes into";

    @Option(names = "--filter", paramLabel = "REGEX",
            description = "Measures only models in whose name it finds something; of the others the page keeps what was measured.")
    private Pattern filter = Pattern.compile("");

    @Option(names = "--runs", paramLabel = "N", defaultValue = "1",
            description = "Rounds, each with processes of its own; default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--measurements", paramLabel = "FILE", required = true,
            description = "Where all measured values are kept, and are read from where it exists.")
    private Path kept;

    @Option(names = "--output", paramLabel = "FILE", required = true,
            description = "Where the page goes, in Markdown; what stands there from '" + REMARKS + "' on stays.")
    private Path output;

    @Override
    public Integer call() throws Exception {
        Measurements m = new Measurements();
        Measurements before = Files.exists(kept) ? Measurements.load(kept) : new Measurements();
        Machine.note(m);
        List<PublishedModel> models = Arrays.stream(PublishedModel.values())
                .filter(model -> filter.matcher(model.title()).find()).toList();
        for (PublishedModel model : PublishedModel.values()) {
            for (String what : List.of(Measurements.OURS, Measurements.PEER, "cosine")) {
                if (!models.contains(model)) {
                    before.rounds(key(model, what)).forEach((round, v) -> m.add(round, key(model, what), v));
                }
            }
        }
        List<JobRunner.Turn> turns = IntStream.rangeClosed(1, rounds).boxed()
                .flatMap(round -> models.stream().map(model -> new JobRunner.Turn(round, new Job(model.title(), SECONDS,
                        Job.LONG_RUNNING, PublishedWork.class, List.of(model.title())))))
                .toList();
        int failed = new JobRunner(m, kept, kept.resolveSibling("real-models.log")).run(turns);
        Files.writeString(output, page(m) + remarks());
        return failed == 0 ? 0 : 1;
    }

    private String page(Measurements m) {
        StringBuilder page = new StringBuilder();
        page.append("# Published models beside ONNX Runtime\n\n")
                .append(m.fact("machine/cpu", "unknown CPU")).append(" (").append(m.fact("machine/model", "?"))
                .append("; ").append(m.fact("machine/vector", "?")).append("), ")
                .append(m.fact("machine/processors", "?")).append(", vectors of ").append(m.fact("machine/bits", "?"))
                .append("; ").append(m.fact("jdk", "?")).append("; ").append(m.fact("date", "?"))
                .append(".\nOne thread each, both engines in one process and in turn, a process for each model; median of at least"
                        + " 50 runs")
                .append(rounds > 1 ? ", and of " + rounds + " such rounds" : "")
                .append(". Ratio is our time over that of ONNX Runtime ").append(Peers.defaultVersion())
                .append(": below 1 Lanewise is faster.\n\n")
                .append("    ./lanewise report real-models --measurements target/real-models.tsv --output docs/reports/real-models.md\n\n")
                .append("| model | input | Lanewise ms | ONNX Runtime ms | ratio |\n| --- | --- | ---: | ---: | ---: |\n");
        for (PublishedModel model : PublishedModel.values()) {
            double ours = m.median(key(model, Measurements.OURS));
            double theirs = m.median(key(model, Measurements.PEER));
            page.append(String.format(Locale.ROOT, "| %s%s | %s | %.3f | %.3f | %.2f |%n", model.title(),
                    model.isInt8() ? " (int8)" : "", model.shape(), ours, theirs, ours / theirs));
        }
        return page.append('\n').toString();
    }

    private String remarks() throws IOException {
        String before = Files.exists(output) ? Files.readString(output) : "";
        int at = before.indexOf(REMARKS);
        return at < 0 ? REMARKS + "\n" : before.substring(at);
    }
}
