package dev.lanewise.bench.work;

import dev.lanewise.InvalidInputException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.SessionOptions.WarmUp;
import dev.lanewise.Tensor;
import dev.lanewise.bench.Statistics;
import dev.lanewise.bench.engine.Case;
import dev.lanewise.bench.model.ReferenceModel;
import dev.lanewise.elastic.Budget;
import dev.lanewise.elastic.Calibration;
import dev.lanewise.elastic.InputSizes;
import dev.lanewise.elastic.LatencyTable;
import dev.lanewise.elastic.Submodel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Requests that each have another latency budget, on an elastic model. Arguments: model, shape as {@code 1x128}, threads, requests, rounds
 * of the calibration.
 *
 * <p>
 * Budgets lie anywhere between a tenth below what the smallest submodel is counted on to take and a tenth above what the whole model is.
 * The time of a request is that of choosing and running.
 */
public final class BudgetWork {
    private static final double[] GRANULARITIES = {0.25, 0.5, 0.75, 1};
    private static final double BEYOND = 0.1;
    private static final long SEED = 5;

    private final LatencyTable table;
    private final Session session;
    private final Map<String, Tensor> inputs;
    private final InputSizes sizes;

    private BudgetWork(LatencyTable table, Session session, Map<String, Tensor> inputs) {
        this.table = table;
        this.session = session;
        this.inputs = inputs;
        this.sizes = InputSizes.of(inputs);
    }

    public static void main(String[] arguments) throws Exception {
        ReferenceModel reference = ReferenceModel.named(arguments[0]);
        String[] shape = arguments[1].split("x");
        SessionOptions options = SessionOptions.defaults().withThreads(Integer.parseInt(arguments[2]))
                .withWarmUp(WarmUp.EAGER);
        int requests = Integer.parseInt(arguments[3]);
        Calibration how = Calibration.defaults().withRounds(Integer.parseInt(arguments[4]));
        try (Model model = Model.load(reference.onnx(), LoadOptions.defaults().withGranularities(GRANULARITIES));
                Session session = model.newSession(options)) {
            Map<String, Tensor> inputs = Case.tokens(reference.tokenizer(),
                    model.metadata().inputs().stream().map(Port::name).toList(), Integer.parseInt(shape[0]),
                    Integer.parseInt(shape[1])).inputs();
            Emit.doing("calibration");
            BudgetWork work = new BudgetWork(calibrate(session, inputs, how), session, inputs);
            work.emitTable();
            Emit.doing(requests + " requests");
            work.serve(requests);
        }
    }

    /** By way of a file, as it is used. */
    private static LatencyTable calibrate(Session session, Map<String, Tensor> inputs, Calibration how)
            throws Exception {
        Path file = Files.createTempFile("lanewise", ".latency");
        try {
            session.model().elastic().calibrate(session, List.of(inputs), how).save(file);
            return LatencyTable.load(file, session);
        } finally {
            Files.delete(file);
        }
    }

    private void emitTable() {
        List<LatencyTable.Row> rows = table.rows();
        for (int i = 0; i < rows.size(); i++) {
            String key = String.format(Locale.ROOT, "budget/rows/%02d/", i);
            Emit.value(key + "compute", compute(rows.get(i).submodel()));
            Emit.value(key + "median", millis(rows.get(i).median()));
            Emit.value(key + "high", millis(rows.get(i).high()));
            Emit.value(key + "bound", millis(rows.get(i).bound()));
        }
    }

    private double compute(Submodel submodel) {
        return session.model().elastic().compute(submodel);
    }

    private static double millis(Duration d) {
        return d.toNanos() / 1e6;
    }

    private void serve(int requests) {
        long least = table.rows().stream().mapToLong(r -> r.bound().toNanos()).min().orElseThrow();
        long most = table.rows().stream().mapToLong(r -> r.bound().toNanos()).max().orElseThrow();
        Random random = new Random(SEED);
        int feasible = 0;
        int within = 0;
        int best = 0;
        List<Double> used = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            Duration limit = Duration.ofNanos((long) random.nextDouble(least * (1 - BEYOND), most * (1 + BEYOND)));
            double expected = largestFeasible(limit);
            long began = System.nanoTime();
            Submodel chosen = choose(limit);
            if (chosen != null) {
                session.run(inputs, chosen);
            }
            long took = System.nanoTime() - began;
            best += expected == (chosen == null ? 0 : compute(chosen)) ? 1 : 0;
            if (expected > 0) {
                feasible++;
                within += took <= limit.toNanos() ? 1 : 0;
                used.add((double) took / limit.toNanos());
            }
        }
        Emit.value("budget/requests", requests);
        Emit.value("budget/feasible", feasible);
        Emit.value("budget/within", (double) within / feasible);
        Emit.value("budget/best", (double) best / requests);
        Emit.value("budget/used", Statistics.median(used.stream().mapToDouble(u -> u).toArray()));
    }

    /** Null where the table has none that is fast enough. */
    private Submodel choose(Duration limit) {
        try {
            return table.choose(Budget.latency(limit), sizes);
        } catch (InvalidInputException e) {
            return null;
        }
    }

    /** Share of the multiply-adds of the largest submodel that is fast enough, found by looking at each; 0 for none. */
    private double largestFeasible(Duration limit) {
        double largest = 0;
        for (LatencyTable.Row row : table.rows()) {
            if (row.bound().compareTo(limit) <= 0) {
                largest = Math.max(largest, compute(row.submodel()));
            }
        }
        return largest;
    }
}
