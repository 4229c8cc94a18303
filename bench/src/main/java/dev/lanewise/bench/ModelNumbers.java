package dev.lanewise.bench;

import dev.lanewise.bench.engine.Engines;
import dev.lanewise.bench.model.ReferenceModel;
import dev.lanewise.bench.model.ReferenceModel.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What was measured of models, by case, and what is asked of it. */
record ModelNumbers(Measurements m) {
    static final List<Integer> THREADS = List.of(1, 2);
    private static final List<String> ENCODER_SHAPES =
            List.of("1x8", "1x16", "1x32", "1x64", "1x128", "1x256", "8x128", "ragged");

    /** A model on a shape with so many threads. */
    record Run(ReferenceModel model, String shape, int threads) {
        String key() {
            return "models/" + model.title() + "/" + shape + "/" + threads;
        }

        /** Tokens of the one text; 0 for other shapes. */
        int tokens() {
            return shape.startsWith("1x") ? Integer.parseInt(shape.substring(2)) : 0;
        }

        @Override
        public String toString() {
            return model.title() + " " + shape + (threads == 1 ? "" : ", " + threads + " threads");
        }
    }

    static List<String> shapes(ReferenceModel model) {
        return model.kind() == Kind.IMAGE ? List.of("image") : ENCODER_SHAPES;
    }

    /** Ours divided by the faster ONNX Runtime. */
    double ratio(Run run) {
        return m.besideFastest(run.key(), Engines.ONNX_RUNTIMES, (ours, theirs) -> ours / theirs);
    }

    /** The ratio's spread over the rounds. */
    double spread(Run run) {
        return Statistics
                .spread(m.roundsBesideFastest(run.key(), Engines.ONNX_RUNTIMES, (ours, theirs) -> ours / theirs)
                        .stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** Our milliseconds, in the process of the faster ONNX Runtime. */
    double ours(Run run) {
        return m.besideFastest(run.key(), Engines.ONNX_RUNTIMES, (ours, theirs) -> ours);
    }

    double peer(Run run, String peer) {
        return m.median(run.key() + "/" + peer + "/" + Measurements.PEER);
    }

    /** How many times the time of Lanewise a peer takes. */
    double timesFaster(Run run, String peer) {
        return m.besideFastest(run.key(), List.of(peer), (ours, theirs) -> theirs / ours);
    }

    /** Our int8 model divided by our float model on the same shape. */
    double overFloat(String shape, int threads) {
        return ours(new Run(ReferenceModel.MINILM_INT8, shape, threads))
                / ours(new Run(ReferenceModel.MINILM, shape, threads));
    }

    /** What is asked of the ratio; null where nothing is. */
    static Mark mark(Run run) {
        return switch (run.model.kind()) {
            case ENCODER -> Mark.atMost(run.shape.equals("ragged") ? 0.6 : run.threads > 1 ? 0.9
                    : run.tokens() > 0 && run.tokens() <= 64 ? 0.8 : 0.85);
            case ENCODER_INT8 -> run.threads > 1 ? null : run.tokens() == 8 ? Mark.atMost(1.5)
                    : run.tokens() == 128 ? Mark.atMost(1.6) : null;
            case IMAGE -> run.threads > 1 ? null : Mark.atMost(1);
        };
    }

    List<Goal> goals() {
        Map<String, Double> overFloat = new LinkedHashMap<>();
        Map<String, Double> jlama = new LinkedHashMap<>();
        for (int threads : THREADS) {
            for (String shape : ENCODER_SHAPES) {
                Run run = new Run(ReferenceModel.MINILM, shape, threads);
                overFloat.put(run.toString(), overFloat(shape, threads));
                jlama.put(run.toString(), timesFaster(run, Engines.JLAMA));
            }
        }
        return List.of(
                ratios("fp32 encoders, 1 thread, up to 64 tokens: time / ONNX Runtime", 0.8,
                        r -> fp32(r) && r.threads == 1 && r.tokens() > 0 && r.tokens() <= 64),
                ratios("the same from 128 tokens on", 0.85,
                        r -> fp32(r) && r.threads == 1 && (r.tokens() == 0 || r.tokens() >= 128)),
                ratios("the same with 2 threads", 0.9, r -> fp32(r) && r.threads == 2),
                ratios("a batch of texts of different lengths / the padded rectangle in ONNX Runtime", 0.6,
                        r -> r.model.kind() == Kind.ENCODER && r.shape.equals("ragged")),
                ratios("int8 model, 8 tokens: time / ONNX Runtime", 1.5, r -> int8(r) && r.tokens() == 8),
                ratios("int8 model, 128 tokens: time / ONNX Runtime", 1.6, r -> int8(r) && r.tokens() == 128),
                Goal.of("int8 model: time / our own fp32", Mark.atMost(1), "%.2f", overFloat),
                ratios("resnet50 and squeezenet, 1 thread: time / ONNX Runtime", 1,
                        r -> r.model.kind() == Kind.IMAGE && r.threads == 1),
                Goal.of("all-minilm-l6-v2: times faster than Jlama", Mark.atLeast(3), "%.1f", jlama));
    }

    private static boolean fp32(Run run) {
        return run.model.kind() == Kind.ENCODER && !run.shape.equals("ragged");
    }

    private static boolean int8(Run run) {
        return run.model.kind() == Kind.ENCODER_INT8 && run.threads == 1;
    }

    private Goal ratios(String what, double limit, Predicate<Run> which) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (ReferenceModel model : ReferenceModel.values()) {
            for (int threads : THREADS) {
                shapes(model).stream().map(s -> new Run(model, s, threads)).filter(which)
                        .forEach(r -> values.put(r.toString(), ratio(r)));
            }
        }
        return Goal.of(what, Mark.atMost(limit), "%.2f", values);
    }

    /** The largest spread of a ratio that something is asked of, in percent, by case. */
    Map<String, Double> spreads() {
        Map<String, Double> spreads = new LinkedHashMap<>();
        for (ReferenceModel model : ReferenceModel.values()) {
            for (int threads : THREADS) {
                shapes(model).stream().map(s -> new Run(model, s, threads)).filter(r -> mark(r) != null)
                        .forEach(r -> spreads.put(r.toString(), 100 * spread(r)));
            }
        }
        return spreads;
    }
}
