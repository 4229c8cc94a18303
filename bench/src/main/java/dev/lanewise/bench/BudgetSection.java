package dev.lanewise.bench;

import dev.lanewise.bench.page.Page;
import dev.lanewise.bench.work.BudgetWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Whether requests with latency budgets keep them, in an elastic model. */
final class BudgetSection implements Section {
    private static final String MODEL = "all-minilm-l6-v2";
    private static final int REQUESTS = 500;
    private static final int ROUNDS = 50;
    private static final String CASE = MODEL + ", 1x128, 1 thread";
    private static final Mark WITHIN = Mark.atLeast(99);
    private static final Mark ALL = Mark.atLeast(100);

    @Override
    public String name() {
        return "budget";
    }

    @Override
    public List<Job> jobs() {
        return List.of(new Job("latency budgets, " + CASE, 50, Job.LONG_RUNNING, BudgetWork.class,
                List.of(MODEL, "1x128", "1", Integer.toString(REQUESTS), Integer.toString(ROUNDS))));
    }

    private static double percent(Measurements m, String key) {
        return 100 * m.median("budget/" + key);
    }

    @Override
    public List<Goal> goals(Measurements m) {
        return List.of(
                Goal.of("requests within their latency budget, where a submodel is fast enough, %", WITHIN, "%.1f",
                        Map.of(CASE, percent(m, "within"))),
                Goal.of("requests in the largest submodel that is fast enough, %", ALL, "%.1f",
                        Map.of(CASE, percent(m, "best"))));
    }

    @Override
    public Map<String, Double> spreads(Measurements m) {
        return Map.of();
    }

    @Override
    public void write(Measurements m, Page page) {
        page.heading("Latency budgets");
        page.paragraph(CASE
                + ", made elastic in 1/4, 1/2, 3/4 and all of its feed-forward widths. The table is measured with "
                + ROUNDS
                + " runs of each submodel, then " + REQUESTS
                + " requests ask for as many different times, from a tenth below what the "
                + "smallest submodel takes to a tenth above what the whole model takes, and run in the largest submodel that the table "
                + "says is fast enough. *High*: 99.5 % of the runs took no longer; *counted on*: 5 % more, which is what a budget is "
                + "compared with. Time of a request: choosing and running.");
        if (!m.has("budget/within")) {
            page.paragraph("Not measured: not asked for.");
            return;
        }
        page.paragraph(Text.number("%.0f", m.median("budget/requests")) + " requests, "
                + Text.number("%.0f", m.median("budget/feasible"))
                + " of them with a submodel that is fast enough; of these "
                + Text.number("%.1f %%", percent(m, "within")) + " in time, and half of them used at most "
                + Text.number("%.0f %%", percent(m, "used")) + " of their budget.");
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"multiply-adds", "median, ms", "high, ms", "counted on, ms"});
        for (int i = 0; m.has(row(i, "compute")); i++) {
            rows.add(new String[] {Text.percent(m.median(row(i, "compute"))), Text.millis(m.median(row(i, "median"))),
                Text.millis(m.median(row(i, "high"))), Text.millis(m.median(row(i, "bound")))});
        }
        page.table(0, rows);
    }

    private static String row(int i, String what) {
        return String.format(Locale.ROOT, "budget/rows/%02d/", i) + what;
    }
}
