package dev.lanewise.quant.weights;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.quant.calibration.Calibration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Quantises the weights of a graph, matrix by matrix. With compensation, each is brought to give of its inputs in the quantised model
 * what it gave of them in the whole one.
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
        List<WeightMatrix> matrices = WeightMatrix.of(graph, options.filters());
        if (matrices.isEmpty()) {
            throw new InvalidInputException("model", "constant matrices that it multiplies with", "none",
                    "quantise a model with linear layers or embedding tables");
        }
        List<WeightMatrix> chosen = matrices.stream()
                .filter(m -> !options.excluded().test(m.name()) && !options.excluded().test(m.label())).toList();
        Rounder rounder = new Rounder(options.choice(), options.compensated(),
                options.nested().isEmpty() ? null : k -> ends(k, options.nested()));
        List<LayerResult> results = new ArrayList<>();
        Map<Value, Value> replacements = new IdentityHashMap<>();
        Map<Value, InputMoments> known = new IdentityHashMap<>();
        for (WeightMatrix m : matrices) {
            if (!chosen.contains(m)) {
                results.add(new LayerResult(m, null, null, 0));
                continue;
            }
            // Matrices of one input follow one another, more or less: its moments are let go of when the next input comes.
            if (calibration != null && !m.isTable() && !m.isFilter() && !known.containsKey(m.input())) {
                known.clear();
                known.put(m.input(), InputMoments.of(graph, options.compensated() ? replacements : Map.of(), m.input(),
                        m.k(), calibration, kernels));
            }
            LayerResult r = quantized(m, options, rounder, m.isFilter() ? null : known.get(m.input()));
            results.add(r);
            if (r.encoded() != null) {
                replacements.put(m.constant(), Value.constant(m.name(),
                        r.encoded().tensor().reshape(m.constant().fact().constant().shape())));
            }
            progress.accept((double) results.size() / matrices.size());
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

    private static LayerResult quantized(WeightMatrix m, QuantizeOptions options, Rounder rounder,
            InputMoments moments) {
        List<WeightFormat> formats =
                new ArrayList<>(List.of(m.isTable() || m.isFilter() ? options.tables() : options.format()));
        if (options.targetError() > 0) {
            WIDER.stream().filter(f -> bits(f) > bits(formats.getFirst())).forEach(formats::add);
        }
        double error = 0;
        for (WeightFormat format : formats) {
            EncodedMatrix encoded = rounder.encode(m, format, moments);
            if (!WeightFormat.isUsable(encoded)) {
                continue;
            }
            error = Rounder.error(m, encoded.tensor().floats(), moments);
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
