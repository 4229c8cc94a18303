package dev.lanewise.bench;

import dev.lanewise.bench.page.Page;
import dev.lanewise.bench.prune.PruningReport;
import dev.lanewise.bench.prune.VisionPruningReport;
import dev.lanewise.bench.quantize.QuantizationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lanewise report}: measures everything that the documentation claims, and writes a page about it. */
@Command(name = "lanewise report", mixinStandardHelpOptions = true, sortOptions = false,
        subcommands = {PruningReport.class, VisionPruningReport.class, QuantizationReport.class,
            PublishedModelsReport.class},
        description = "Measures this engine beside others and writes a page with tables and charts. The machine should be idle.")
public final class Report implements Callable<Integer> {
    private static final List<Section> SECTIONS =
            List.of(new ModelsSection(), new GemmSection(), new ColdSection(), new MemorySection(),
                    new KernelsSection(), new BudgetSection(), new AdaptiveSection(), new NormSection(),
                    new GemvSection());

    /** In percent, of the numbers that something is asked of. */
    private static final double MOST_SPREAD = 5;

    @Spec
    private CommandSpec spec;

    @Option(names = "--only", split = ",", paramLabel = "SECTION",
            description = "Sections to measure and write: models, gemm, cold, memory, kernels, budget, adaptive, norm, gemv.")
    private List<String> only = List.of();

    @Option(names = "--filter", paramLabel = "REGEX",
            description = "Leaves out the processes in whose label it finds nothing (see --list).")
    private Pattern filter = Pattern.compile("");

    @Option(names = "--quick", description = "One round: the same as --runs 1.")
    private boolean quick;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3",
            description = "Rounds, each with processes of its own; default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--output", paramLabel = "DIR", defaultValue = "${sys:lanewise.report.output:-docs/benchmarks}",
            description = "Where the page goes; default: ${DEFAULT-VALUE}.")
    private Path output;

    @Option(names = "--from", paramLabel = "FILE",
            description = "Measures nothing, but writes the page anew from the measurements.tsv of an earlier one.")
    private Path from;

    @Option(names = "--resume", paramLabel = "FILE",
            description = "Goes on with the measurements.tsv of a run that was ended: what is done is not measured again.")
    private Path resume;

    @Option(names = "--list", description = "Lists the processes and their guessed times, and measures nothing.")
    private boolean list;

    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        System.exit(new CommandLine(new Report()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        List<Section> sections = sections();
        if (rounds < 1) {
            throw new ParameterException(spec.commandLine(), "--runs: 1 or more, not " + rounds);
        }
        List<Job> jobs = sections.stream().flatMap(s -> s.jobs().stream()).filter(j -> filter.matcher(j.label()).find())
                .toList();
        if (list) {
            jobs.forEach(j -> spec.commandLine().getOut().printf("%6.0f s  %s%n", j.seconds(), j.label()));
            return 0;
        }
        Measurements m = from != null ? Measurements.load(from) : resume != null ? Measurements.load(resume) : fresh();
        Page page = new Page(output.resolve(m.fact("date", "undated") + "-" + Machine.slug(m) + ".md"));
        int failed = 0;
        if (from == null) {
            failed = new JobRunner(m, page.folder().resolve("measurements.tsv"), log()).run(turns(jobs));
        }
        write(m, sections, page);
        spec.commandLine().getOut().println(page);
        return failed == 0 ? 0 : 1;
    }

    private Measurements fresh() throws IOException {
        Measurements m = new Measurements();
        Machine.note(m);
        m.note("command", ("./lanewise report "
                + String.join(" ", spec.commandLine().getParseResult().originalArgs())).strip());
        return m;
    }

    private static Path log() throws IOException {
        Path log = Path.of(System.getProperty("lanewise.report.log",
                Path.of(System.getProperty("java.io.tmpdir"), "lanewise-report.log").toString()));
        Files.deleteIfExists(log);
        return log;
    }

    private List<Section> sections() {
        List<String> names = SECTIONS.stream().map(Section::name).toList();
        only.stream().filter(n -> !names.contains(n)).findFirst().ifPresent(n -> {
            throw new ParameterException(spec.commandLine(),
                    "--only: one of " + String.join(", ", names) + ", not " + n);
        });
        return SECTIONS.stream().filter(s -> only.isEmpty() || only.contains(s.name())).toList();
    }

    private List<JobRunner.Turn> turns(List<Job> jobs) {
        List<JobRunner.Turn> turns = new ArrayList<>();
        for (int round = 1; round <= (quick ? 1 : rounds); round++) {
            for (Job job : jobs) {
                turns.add(new JobRunner.Turn(round, job));
            }
        }
        return turns;
    }

    private static void write(Measurements m, List<Section> sections, Page page) throws IOException {
        page.title("Benchmarks on " + m.fact("machine/cpu", "an unknown CPU"));
        Machine.write(m, page);
        goals(m, sections, page);
        failures(m, page);
        for (Section section : sections) {
            section.write(m, page);
        }
        page.heading("How to repeat this");
        page.code(m.fact("command", "./lanewise report"));
        page.paragraph(
                "Each number is the median over the rounds, each round in processes of its own, and in a round the median of at least 50 "
                        + "runs (whole processes: of all of them). All measured values are in `measurements.tsv` in the folder of the charts, with which "
                        + "`--from` writes this page again. How things are measured: [measuring.md](../measuring.md).");
        page.save();
    }

    private static void goals(Measurements m, List<Section> sections, Page page) {
        page.heading("Goals");
        List<String[]> rows = new ArrayList<>();
        rows.add(Goal.head().toArray(String[]::new));
        Map<String, Double> spreads = new LinkedHashMap<>();
        for (Section section : sections) {
            section.goals(m).forEach(g -> rows.add(g.row()));
            spreads.putAll(section.spreads(m));
        }
        rows.add(Goal.of("rounds are apart by", Mark.atMost(MOST_SPREAD), "%.1f %%", spreads).row());
        page.table(1, rows);
    }

    private static void failures(Measurements m, Page page) {
        m.facts("failed/")
                .forEach((label, why) -> page.paragraph("**Failed:** " + label + ": `" + why.replace('`', '\'') + "`"));
    }
}
