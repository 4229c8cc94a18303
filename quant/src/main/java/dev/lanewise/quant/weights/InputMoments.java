package dev.lanewise.quant.weights;

import dev.lanewise.KernelMode;
import dev.lanewise.Outputs;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.calibration.Moments;
import dev.lanewise.quant.calibration.Observed;
import java.util.List;
import java.util.Map;

/**
 * Second moments of what matrices are multiplied with, over all rows of all samples: x in the model as it was, z in the one whose
 * matrices before are quantised.
 *
 * @param quantized of z
 * @param crossed of z with x
 * @param whole of x
 */
record InputMoments(Moments quantized, Moments crossed, Moments whole) {
    /**
     * Runs both models.
     *
     * @param replacements constants that are quantised so far
     */
    static InputMoments of(Graph graph, Map<Value, Value> replacements, Value input, int k, Calibration calibration,
            KernelMode kernels) {
        Graph part = Graph.of(graph.inputs(), List.of(input), List.of("input"));
        Moments whole = new Moments(k, kernels);
        List<Map<String, Tensor>> samples = calibration.all();
        if (replacements.isEmpty()) {
            try (Observed observed = Observed.of(part, kernels)) {
                observed.run(samples).forEach(o -> whole.add(o.get(0).floats()));
            }
            return new InputMoments(whole, whole, whole);
        }
        Moments quantized = new Moments(k, kernels);
        Moments crossed = new Moments(k, kernels);
        try (Observed before = Observed.of(part, kernels);
                Observed after = Observed.of(part.replace(replacements), kernels)) {
            List<Outputs> x = before.run(samples);
            List<Outputs> z = after.run(samples);
            for (int s = 0; s < samples.size(); s++) {
                float[] a = x.get(s).get(0).floats();
                float[] b = z.get(s).get(0).floats();
                whole.add(a);
                quantized.add(b);
                crossed.add(b, a);
            }
        }
        return new InputMoments(quantized, crossed, whole);
    }
}
