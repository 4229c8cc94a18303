package dev.lanewise.bench;

import dev.lanewise.bench.engine.Engines;
import dev.lanewise.bench.model.ReferenceModel;
import dev.lanewise.bench.model.ReferenceModel.Kind;
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
    private static final List<String> ENCODER_SHAPES =
            List.of("1x8", "1x16", "1x32", "1x64", "1x128", "1x256", "8x128", "ragged");
    private static final List<String> IMAGE_SHAPES = List.of("image");
    private static final List<Integer> THREADS = List.of(1, 2);

    @Override
    public String name() {
        return "models";
    }

    private static List<String> shapes(ReferenceModel model) {
        return model.kind() == Kind.IMAGE ? IMAGE_SHAPES : ENCODER_SHAPES;
    }

    @Override
    public List<Job> jobs() {
        List<Job> jobs = new ArrayList<>();
        for (ReferenceModel model : ReferenceModel.values()) {
            for (int threads : model.missing().isPresent() ? List.<Integer>of() : THREADS) {
                for (String peer : Engines.peers(model)) {
                    List<String> shapes = peer.equals(Engines.JLAMA)
                            ? shapes(model).stream().filter(s -> s.startsWith("1x")).toList() : shapes(model);
                    List<String> arguments = new ArrayList<>(List.of(model.title(), Integer.toString(threads), peer));
                    arguments.addAll(shapes);
                    jobs.add(new Job(model.title() + ", " + threads(threads) + ", " + Engines.title(peer),
                            seconds(model, threads, peer, shapes), List.of(), ModelsWork.class, arguments));
                }
            }
        }
        return jobs;
    }

    private static String threads(int threads) {
        return threads == 1 ? "1 thread" : threads + " threads";
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
    public void write(Measurements m, Page page) throws IOException {
        page.heading("Models");
        page.paragraph(
                "Milliseconds of a run, all on the same inputs. Ratio is Lanewise divided by the faster ONNX Runtime of the "
                        + "case, below 1 Lanewise is faster; spread is how far its rounds are apart. Each number is the median over "
                        + "the rounds, each round the median of at least 50 timed runs in a process of its own, in which Lanewise and one "
                        + "other engine take turns. (Two versions of ONNX Runtime cannot share a process: their native "
                        + "libraries go by one name.)");
        for (ReferenceModel model : ReferenceModel.values()) {
            if (m.below("models").contains(model.title())) {
                page.subheading(model.title());
                for (int threads : THREADS) {
                    table(m, page, model, threads);
                    chart(m, page, model, threads);
                }
            } else {
                page.subheading(model.title());
                page.paragraph("Not measured: " + model.missing().orElse("not asked for") + ".");
            }
        }
    }

    private void table(Measurements m, Page page, ReferenceModel model, int threads) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {threads(threads), "Lanewise", Engines.title(Engines.ONNX_RUNTIMES.get(0)),
            Engines.title(Engines.ONNX_RUNTIMES.get(1)), "ratio", "spread", "mark", ""});
        for (String shape : shapes(model)) {
            String key = key(model, shape, threads);
            double ratio = ratio(m, key);
            if (!Double.isNaN(ratio)) {
                Mark mark = mark(model, shape, threads);
                String[] judged = Mark.cells(mark, ratio, "%.2f");
                rows.add(new String[] {shape, millis(ours(m, key)), millis(peer(m, key, 0)), millis(peer(m, key, 1)),
                    String.format(Locale.ROOT, "%.3f", ratio), spread(m, key), judged[0], judged[1]});
            }
        }
        if (rows.size() > 1) {
            page.table(1, rows);
        }
    }

    private static String key(ReferenceModel model, String shape, int threads) {
        return "models/" + model.title() + "/" + shape + "/" + threads;
    }

    private static double ratio(Measurements m, String key) {
        return m.besideFastest(key, Engines.ONNX_RUNTIMES, (ours, theirs) -> ours / theirs);
    }

    private static double ours(Measurements m, String key) {
        return m.besideFastest(key, Engines.ONNX_RUNTIMES, (ours, theirs) -> ours);
    }

    private static double peer(Measurements m, String key, int version) {
        return m.median(key + "/" + Engines.ONNX_RUNTIMES.get(version) + "/" + Measurements.PEER);
    }

    private static String spread(Measurements m, String key) {
        double spread =
                Statistics.spread(m.roundsBesideFastest(key, Engines.ONNX_RUNTIMES, (ours, theirs) -> ours / theirs)
                        .stream().mapToDouble(Double::doubleValue).toArray());
        return String.format(Locale.ROOT, "%.0f %%", 100 * spread);
    }

    private static String millis(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }

    /** What is asked of the ratio; null where nothing is. */
    static Mark mark(ReferenceModel model, String shape, int threads) {
        return switch (model.kind()) {
            case ENCODER -> Mark.atMost(shape.equals("ragged") ? 0.6 : threads > 1 ? 0.9
                    : shape.startsWith("1x") && Integer.parseInt(shape.substring(2)) <= 64 ? 0.8 : 0.85);
            case ENCODER_INT8 -> threads > 1 ? null : shape.equals("1x8") ? Mark.atMost(1.5)
                    : shape.equals("1x128") ? Mark.atMost(1.6) : null;
            case IMAGE -> threads > 1 ? null : Mark.atMost(1);
        };
    }

    private void chart(Measurements m, Page page, ReferenceModel model, int threads) throws IOException {
        Map<String, SortedMap<Integer, Double>> latencies = new LinkedHashMap<>();
        SortedMap<Integer, Double> ratios = new TreeMap<>();
        SortedMap<Integer, Double> marks = new TreeMap<>();
        for (String shape : shapes(model)) {
            if (shape.startsWith("1x")) {
                int tokens = Integer.parseInt(shape.substring(2));
                String key = key(model, shape, threads);
                put(latencies, Engines.LANEWISE, tokens, ours(m, key));
                for (String peer : Engines.peers(model)) {
                    put(latencies, peer, tokens, m.median(key + "/" + peer + "/" + Measurements.PEER));
                }
                if (!Double.isNaN(ratio(m, key))) {
                    ratios.put(tokens, ratio(m, key));
                    Mark mark = mark(model, shape, threads);
                    if (mark != null) {
                        marks.put(tokens, mark.limit());
                    }
                }
            }
        }
        if (ratios.size() > 1) {
            page.chart("latency-" + model.title().replace('.', '-') + "-" + threads,
                    "Latency of " + model.title() + " against the length of the text, " + threads(threads),
                    LatencyChart.of(model.title() + ", " + threads(threads),
                            "one text at a time; ratio: Lanewise / the faster ONNX Runtime, lower is better", latencies,
                            ratios, marks));
        }
    }

    private static void put(Map<String, SortedMap<Integer, Double>> latencies, String engine, int tokens,
            double millis) {
        if (!Double.isNaN(millis)) {
            latencies.computeIfAbsent(engine, e -> new TreeMap<>()).put(tokens, millis);
        }
    }
}
