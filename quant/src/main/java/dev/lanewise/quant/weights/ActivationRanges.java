package dev.lanewise.quant.weights;

import dev.lanewise.DataType;
import dev.lanewise.KernelMode;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.op.quant.WeightFormat.Scale;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.calibration.Observed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Static quantisation of activations: unsigned bytes that reach from the smallest to the largest value seen on calibration data. */
public final class ActivationRanges {
    /** Of activations: 8 bits with a zero point. */
    public static final WeightFormat FORMAT = new WeightFormat(DataType.UINT8, 0);

    private ActivationRanges() {
    }

    /** Scale and zero point of each input of a matrix, by the input's name. */
    public static Map<String, Scale> of(Graph graph, List<WeightMatrix> matrices, Calibration calibration,
            KernelMode kernels) {
        List<Value> values = matrices.stream().filter(m -> !m.isTable()).map(WeightMatrix::input).distinct().toList();
        float[] low = new float[values.size()];
        float[] high = new float[values.size()];
        try (Observed observed = Observed.values(graph, values, kernels)) {
            for (Map<String, Tensor> sample : calibration.all()) {
                var outputs = observed.run(sample);
                for (int i = 0; i < low.length; i++) {
                    for (float v : outputs.get(i).floats()) {
                        low[i] = Math.min(low[i], v);
                        high[i] = Math.max(high[i], v);
                    }
                }
            }
        }
        Map<String, Scale> scales = new LinkedHashMap<>();
        for (int i = 0; i < low.length; i++) {
            scales.put(values.get(i).name(), FORMAT.scale(low[i], high[i]));
        }
        return scales;
    }
}
