package dev.lanewise.quant.weights;

import dev.lanewise.KernelMode;
import dev.lanewise.Outputs;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.calibration.Moments;
import dev.lanewise.quant.calibration.Observed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Second moments of what a graph's weights are multiplied with, over all rows of all samples. */
final class InputMoments {
    private final Map<Value, Moments> moments = new LinkedHashMap<>();

    /** @param progress told the share of samples that are done */
    InputMoments(Graph graph, List<WeightMatrix> matrices, Calibration calibration, KernelMode kernels,
            Consumer<Double> progress) {
        for (WeightMatrix m : matrices) {
            if (!m.isTable()) {
                moments.computeIfAbsent(m.input(), v -> new Moments(m.k()));
            }
        }
        List<Value> inputs = List.copyOf(moments.keySet());
        List<Map<String, Tensor>> samples = calibration.all();
        try (Observed observed = Observed.values(graph, inputs, kernels)) {
            for (int s = 0; s < samples.size(); s++) {
                Outputs values = observed.run(samples.get(s));
                for (int i = 0; i < inputs.size(); i++) {
                    moments.get(inputs.get(i)).add(values.get(i).floats());
                }
                progress.accept((s + 1.0) / samples.size());
            }
        }
    }

    /** Null for tables. */
    Moments of(WeightMatrix m) {
        return moments.get(m.input());
    }
}
