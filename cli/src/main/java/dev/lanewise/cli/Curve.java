package dev.lanewise.cli;

import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.cli.CurveModel.Size;
import dev.lanewise.models.evaluation.Evaluation;
import java.util.ArrayList;
import java.util.List;

/** Measures the sizes of models. */
final class Curve {
    /** A size, of which model, and what that model is evaluated on. */
    private record Entry(CurveModel model, Size size, Evaluation evaluation) {
        double quality() {
            List<String> outputs = model.model().metadata().outputs().stream().map(Port::name).toList();
            return evaluation.measure(model.session(), size.options())
                    .get(outputs.contains("logits") ? "logits" : outputs.getLast());
        }

        /** Runs on one sample, another each time. */
        long nanos(int run) {
            var inputs = evaluation.inputs(run % evaluation.samples(), 1);
            long began = System.nanoTime();
            model.session().run(inputs, size.options());
            return System.nanoTime() - began;
        }
    }

    private Curve() {
    }

    /** What is known of the sizes without a run. */
    static List<CurvePoint> sizes(List<CurveModel> models) {
        long most = models.stream().flatMap(m -> m.sizes().stream()).mapToLong(Size::multiplyAdds).max().orElse(1);
        return models.stream().flatMap(m -> m.sizes().stream().map(s -> new CurvePoint(m.name(), s.method(), s.name(),
                s.widths(), (double) s.multiplyAdds() / most, s.parameters(), null))).toList();
    }

    /**
     * Quality and latency of all sizes, which are timed in turn on one sample at a time.
     *
     * @param evaluations one for each model
     */
    static List<CurvePoint> measure(List<CurveModel> models, List<Evaluation> evaluations, int warmup, int runs) {
        List<Entry> entries = new ArrayList<>();
        for (int m = 0; m < models.size(); m++) {
            for (Size size : models.get(m).sizes()) {
                entries.add(new Entry(models.get(m), size, evaluations.get(m)));
            }
        }
        double[] qualities = entries.stream().mapToDouble(Entry::quality).toArray();
        long[][] nanos = new long[entries.size()][runs];
        for (int run = -warmup; run < runs; run++) {
            for (int e = 0; e < nanos.length; e++) {
                long took = entries.get(e).nanos(Math.max(0, run));
                if (run >= 0) {
                    nanos[e][run] = took;
                }
            }
        }
        List<CurvePoint> points = new ArrayList<>(sizes(models));
        for (int i = 0; i < nanos.length; i++) {
            CurvePoint p = points.get(i);
            points.set(i, new CurvePoint(p.model(), p.method(), p.name(), p.widths(), p.compute(), p.parameters(),
                    new CurvePoint.Measured(Timings.of(nanos[i]).median(), qualities[i])));
        }
        return points;
    }
}
