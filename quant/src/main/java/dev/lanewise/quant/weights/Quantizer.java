package dev.lanewise.quant.weights;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.quant.calibration.Calibration;
import dev.lanewise.quant.calibration.Moments;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Quantises the weights of a graph, matrix by matrix: each on what the whole model gives it.
 *
 * @param layers in the graph's order
 */
public record Quantizer(Graph graph, List<LayerResult> layers) {
    /** Wider formats that a matrix gets where its own is off by too much, in this order; then none. */
    private static final List<WeightFormat> WIDER =
            List.of(new WeightFormat(DataType.INT8, 32), WeightFormat.FLOAT16);

    /**
     * Quantises.
     *
     * @param calibration what the model is observed on, or null for scales and rounding by the weights alone
     * @param progress told the share that is done
     * @throws InvalidInputException where the graph has no weights to quantise
     */
    public static Quantizer run(Graph graph, QuantizeOptions options, Calibration calibration, KernelMode kernels,
            Consumer<Double> progress) {
        List<WeightMatrix> matrices = WeightMatrix.of(graph);
        if (matrices.isEmpty()) {
            throw new InvalidInputException("model", "constant matrices that it multiplies with", "none",
                    "quantise a model with linear layers or embedding tables");
        }
        List<WeightMatrix> chosen = matrices.stream()
                .filter(m -> !options.excluded().test(m.name()) && !options.excluded().test(m.label())).toList();
        double observing = calibration == null ? 0 : 0.5;
        InputMoments moments = calibration == null ? null
                : new InputMoments(graph, chosen, calibration, kernels, p -> progress.accept(p * observing));
        Rounder rounder = new Rounder(options.choice(), options.compensated(),
                options.nested().isEmpty() ? null : k -> ends(k, options.nested()));
        List<LayerResult> results = new ArrayList<>();
        for (WeightMatrix m : matrices) {
            results.add(chosen.contains(m) ? quantized(m, options, rounder, moments == null ? null : moments.of(m))
                    : new LayerResult(m, null, null, 0));
            progress.accept(observing + (1 - observing) * results.size() / matrices.size());
        }
        Map<Value, Value> replacements = new IdentityHashMap<>();
        for (LayerResult r : results) {
            if (r.encoded() != null) {
                replacements.put(r.matrix().constant(),
                        Value.constant(r.matrix().name(), r.encoded().tensor()));
            }
        }
        return new Quantizer(graph.replace(replacements), List.copyOf(results));
    }

    /** Nested widths below k, and k; none where k is no width of hidden neurons. */
    private static int[] ends(int k, List<Integer> nested) {
        if (!nested.contains(k)) {
            return new int[] {k};
        }
        return nested.stream().filter(w -> w <= k).mapToInt(Integer::intValue).toArray();
    }

    private static LayerResult quantized(WeightMatrix m, QuantizeOptions options, Rounder rounder, Moments moments) {
        List<WeightFormat> formats = new ArrayList<>(List.of(m.isTable() ? options.tables() : options.format()));
        if (options.targetError() > 0) {
            WIDER.stream().filter(f -> bits(f) > bits(formats.getFirst())).forEach(formats::add);
        }
        double error = 0;
        for (WeightFormat format : formats) {
            EncodedMatrix encoded = rounder.encode(m, format, moments);
            if (!WeightFormat.isUsable(encoded)) {
                continue;
            }
            error = Rounder.error(m, encoded, moments);
            if (options.targetError() <= 0 || error <= options.targetError()) {
                return new LayerResult(m, encoded, format, error);
            }
        }
        return new LayerResult(m, null, null, 0);
    }

    private static double bits(WeightFormat f) {
        return f.type().bits() + (f.group() == 0 || f.isHalf() ? 0 : (double) Float.SIZE / f.group());
    }
}
