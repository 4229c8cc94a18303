package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Outputs;
import dev.lanewise.Tensor;
import dev.lanewise.cli.CurveModel.Size;
import dev.lanewise.models.evaluation.Evaluation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;

/** Measures the sizes of models. */
final class Curve {
    /** A sample's time is the median of so many runs, far from each other in time. */
    static final int ROUNDS = 5;
    /** Samples that a size is timed on one after another, before the next size's turn. */
    static final int BLOCK = 20;
    /** Runs before those of a block, not timed: what another model's weights pushed out of the caches comes back. */
    static final int UNTIMED = 3;
    private static final String OUTPUT = "logits";

    /** A size, of which model, and what that model is evaluated on. */
    private record Entry(CurveModel model, Size size, Evaluation evaluation) {
        /**
         * The quality over all samples, and multiply-adds as their mean.
         *
         * @param images whether multiply-adds are those of an image, not of linear layers for a token
         */
        double[] qualityAndCost(boolean images) {
            double[] spent = {0};
            Map<String, Double> qualities = evaluation.measure(size.session(), size.options(), size.given(),
                    (outputs, sample) -> spent[0] += images ? spent(outputs, sample) : size.multiplyAdds());
            if (!qualities.containsKey(OUTPUT) && qualities.size() != 1) {
                throw new InvalidInputException("model", "one output, or one with the name " + OUTPUT,
                        qualities.keySet().toString(), "give a model of which it is clear what its logits are");
            }
            Double quality = qualities.getOrDefault(OUTPUT, qualities.values().iterator().next());
            return new double[] {quality, spent[0] / evaluation.samples()};
        }

        private double spent(Outputs outputs, int sample) {
            return model.isAdaptive() ? size.spending().multiplyAdds(outputs, sample)
                    : size.spending().full(size.widths());
        }

        /** Runs on one sample, another each time. */
        long nanos(int run) {
            Map<String, Tensor> inputs = inputs(run % evaluation.samples(), 1);
            long began = System.nanoTime();
            size.session().run(inputs, size.options());
            return System.nanoTime() - began;
        }

        private Map<String, Tensor> inputs(int from, int count) {
            Map<String, Tensor> inputs = new HashMap<>(evaluation.inputs(from, count));
            inputs.putAll(size.given());
            return inputs;
        }

        CurvePoint point(double multiplyAdds, double most, CurvePoint.Measured measured) {
            return new CurvePoint(model.name(), size.method(), size.name(), size.widths(), multiplyAdds / most,
                    size.parameters(), measured);
        }
    }

    private Curve() {
    }

    /** What is known of the sizes without a run. */
    static List<CurvePoint> sizes(List<CurveModel> models) {
        List<Entry> entries = entries(models, null);
        double most = entries.stream().mapToDouble(e -> e.size().multiplyAdds()).filter(m -> !Double.isNaN(m)).max()
                .orElse(1);
        return entries.stream().map(e -> e.point(e.size().multiplyAdds(), most, null)).toList();
    }

    private static List<Entry> entries(List<CurveModel> models, List<Evaluation> evaluations) {
        List<Entry> entries = new ArrayList<>();
        for (int m = 0; m < models.size(); m++) {
            for (Size size : models.get(m).sizes()) {
                entries.add(new Entry(models.get(m), size, evaluations == null ? null : evaluations.get(m)));
            }
        }
        return entries;
    }

    /**
     * Quality and latency of all sizes, which are timed in turn, a few samples at a time; a latency is the mean over samples of each
     * one's median over rounds.
     *
     * @param evaluations one for each model
     * @param warmup runs of each size before any is timed
     * @param runs samples that are timed
     */
    static List<CurvePoint> measure(List<CurveModel> models, List<Evaluation> evaluations, int warmup, int runs) {
        List<Entry> entries = entries(models, evaluations);
        boolean images = models.stream().anyMatch(CurveModel::isAdaptive);
        for (Entry entry : entries) {
            if (images && entry.size().spending() == null) {
                throw new InvalidInputException("model",
                        "beside adaptive models only those loaded from a checkpoint's folder",
                        entry.model().name(), "give its folder, or leave it out");
            }
        }
        double[][] found = entries.stream().map(e -> e.qualityAndCost(images)).toArray(double[][]::new);
        double[] latencies = latencies(entries.stream().<IntToLongFunction>map(e -> e::nanos).toList(), warmup, runs);
        double most = Arrays.stream(found).mapToDouble(f -> f[1]).max().orElse(1);
        List<CurvePoint> points = new ArrayList<>();
        for (int e = 0; e < latencies.length; e++) {
            points.add(entries.get(e).point(found[e][1], most,
                    new CurvePoint.Measured(latencies[e], found[e][0])));
        }
        return points;
    }

    /**
     * Milliseconds of each size as the mean over {@code runs} samples. All are warm before one is timed, and then take turns in
     * blocks of samples: where the machine becomes slower meanwhile, it does so for all.
     *
     * @param sizes run on the sample of a number and give the nanoseconds it took
     */
    static double[] latencies(List<IntToLongFunction> sizes, int warmup, int runs) {
        for (int run = 0; run < warmup; run += BLOCK) {
            for (IntToLongFunction size : sizes) {
                for (int r = run; r < Math.min(warmup, run + BLOCK); r++) {
                    size.applyAsLong(r);
                }
            }
        }
        long[][][] nanos = new long[sizes.size()][runs][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            for (int run = 0; run < runs; run += BLOCK) {
                for (int e = 0; e < nanos.length; e++) {
                    block(sizes.get(e), run, Math.min(runs, run + BLOCK), nanos[e], round);
                }
            }
        }
        return Arrays.stream(nanos)
                .mapToDouble(
                        size -> Arrays.stream(size).mapToDouble(n -> Timings.of(n).median()).average().orElseThrow())
                .toArray();
    }

    private static void block(IntToLongFunction size, int from, int to, long[][] nanos, int round) {
        for (int i = 0; i < UNTIMED; i++) {
            size.applyAsLong(from + i);
        }
        for (int run = from; run < to; run++) {
            nanos[run][round] = size.applyAsLong(run);
        }
    }
}
