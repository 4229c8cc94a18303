package dev.lanewise.bench;

import dev.lanewise.bench.engine.Engines;
import dev.lanewise.bench.page.BarChart;
import dev.lanewise.bench.page.Page;
import dev.lanewise.bench.work.MemoryWork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Memory of whole processes. */
final class MemorySection implements Section {
    private static final int PROCESSES = 3;
    private static final String OURS = "memory/lanewise/resident";
    private static final Mark NOT_MORE = Mark.atMost(1);
    private static final double MIB = 1 << 20;
    private static final List<String> ENGINES =
            Stream.concat(Stream.of(Engines.LANEWISE, MemoryWork.HUGE_PAGES), Engines.ONNX_RUNTIMES.stream()).toList();

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public List<Job> jobs() {
        return List.of(new Job("memory", 2 * 4 * PROCESSES * 5, List.of(), MemoryWork.class,
                List.of(Integer.toString(PROCESSES))));
    }

    private static double theirs(Measurements m) {
        return Engines.ONNX_RUNTIMES.stream().mapToDouble(e -> m.median("memory/" + e + "/resident")).min()
                .orElseThrow();
    }

    @Override
    public List<Goal> goals(Measurements m) {
        return List.of(Goal.of("largest resident set of the process / ONNX Runtime's", NOT_MORE, "%.2f",
                Map.of("all-minilm-l6-v2", m.median(OURS) / theirs(m))));
    }

    @Override
    public Map<String, Double> spreads(Measurements m) {
        return Map.of("largest resident set", 100 * m.spread(OURS));
    }

    @Override
    public void write(Measurements m, Page page) throws IOException {
        page.heading("Memory");
        page.paragraph(
                "Whole processes, JVM included, with all-minilm-l6-v2 from a file (86 MiB of weights) and one thread: the largest resident "
                        + "set (`VmHWM` of `/proc/self/status`) once the model is loaded and after 24 texts were embedded one by one, 20 times over; and "
                        + "in processes of their own the Java heap in use after load and a collection. Nothing limits the heap (`-Xmx`). "
                        + "*Huge pages*: with the options of commands that run for long.");
        if (!m.has(OURS)) {
            page.paragraph("Not measured: not asked for.");
            return;
        }
        double theirs = theirs(m);
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"MiB", "loaded", "peak", "spread", "to the smaller ONNX Runtime", "goal", "",
            "heap after load"});
        BarChart chart = new BarChart("MiB", false);
        for (String engine : ENGINES) {
            String key = "memory/" + engine;
            double peak = m.median(key + "/resident");
            String[] judged = Mark.cells(engine.startsWith(Engines.LANEWISE) ? NOT_MORE : null, peak / theirs, "%.2f");
            rows.add(new String[] {Engines.title(engine), Text.number("%.0f", m.median(key + "/loaded") / MIB),
                Text.number("%.0f", peak / MIB),
                Text.finePercent(m.spread(key + "/resident")),
                Text.number("%.2f", peak / theirs), judged[0], judged[1],
                Text.number("%.0f", m.median(key + "/heap") / MIB)});
            chart.add("largest resident set", Engines.title(engine), peak / MIB);
            chart.add("Java heap after load", Engines.title(engine), m.median(key + "/heap") / MIB);
        }
        page.table(1, rows);
        page.chart("memory", "Memory of processes that embed texts, MiB", chart.of("Memory, all-minilm-l6-v2, 1 thread",
                "whole processes that load the model and embed texts, JVM included"));
    }
}
