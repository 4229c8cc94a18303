package dev.lanewise.quant.calibration;

import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A graph compiled so that values inside it come out of a run. */
public final class Observed implements AutoCloseable {
    private static final int TOGETHER = 32;

    private final Model model;
    private final Session session;

    private Observed(Model model) {
        this.model = model;
        this.session = model.newSession();
    }

    public static Observed of(Graph graph, KernelMode kernels) {
        ModelMetadata metadata =
                new ModelMetadata("", "", "", 0, 0, Map.of(), "", Map.of(), List.of(), List.of(), List.of());
        return new Observed(Model.of("observed", graph, metadata, LoadOptions.defaults().withKernels(kernels)));
    }

    /** The graph that gives these values, named by their place. */
    public static Observed values(Graph graph, List<Value> values, KernelMode kernels) {
        return of(Graph.of(graph.inputs(), values,
                IntStream.range(0, values.size()).mapToObj(Integer::toString).toList()), kernels);
    }

    /** Runs several samples at a time, each for itself. */
    public List<Outputs> run(List<Map<String, Tensor>> samples) {
        List<Outputs> all = new ArrayList<>();
        for (int from = 0; from < samples.size(); from += TOGETHER) {
            all.addAll(session.runAll(samples.subList(from, Math.min(samples.size(), from + TOGETHER))));
        }
        return all;
    }

    public Outputs run(Map<String, Tensor> sample) {
        return session.run(sample);
    }

    @Override
    public void close() {
        session.close();
        model.close();
    }
}
