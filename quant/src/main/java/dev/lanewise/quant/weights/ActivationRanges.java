package dev.lanewise.quant.weights;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.LanewiseException;
import dev.lanewise.Outputs;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.op.quant.WeightFormat.Scale;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.calibration.Histogram;
import dev.lanewise.quant.calibration.Observed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Static quantisation of activations: unsigned bytes for the values seen on calibration data. */
public final class ActivationRanges {
    /** Of activations: 8 bits with a zero point. */
    public static final WeightFormat FORMAT = new WeightFormat(DataType.UINT8, 0);

    private ActivationRanges() {
    }

    /**
     * Scale and zero point of each input of a matrix, by the input's name.
     *
     * @throws InvalidInputException where a value is not finite
     */
    public static Map<String, Scale> of(Graph graph, List<WeightMatrix> matrices, ScaleChoice choice,
            Calibration calibration, KernelMode kernels) {
        List<Value> values = matrices.stream().filter(m -> !m.isTable()).map(WeightMatrix::input).distinct().toList();
        float[] low = new float[values.size()];
        float[] high = new float[values.size()];
        Map<String, Scale> scales = new LinkedHashMap<>();
        try (Observed observed = Observed.values(graph, values, kernels)) {
            each(observed, calibration, low.length, (i, x) -> {
                for (float v : x) {
                    low[i] = Math.min(low[i], v);
                    high[i] = Math.max(high[i], v);
                }
            });
            List<Histogram> seen = new ArrayList<>();
            for (int i = 0; i < low.length; i++) {
                if (!Float.isFinite(high[i] - low[i])) {
                    throw new InvalidInputException("calibrate", "finite values in the model",
                            LanewiseException.printable(values.get(i).name()) + " from " + low[i] + " to " + high[i],
                            "correct the samples, or exclude what reads it");
                }
                seen.add(new Histogram(low[i], high[i]));
            }
            if (choice != ScaleChoice.MIN_MAX) {
                each(observed, calibration, low.length, (i, x) -> seen.get(i).add(x));
            }
            for (int i = 0; i < low.length; i++) {
                scales.put(values.get(i).name(), choice.of(FORMAT, seen.get(i)));
            }
        }
        return scales;
    }

    private interface Visitor {
        void visit(int value, float[] elements);
    }

    private static void each(Observed observed, Calibration calibration, int values, Visitor visitor) {
        for (Map<String, Tensor> sample : calibration.all()) {
            Outputs outputs = observed.run(sample);
            for (int i = 0; i < values; i++) {
                visitor.visit(i, outputs.get(i).floats());
            }
        }
    }
}
