package dev.lanewise.bench;

import dev.lanewise.bench.ModelNumbers.Run;
import dev.lanewise.bench.engine.Engines;
import dev.lanewise.bench.model.ReferenceModel;
import dev.lanewise.bench.page.LatencyChart;
import dev.lanewise.bench.page.Page;
import dev.lanewise.bench.work.ModelsWork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Latency of whole models beside the other engines. */
final class ModelsSection implements Section {
    @Override
    public String name() {
        return "models";
    }

    @Override
    public List<Job> jobs() {
        List<Job> jobs = new ArrayList<>();
        for (ReferenceModel model : ReferenceModel.values()) {
            for (int threads : model.missing().isPresent() ? List.<Integer>of() : ModelNumbers.THREADS) {
                for (String peer : Engines.peers(model)) {
                    List<String> shapes = ModelNumbers.shapes(model).stream()
                            .filter(s -> !peer.equals(Engines.JLAMA) || s.startsWith("1x")).toList();
                    List<String> arguments = new ArrayList<>(List.of(model.title(), Integer.toString(threads), peer));
                    arguments.addAll(shapes);
                    jobs.add(new Job(model.title() + ", " + Text.threads(threads) + ", " + Engines.title(peer),
                            seconds(model, threads, peer, shapes), Job.LONG_RUNNING, ModelsWork.class, arguments));
                }
            }
        }
        return jobs;
    }

    /** A guess for a core of about 100 GFLOP/s. */
    private static double seconds(ReferenceModel model, int threads, String peer, List<String> shapes) {
        double perToken = model == ReferenceModel.BGE_SMALL ? 0.5 : 0.25;
        double seconds = 8;
        for (String shape : shapes) {
            double tokens = switch (shape) {
                case "image" -> 200;
                case "8x128" -> 1024;
                case "ragged" -> 1500;
                default -> Integer.parseInt(shape.substring(2));
            };
            double millis = tokens * perToken / (threads == 1 ? 1 : 1.8) * (peer.equals(Engines.JLAMA) ? 4 : 1);
            seconds += 3 + 10 * 2 * (0.06 + Math.max(0.07, 6 * millis / 1e3));
        }
        return seconds;
    }

    @Override
    public List<Goal> goals(Measurements m) {
        return new ModelNumbers(m).goals();
    }

    @Override
    public Map<String, Double> spreads(Measurements m) {
        return new ModelNumbers(m).spreads();
    }

    @Override
    public void write(Measurements m, Page page) throws IOException {
        page.heading("Models");
        page.paragraph(
                "Milliseconds of a run, all on the same inputs. Ratio is Lanewise divided by the faster ONNX Runtime of the "
                        + "case: below 1 Lanewise is faster. Spread is how far its rounds are apart. Shapes are texts x tokens; *ragged* is a batch of "
                        + "texts of different lengths (" + m.fact("ragged", "not measured")
                        + "), from the texts to their vectors on both sides; *image* is 1x3x224x224.");
        ModelNumbers numbers = new ModelNumbers(m);
        for (ReferenceModel model : ReferenceModel.values()) {
            page.subheading(model.title());
            if (m.below("models").contains(model.title())) {
                for (int threads : ModelNumbers.THREADS) {
                    table(numbers, page, model, threads);
                    chart(numbers, page, model, threads);
                }
            } else {
                page.paragraph("Not measured: " + model.missing().orElse("not asked for") + ".");
            }
            if (model == ReferenceModel.MINILM) {
                jlama(numbers, page);
            } else if (model == ReferenceModel.MINILM_INT8) {
                overFloat(numbers, page);
            }
        }
    }

    private static void table(ModelNumbers numbers, Page page, ReferenceModel model, int threads) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {Text.threads(threads), "Lanewise", Engines.title(Engines.ONNX_RUNTIMES.get(0)),
            Engines.title(Engines.ONNX_RUNTIMES.get(1)), "ratio", "spread", "goal", ""});
        for (String shape : ModelNumbers.shapes(model)) {
            Run run = new Run(model, shape, threads);
            double ratio = numbers.ratio(run);
            if (!Double.isNaN(ratio)) {
                String[] judged = Mark.cells(ModelNumbers.mark(run), ratio, "%.2f");
                rows.add(new String[] {shape, Text.millis(numbers.ours(run)),
                    Text.millis(numbers.peer(run, Engines.ONNX_RUNTIMES.get(0))),
                    Text.millis(numbers.peer(run, Engines.ONNX_RUNTIMES.get(1))),
                    String.format(Locale.ROOT, "%.3f", ratio),
                    Text.finePercent(numbers.spread(run)), judged[0], judged[1]});
            }
        }
        if (rows.size() > 1) {
            page.table(1, rows);
        }
    }

    private static void jlama(ModelNumbers numbers, Page page) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"ms", "threads", "Lanewise", Engines.title(Engines.JLAMA), "times faster", "goal", ""});
        double cosine = Double.NaN;
        for (int threads : ModelNumbers.THREADS) {
            for (String shape : ModelNumbers.shapes(ReferenceModel.MINILM)) {
                Run run = new Run(ReferenceModel.MINILM, shape, threads);
                double times = numbers.timesFaster(run, Engines.JLAMA);
                if (!Double.isNaN(times)) {
                    String key = run.key() + "/" + Engines.JLAMA;
                    cosine = numbers.m().median(key + "/cosine");
                    String[] judged = Mark.cells(Mark.atLeast(3), times, "%.0f");
                    rows.add(new String[] {shape, Integer.toString(threads),
                        Text.millis(numbers.m().median(key + "/" + Measurements.OURS)),
                        Text.millis(numbers.peer(run, Engines.JLAMA)),
                        String.format(Locale.ROOT, "%.1f", times), judged[0], judged[1]});
                }
            }
        }
        if (rows.size() > 1) {
            page.paragraph(String.format(Locale.ROOT,
                    "Jlama in float with its native kernels, one text at a time, on a folder of safetensors made "
                            + "from the same weights. A run of it includes its tokeniser. It attends to earlier tokens only, also in an encoder, and its vectors "
                            + "are not those of the model (cosine with ours on the last shape %.2f), so this compares speed alone.",
                    cosine));
            page.table(1, rows);
        }
    }

    private static void overFloat(ModelNumbers numbers, Page page) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"Lanewise, ms", "threads", "int8 model", "fp32 model", "int8 / fp32", "goal", ""});
        for (int threads : ModelNumbers.THREADS) {
            for (String shape : ModelNumbers.shapes(ReferenceModel.MINILM)) {
                double ratio = numbers.overFloat(shape, threads);
                if (!Double.isNaN(ratio)) {
                    String[] judged = Mark.cells(Mark.atMost(1), ratio, "%.2f");
                    rows.add(new String[] {shape, Integer.toString(threads),
                        Text.millis(numbers.ours(new Run(ReferenceModel.MINILM_INT8, shape, threads))),
                        Text.millis(numbers.ours(new Run(ReferenceModel.MINILM, shape, threads))),
                        String.format(Locale.ROOT, "%.2f", ratio), judged[0], judged[1]});
                }
            }
        }
        if (rows.size() > 1) {
            page.table(1, rows);
        }
    }

    private static void chart(ModelNumbers numbers, Page page, ReferenceModel model, int threads) throws IOException {
        Map<String, SortedMap<Integer, Double>> latencies = new LinkedHashMap<>();
        SortedMap<Integer, Double> ratios = new TreeMap<>();
        SortedMap<Integer, Double> marks = new TreeMap<>();
        for (String shape : ModelNumbers.shapes(model)) {
            Run run = new Run(model, shape, threads);
            double ratio = numbers.ratio(run);
            if (run.tokens() > 0 && !Double.isNaN(ratio)) {
                put(latencies, Engines.LANEWISE, run, numbers.ours(run));
                Engines.peers(model).forEach(peer -> put(latencies, peer, run, numbers.peer(run, peer)));
                ratios.put(run.tokens(), ratio);
                if (ModelNumbers.mark(run) != null) {
                    marks.put(run.tokens(), ModelNumbers.mark(run).limit());
                }
            }
        }
        if (ratios.size() > 1) {
            page.chart("latency-" + model.title().replace('.', '-') + "-" + threads,
                    "Latency of " + model.title() + " against the length of the text, " + Text.threads(threads),
                    LatencyChart.of(model.title() + ", " + Text.threads(threads),
                            "one text at a time; ratio: Lanewise / the faster ONNX Runtime, lower is better", latencies,
                            ratios,
                            marks));
        }
    }

    private static void put(Map<String, SortedMap<Integer, Double>> latencies, String engine, Run run, double millis) {
        if (!Double.isNaN(millis)) {
            latencies.computeIfAbsent(engine, e -> new TreeMap<>()).put(run.tokens(), millis);
        }
    }
}
