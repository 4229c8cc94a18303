package dev.lanewise.bench;

import dev.lanewise.bench.engine.Engines;
import dev.lanewise.bench.page.BarChart;
import dev.lanewise.bench.page.Page;
import dev.lanewise.bench.work.ColdWork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How soon a process has its first embedding, and its full speed. */
final class ColdSection implements Section {
    private static final int PROCESSES = 7;
    private static final Mark NOT_LATER = Mark.atMost(1);
    private static final Mark FULL_SPEED = Mark.atMost(1500);
    private static final List<String> ENGINES =
            Stream.concat(Stream.of(Engines.LANEWISE), Engines.ONNX_RUNTIMES.stream()).toList();
    private static final List<String> VARIANTS = List.of("plain", "aot");

    @Override
    public String name() {
        return "cold";
    }

    @Override
    public List<Job> jobs() {
        return List.of(new Job("cold start", PROCESSES * 6 * 3.8 + 30, List.of(), ColdWork.class,
                List.of(Integer.toString(PROCESSES))));
    }

    /** The first embedding of the fastest program on ONNX Runtime; NaN where nothing was measured. */
    private static double theirs(Measurements m) {
        return Engines.ONNX_RUNTIMES.stream().flatMap(e -> VARIANTS.stream().map(v -> key(e, v, "first")))
                .mapToDouble(m::median).min().orElseThrow();
    }

    @Override
    public List<Goal> goals(Measurements m) {
        double first = m.median(key(Engines.LANEWISE, "aot", "first")) / theirs(m);
        return List.of(
                Goal.of("process start to first embedding (as the launcher starts it, with AOT cache): time / ONNX Runtime",
                        NOT_LATER,
                        "%.2f", Map.of("all-minilm-l6-v2", first)),
                Goal.of("process start to full speed, ms", FULL_SPEED, "%.0f",
                        Map.of("all-minilm-l6-v2", m.median(key(Engines.LANEWISE, "aot", "full")))));
    }

    @Override
    public Map<String, Double> spreads(Measurements m) {
        return Map.of("first embedding", 100 * m.spread(key(Engines.LANEWISE, "aot", "first")));
    }

    @Override
    public void write(Measurements m, Page page) throws IOException {
        page.heading("Cold start");
        page.paragraph(
                "Whole processes in turn, all-minilm-l6-v2 from a file, one thread: milliseconds from just before the process is "
                        + "started until `main` runs, the model is loaded, a short sentence is embedded, and runs are at full speed: the "
                        + "end of the first five runs whose median is within 10 % of the steady state, which is the median of the last third. The other "
                        + "program is the same on ONNX Runtime, with the same tokeniser. *AOT*: with a cache that the JVM wrote at the end of "
                        + "an earlier run (`-XX:AOTCacheOutput`), for both engines.");
        if (!m.has(key(Engines.LANEWISE, "plain", "first"))) {
            page.paragraph("Not measured: not asked for.");
            return;
        }
        table(m, page);
        chart(m, page);
    }

    private static String key(String engine, String variant, String what) {
        return "cold/" + engine + "/" + variant + "/" + what;
    }

    private static String title(String engine, String variant) {
        return Engines.title(engine) + (variant.equals("aot") ? ", AOT" : "");
    }

    private static void table(Measurements m, Page page) {
        double theirs = theirs(m);
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"ms since start", "main", "loaded", "first embedding", "spread",
            "to the best ONNX Runtime", "goal",
            "", "full speed", "goal", "", "a run then"});
        for (String engine : ENGINES) {
            for (String variant : VARIANTS) {
                double first = m.median(key(engine, variant, "first"));
                double full = m.median(key(engine, variant, "full"));
                boolean ours = engine.equals(Engines.LANEWISE);
                String[] soon = Mark.cells(ours ? NOT_LATER : null, first / theirs, "%.2f");
                String[] fast = Mark.cells(ours ? FULL_SPEED : null, full, "%.0f");
                rows.add(new String[] {title(engine, variant),
                    Text.number("%.0f", m.median(key(engine, variant, "main"))),
                    Text.number("%.0f", m.median(key(engine, variant, "loaded"))), Text.number("%.0f", first),
                    Text.finePercent(m.spread(key(engine, variant, "first"))),
                    Text.number("%.2f", first / theirs), soon[0], soon[1], Text.number("%.0f", full), fast[0], fast[1],
                    Text.number("%.2f", m.median(key(engine, variant, "steady")))});
            }
        }
        page.table(1, rows);
    }

    private static void chart(Measurements m, Page page) throws IOException {
        BarChart chart = new BarChart("milliseconds since the start of the process", true);
        for (String engine : ENGINES) {
            for (String variant : VARIANTS) {
                double before = 0;
                for (String[] part : new String[][] {{"main", "JVM starts"}, {"loaded", "model loads"},
                    {"first", "first embedding"}, {"full", "until full speed"}}) {
                    double until = m.median(key(engine, variant, part[0]));
                    chart.add(part[1], title(engine, variant), until - before);
                    before = until;
                }
            }
        }
        chart.mark(FULL_SPEED.limit(), "goal for full speed");
        page.chart("cold-start", "Milliseconds from process start to first embedding and full speed",
                chart.of("Cold start, all-minilm-l6-v2, 1 thread",
                        "medians of whole processes that embed one short sentence"));
    }
}
