package dev.lanewise.bench;

import dev.lanewise.bench.page.Page;
import dev.lanewise.bench.work.AdaptiveWork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether computation that adapts to each token takes the time that it promises. */
final class AdaptiveSection implements Section {
    private static final List<Integer> THREADS = List.of(1, 2);
    private static final Mark LINEAR = Mark.atMost(1.10);
    private static final Mark FULL = Mark.atMost(1.03);

    @Override
    public String name() {
        return "adaptive";
    }

    @Override
    public List<Job> jobs() {
        return THREADS.stream().map(t -> new Job("adaptive computation modules, " + Text.threads(t), 60,
                Job.LONG_RUNNING, AdaptiveWork.class, List.of(Integer.toString(t)))).toList();
    }

    private static String key(int threads, String share) {
        return "adaptive/" + threads + "/" + share;
    }

    private static String name(int threads, String share) {
        return share + " of the learners, " + Text.threads(threads);
    }

    @Override
    public List<Goal> goals(Measurements m) {
        Map<String, Double> linear = new LinkedHashMap<>();
        Map<String, Double> full = new LinkedHashMap<>();
        for (int threads : THREADS) {
            AdaptiveWork.SHARES.forEach(s -> linear.put(name(threads, s), m.median(key(threads, s) + "/ratio")));
            full.put(name(threads, "1"), m.median(key(threads, "1") + "/of-dense"));
        }
        return List.of(
                Goal.of("learners per token: time over gate plus share of the dense block", LINEAR, "%.2f", linear),
                Goal.of("all learners: time over the dense block", FULL, "%.2f", full));
    }

    @Override
    public Map<String, Double> spreads(Measurements m) {
        Map<String, Double> spreads = new LinkedHashMap<>();
        for (int threads : THREADS) {
            AdaptiveWork.SHARES
                    .forEach(s -> spreads.put(name(threads, s), 100 * m.spread(key(threads, s) + "/ratio")));
        }
        return spreads;
    }

    @Override
    public void write(Measurements m, Page page) throws IOException {
        page.heading("Adaptive computation");
        page.paragraph(
                "A feed-forward block of ViT-B as four learners with random gates, for the tokens of eight images, beside "
                        + "the dense block in the same process. Ratio is that of gate and module to the gate alone plus the chosen share of "
                        + "the dense block's time; sorting the tokens is granted nothing.");
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"", "share chosen", "ms", "gate, ms", "dense, ms", "ratio", "goal", ""});
        for (int threads : THREADS) {
            for (String share : AdaptiveWork.SHARES) {
                String key = key(threads, share);
                double ratio = m.median(key + "/ratio");
                String[] judged = Mark.cells(LINEAR, ratio, "%.2f");
                rows.add(new String[] {Text.threads(threads), Text.number("%.3f", m.median(key + "/share")),
                    Text.millis(m.median(key + "/millis")), Text.millis(m.median("adaptive/" + threads + "/gate")),
                    Text.millis(m.median("adaptive/" + threads + "/dense")), Text.number("%.2f", ratio), judged[0],
                    judged[1]});
            }
        }
        page.table(1, rows);
    }
}
