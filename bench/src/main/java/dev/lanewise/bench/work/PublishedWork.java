package dev.lanewise.bench.work;

import dev.lanewise.bench.Measurements;
import dev.lanewise.bench.Statistics;
import dev.lanewise.bench.engine.Case;
import dev.lanewise.bench.engine.Lanewise;
import dev.lanewise.bench.engine.OnnxRuntime;
import dev.lanewise.bench.model.PublishedModel;
import dev.lanewise.bench.work.Alternation.Entrant;
import dev.lanewise.cli.peer.Peers;
import java.util.List;
import java.util.Map;

/** Latency of one published model with one thread, in turn with ONNX Runtime. Argument: the model. */
public final class PublishedWork {
    private static final double WARM_SECONDS = 4;

    private PublishedWork() {
    }

    public static void main(String[] arguments) throws Exception {
        PublishedModel model = PublishedModel.named(arguments[0]);
        Lanewise ours = new Lanewise(model.onnx(), 1);
        OnnxRuntime theirs = new OnnxRuntime(Peers.defaultVersion(), model.onnx(), 1);
        Case c = new Case(model.shape(), model.inputs(), null);
        ours.prepare(c);
        theirs.prepare(c);
        Emit.value(key(model, "cosine"), cosine(ours.output(), theirs.output()));
        Map<String, double[]> times = Alternation.measure(List.of(new Entrant(Measurements.OURS, ours::run),
                new Entrant(Measurements.PEER, theirs::run)), WARM_SECONDS);
        times.forEach((name, t) -> {
            Emit.value(key(model, name), Statistics.median(t));
            Emit.value(key(model, name + "-runs"), t.length);
        });
    }

    /** Where a number about a model is found. */
    public static String key(PublishedModel model, String what) {
        return "published/" + model.title() + "/" + what;
    }

    private static double cosine(float[] a, float[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }
}
