package dev.lanewise.bench;

import dev.lanewise.bench.page.Page;
import dev.lanewise.bench.work.GemvWork;
import dev.lanewise.bench.work.GemvWork.Form;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How fast weights of few bits go through a product with one row. */
final class GemvSection implements Section {
    private static final List<Integer> THREADS = List.of(1, 2);
    private static final double SECONDS = 60;
    private static final Map<String, Mark> MARKS = Map.of("int8", Mark.atLeast(85), "int4_group32", Mark.atLeast(45));
    private static final Mark FASTER = Mark.atLeast(1);

    @Override
    public String name() {
        return "gemv";
    }

    @Override
    public List<Job> jobs() {
        return THREADS.stream().map(t -> new Job("one row, " + Text.threads(t), SECONDS,
                Stream.concat(Job.LONG_RUNNING.stream(), Stream.of("-Xmx6g")).toList(), GemvWork.class,
                List.of(Integer.toString(t)))).toList();
    }

    private static double weights(Measurements m, Form form, int threads) {
        return m.median(GemvWork.key(form, threads) + "/weights");
    }

    private static double faster(Measurements m, Form form, int threads) {
        return weights(m, form, threads) / weights(m, GemvWork.FORMS.getFirst(), threads);
    }

    private static double share(Measurements m, Form form, int threads) {
        return 100 * m.median(GemvWork.key(form, threads) + "/bandwidth-share");
    }

    @Override
    public List<Goal> goals(Measurements m) {
        List<Goal> goals = new ArrayList<>();
        Map<String, Double> faster = new LinkedHashMap<>();
        for (Form form : GemvWork.FORMS) {
            Map<String, Double> shares = new LinkedHashMap<>();
            for (int threads : THREADS) {
                shares.put(Text.threads(threads), share(m, form, threads));
                if (form.type().bits() < Byte.SIZE) {
                    faster.put(Text.threads(threads), faster(m, form, threads));
                }
            }
            if (MARKS.containsKey(form.name())) {
                goals.add(Goal.of(form.name() + " weights, one row: share of the reading bandwidth",
                        MARKS.get(form.name()), "%.0f %%", shares));
            }
        }
        goals.add(Goal.of("int4 weights, one row: weights a second over those of int8", FASTER, "%.2f", faster));
        return goals;
    }

    @Override
    public Map<String, Double> spreads(Measurements m) {
        Map<String, Double> spreads = new LinkedHashMap<>();
        for (int threads : THREADS) {
            for (Form form : GemvWork.FORMS) {
                spreads.put(form.name() + ", " + Text.threads(threads),
                        100 * m.spread(GemvWork.key(form, threads) + "/bandwidth-share"));
            }
        }
        return spreads;
    }

    @Override
    public void write(Measurements m, Page page) throws IOException {
        page.heading("One row times weights of few bits");
        page.paragraph("One row times matrices of " + GemvWork.SIZE + " by " + GemvWork.SIZE
                + ", 256 MB of each form in turn, "
                + "as steps of a model. Share is that of the bandwidth that reading alone reaches between the runs; scales count as "
                + "bytes. Peak is that of multiply-adds in the same process.");
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"weights", "threads", "Gweights/s", "over int8", "share of reading", "goal", "",
            "reading, GB/s", "peak, GFLOP/s"});
        for (int threads : THREADS) {
            for (Form form : GemvWork.FORMS) {
                String[] judged = Mark.cells(MARKS.get(form.name()), share(m, form, threads), "%.0f %%");
                rows.add(new String[] {form.name(), Integer.toString(threads), Text.giga(weights(m, form, threads)),
                    Text.number("%.2f", faster(m, form, threads)), Text.percent(share(m, form, threads) / 100),
                    judged[0], judged[1], Text.giga(m.median("gemv/" + threads + "/bandwidth")),
                    Text.giga(m.median("gemv/" + threads + "/peak"))});
            }
        }
        page.table(1, rows);
    }
}
