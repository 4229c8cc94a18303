package dev.lanewise.bench.work;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata;
import dev.lanewise.Profile.StepTime;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.bench.Statistics;
import dev.lanewise.bench.model.TransformerStack;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A transformer with LayerNorm beside the same one with Unified Normalization, which the compiler folds into its weights.
 * Arguments: name of the transformer, threads. For each: milliseconds, the steps that are norms and their share of the
 * time, which come from runs of their own with a profile.
 */
public final class NormWork {
    /** The transformers: shapes of a small vision model, a sentence encoder for short and long texts, one token of a decoder. */
    public static final List<TransformerStack> STACKS = List.of(
            new TransformerStack("vit-plain, 1x50", true, 96, 6, 4, 384, 50),
            new TransformerStack("MiniLM, 1x16", false, 384, 6, 12, 1536, 16),
            new TransformerStack("MiniLM, 1x128", false, 384, 6, 12, 1536, 128),
            new TransformerStack("decoder, 1x1", true, 768, 12, 12, 3072, 1));
    /** Last parts of keys. */
    public static final String LAYER = "layer";
    public static final String UNIFIED = "unified";
    private static final Set<String> NORMS = Set.of("LayerNormalization", "UnifiedNormalization");
    private static final double WARM_SECONDS = 2;
    private static final int PROFILED_RUNS = 50;

    /** What a session's profile says of norms. */
    record Norms(int steps, double share) {
        /** @param runs how many to take the median share of, after a fifth as many that do not count */
        static Norms measure(Session session, Map<String, Tensor> inputs, int runs) {
            double[] shares = new double[runs];
            List<StepTime> steps = List.of();
            for (int i = -runs / 5; i < runs; i++) {
                session.run(inputs);
                steps = session.profile().steps();
                shares[Math.max(0, i)] = (double) nanos(steps.stream().filter(Norms::isNorm).toList()) / nanos(steps);
            }
            return new Norms((int) steps.stream().filter(Norms::isNorm).count(), Statistics.median(shares));
        }

        private static boolean isNorm(StepTime step) {
            return NORMS.contains(step.operator());
        }

        private static long nanos(List<StepTime> steps) {
            return steps.stream().mapToLong(StepTime::lastNanos).sum();
        }
    }

    private NormWork() {
    }

    public static void main(String[] arguments) throws Exception {
        TransformerStack stack =
                STACKS.stream().filter(s -> s.name().equals(arguments[0])).findFirst().orElseThrow();
        int threads = Integer.parseInt(arguments[1]);
        Emit.doing("making weights");
        try (Model layer = model(stack, false); Model unified = model(stack, true)) {
            run(stack, threads, Map.of(LAYER, layer, UNIFIED, unified));
        }
    }

    static Model model(TransformerStack stack, boolean unified) {
        ModelMetadata metadata = new ModelMetadata(stack.name(), "", "", 1, 1, Map.of(), "", Map.of(), List.of(),
                List.of(), List.of());
        return Model.of(stack.name(), stack.graph(unified), metadata, LoadOptions.defaults());
    }

    private static void run(TransformerStack stack, int threads, Map<String, Model> models) throws Exception {
        SessionOptions options = SessionOptions.defaults().withThreads(threads);
        Map<String, Tensor> inputs = stack.inputs();
        String key = key(stack, threads) + "/";
        List<Alternation.Entrant> entrants = new ArrayList<>();
        for (String kind : List.of(LAYER, UNIFIED)) {
            Session session = models.get(kind).newSession(options);
            entrants.add(new Alternation.Entrant(kind, () -> session.run(inputs)));
        }
        Emit.doing("measuring");
        Map<String, double[]> millis = Alternation.measure(entrants, WARM_SECONDS);
        double layer = Statistics.median(millis.get(LAYER));
        double unified = Statistics.median(millis.get(UNIFIED));
        Emit.value(key + LAYER, layer);
        Emit.value(key + UNIFIED, unified);
        Emit.value(key + "ratio", layer / unified);
        for (String kind : List.of(LAYER, UNIFIED)) {
            try (Session session = models.get(kind).newSession(options.withProfile(true))) {
                Norms norms = Norms.measure(session, inputs, PROFILED_RUNS);
                Emit.value(key + kind + "-steps", norms.steps);
                Emit.value(key + kind + "-share", norms.share);
            }
        }
    }

    /** What keys of a transformer begin with. */
    public static String key(TransformerStack stack, int threads) {
        return "norm/" + stack.name().replace(", ", "/") + "/" + threads;
    }
}
