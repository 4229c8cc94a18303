package dev.lanewise.bench;

import dev.lanewise.bench.page.Page;
import dev.lanewise.bench.page.RooflineChart;
import dev.lanewise.bench.work.GemmWork;
import dev.lanewise.bench.work.RoofsWork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Limits of the machine, and matrix products held against them. */
final class GemmSection implements Section {
    private static final List<Integer> THREADS = List.of(1, 2);
    private static final List<Integer> BITS = List.of(512, 256);
    private static final List<Integer> ROWS = List.of(16, 96, 128, 256);
    private static final Mark MANY_ROWS = Mark.atLeast(90);
    private static final Mark FEW_ROWS = Mark.atLeast(75);
    private static final Mark ONE_ROW = Mark.atLeast(85);
    private static final List<String> SHAPES = List.of("384x1536", "1536x384");
    private static final List<String> KINDS = List.of("hot", "rotating");

    @Override
    public String name() {
        return "gemm";
    }

    @Override
    public List<Job> jobs() {
        List<Job> jobs = new ArrayList<>();
        for (int threads : THREADS) {
            jobs.add(new Job("matrix products, " + Text.threads(threads), 25, Job.LONG_RUNNING, GemmWork.class,
                    List.of(Integer.toString(threads))));
            for (int bits : BITS) {
                if (bits <= RoofsWork.widestBits()) {
                    jobs.add(new Job("limits of the machine, " + bits + " bits, " + Text.threads(threads), 8,
                            List.of("-Dlanewise.bench.bits=" + bits), RoofsWork.class,
                            List.of(Integer.toString(threads))));
                }
            }
        }
        return jobs;
    }

    @Override
    public List<Goal> goals(Measurements m) {
        Map<String, Double> many = new LinkedHashMap<>();
        Map<String, Double> few = new LinkedHashMap<>();
        Map<String, Double> one = new LinkedHashMap<>();
        for (int threads : THREADS) {
            for (String shape : SHAPES) {
                for (int rows : ROWS) {
                    for (String kind : KINDS) {
                        (rows >= 96 ? many : few).put(name(threads, rows, shape, kind),
                                100 * m.median(key(threads, rows, shape, kind) + "/share"));
                    }
                }
                one.put(name(threads, 1, shape, "int8"),
                        100 * m.median(key(threads, 1, shape, "int8") + "/bandwidth-share"));
            }
        }
        return List.of(Goal.of("matrix product, M from 96 on: share of the FMA peak", MANY_ROWS, "%.0f %%", many),
                Goal.of("matrix product, M = 16: share of the FMA peak", FEW_ROWS, "%.0f %%", few),
                Goal.of("int8 weights, M = 1: share of the reading bandwidth", ONE_ROW, "%.0f %%", one));
    }

    @Override
    public Map<String, Double> spreads(Measurements m) {
        Map<String, Double> spreads = new LinkedHashMap<>();
        for (int threads : THREADS) {
            for (String shape : SHAPES) {
                for (int rows : ROWS) {
                    KINDS.forEach(kind -> spreads.put(name(threads, rows, shape, kind),
                            100 * m.spread(key(threads, rows, shape, kind) + "/share")));
                }
            }
        }
        return spreads;
    }

    private static String name(int threads, int rows, String shape, String kind) {
        return "M = " + rows + ", " + shape + ", " + kind + ", " + Text.threads(threads);
    }

    @Override
    public void write(Measurements m, Page page) throws IOException {
        page.heading("Matrix products");
        page.paragraph("What the machine can do at most: fused multiply-adds on registers alone, and reading "
                + "256 MB of an array in 1, 4, 8 and 12 streams a thread, the best of which counts.");
        roofs(m, page);
        page.paragraph(
                "Products of M rows with packed weights, as steps of a model of nothing but such products, between bursts of "
                        + "multiply-adds and of reading in the same process. *Hot*: the same six weight matrices over and over, 14 MB. "
                        + "*Rotating*: 110 matrices of 260 MB in all, so that weights come from memory. Share is that of the peak of "
                        + "multiply-adds measured in between for the same number of threads.");
        for (int threads : THREADS) {
            products(m, page, threads);
        }
        decode(m, page);
        for (int threads : THREADS) {
            chart(m, page, threads);
        }
    }

    private static void roofs(Measurements m, Page page) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"", "FMA 512 bits, GFLOP/s", "FMA 256 bits, GFLOP/s", "reading, GB/s",
            "streams a thread"});
        for (int threads : THREADS) {
            String best = Stream.of("1", "4", "8", "12").max((a, b) -> Double.compare(streams(m, threads, a),
                    streams(m, threads, b))).orElseThrow();
            rows.add(new String[] {Text.threads(threads), Text.giga(m.median("roofs/512/" + threads + "/peak")),
                Text.giga(m.median("roofs/256/" + threads + "/peak")),
                Text.giga(m.median("gemm/" + threads + "/bandwidth")),
                Double.isNaN(streams(m, threads, best)) ? "" : best});
        }
        page.table(1, rows);
    }

    private static double streams(Measurements m, int threads, String streams) {
        return m.median("gemm/" + threads + "/streams-" + streams);
    }

    private static void products(Measurements m, Page page, int threads) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {Text.threads(threads), "M", "hot, GFLOP/s", "share", "spread", "", "rotating, GFLOP/s",
            "share",
            "spread", "", "goal"});
        for (String shape : SHAPES) {
            for (int m0 : ROWS) {
                Mark mark = m0 >= 96 ? MANY_ROWS : FEW_ROWS;
                List<String> cells = new ArrayList<>(List.of(shape, Integer.toString(m0)));
                for (String kind : KINDS) {
                    String key = key(threads, m0, shape, kind);
                    double share = 100 * m.median(key + "/share");
                    cells.addAll(List.of(Text.giga(m.median(key + "/flops")), Text.percent(share / 100),
                            Text.finePercent(m.spread(key + "/share")), Mark.cells(mark, share, "%.0f %%")[1]));
                }
                cells.add(Mark.cells(mark, 0, "%.0f %%")[0]);
                rows.add(cells.toArray(String[]::new));
            }
        }
        page.table(1, rows);
    }

    private static String key(int threads, int rows, String shape, String kind) {
        return "gemm/" + threads + "/" + rows + "/" + shape + "/" + kind;
    }

    private static void decode(Measurements m, Page page) {
        page.paragraph(
                "One row, as in decoding, with rotating weights: what counts is how fast they come out of memory.");
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"M = 1", "weights", "threads", "GB/s", "share of reading", "goal", ""});
        for (String kind : List.of("int8", "fp32")) {
            for (String shape : SHAPES) {
                for (int threads : THREADS) {
                    String key = key(threads, 1, shape, kind);
                    double share = 100 * m.median(key + "/bandwidth-share");
                    String[] judged = Mark.cells(kind.equals("int8") ? ONE_ROW : null, share, "%.0f %%");
                    rows.add(new String[] {shape, kind, Integer.toString(threads), Text.giga(m.median(key + "/bytes")),
                        Text.percent(share / 100), judged[0], judged[1]});
                }
            }
        }
        page.table(2, rows);
    }

    private static void chart(Measurements m, Page page, int threads) throws IOException {
        double peak = m.median("gemm/" + threads + "/peak");
        double bandwidth = m.median("gemm/" + threads + "/bandwidth");
        if (Double.isNaN(peak)) {
            return;
        }
        RooflineChart chart = new RooflineChart(peak, bandwidth);
        for (String kind : KINDS) {
            for (String shape : SHAPES) {
                for (int rows : kind.equals("rotating") ? List.of(1, 16, 96, 128, 256) : ROWS) {
                    String key = key(threads, rows, shape, rows == 1 ? "fp32" : kind);
                    if (m.has(key + "/flops")) {
                        chart.add(shape + ", " + (kind.equals("hot") ? "hot" : "from memory"), rows,
                                m.median(key + "/intensity"), m.median(key + "/flops"));
                    }
                }
            }
        }
        page.chart("roofline-" + threads, "Roofline of the matrix product, " + Text.threads(threads),
                chart.of("Matrix product on the roofline, " + Text.threads(threads),
                        "M rows times packed fp32 weights; grey: what the machine can do, measured in the same run"));
    }
}
