package dev.lanewise.bench;

import dev.lanewise.bench.model.TransformerStack;
import dev.lanewise.bench.page.Page;
import dev.lanewise.bench.work.NormWork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

/** What it is worth that Unified Normalization is folded into weights. */
final class NormSection implements Section {
    private static final List<Integer> THREADS = List.of(1, 2);
    private static final double SECONDS = 15;
    private static final Mark NONE = Mark.atMost(0);

    @Override
    public String name() {
        return "norm";
    }

    @Override
    public List<Job> jobs() {
        return each((stack, threads) -> new Job("norms, " + name(stack, threads), SECONDS, Job.LONG_RUNNING,
                NormWork.class, List.of(stack.name(), Integer.toString(threads))));
    }

    private static <T> List<T> each(BiFunction<TransformerStack, Integer, T> of) {
        return THREADS.stream().flatMap(t -> NormWork.STACKS.stream().map(s -> of.apply(s, t))).toList();
    }

    private static String name(TransformerStack stack, int threads) {
        return stack.name() + ", " + Text.threads(threads);
    }

    /** A value of each case: what {@code of} makes of its key. */
    private static Map<String, Double> values(ToDoubleFunction<String> of) {
        Map<String, Double> values = new LinkedHashMap<>();
        each((stack, threads) -> values.put(name(stack, threads), of.applyAsDouble(NormWork.key(stack, threads))));
        return values;
    }

    @Override
    public List<Goal> goals(Measurements m) {
        return List.of(Goal.of("steps that Unified Normalization leaves in the profile", NONE, "%.0f",
                values(key -> m.median(key + "/" + NormWork.UNIFIED + "-steps"))));
    }

    @Override
    public Map<String, Double> spreads(Measurements m) {
        return Map.of();
    }

    @Override
    public void write(Measurements m, Page page) throws IOException {
        page.heading("Unified Normalization");
        page.paragraph("Transformers with random weights, with LayerNorm and with Unified Normalization (UN), in the "
                + "same process. The compiler folds the latter into the linear layers behind it (pre-norm) or before it "
                + "(post-norm: MiniLM), where a factor on the residual is left, which the layer's own sum takes in. Ratio is the time "
                + "with LayerNorm to that with UN; share and steps are those of norms in a profile.");
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"", "LayerNorm, ms", "UN, ms", "ratio", "rounds apart", "LayerNorm's share", "steps",
            "UN's share", "steps", "goal", ""});
        each((stack, threads) -> rows.add(row(m, name(stack, threads), NormWork.key(stack, threads) + "/")));
        page.table(1, rows);
    }

    private static String[] row(Measurements m, String name, String key) {
        double left = m.median(key + NormWork.UNIFIED + "-steps");
        String[] judged = Mark.cells(NONE, left, "%.0f");
        return new String[] {name, Text.millis(m.median(key + NormWork.LAYER)),
            Text.millis(m.median(key + NormWork.UNIFIED)), Text.number("%.2f", m.median(key + "ratio")),
            Text.finePercent(m.spread(key + "ratio")), Text.finePercent(m.median(key + NormWork.LAYER + "-share")),
            Text.number("%.0f", m.median(key + NormWork.LAYER + "-steps")),
            Text.finePercent(m.median(key + NormWork.UNIFIED + "-share")), Text.number("%.0f", left), judged[0],
            judged[1]};
    }
}
