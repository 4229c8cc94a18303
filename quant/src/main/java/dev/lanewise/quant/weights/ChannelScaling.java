package dev.lanewise.quant.weights;

import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.LanewiseException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.quant.calibration.Calibration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A model whose weights are larger where what they are multiplied with is: channel i of a value is divided by
 * {@code s_i = (mean |x_i|)^alpha}, and the weights that it is multiplied with are multiplied by it, so that rounding harms them less (AWQ,
 * Lin et al., arXiv 2306.00978). The division goes into constants before the value; where it cannot, nothing is scaled. The function
 * stays the same.
 *
 * @param constants what has changed, by the names of the original model's constants
 * @param choices what was chosen for each value that can be scaled
 */
public record ChannelScaling(Graph graph, Map<String, Tensor> constants, List<Choice> choices) {
    private static final int STEPS = 20;

    /**
     * What was chosen for a matrix.
     *
     * @param before,after share of its outputs on the calibration data that is wrong, rounded to the nearest code
     */
    public record Choice(String matrix, double alpha, double before, double after) {
    }

    /**
     * Scales a graph. Of each value's exponents the one with the least squared error, none of whose matrices is worse than unscaled.
     *
     * @throws InvalidInputException where two constants to change have one name
     */
    public static ChannelScaling run(Graph graph, QuantizeOptions options, Calibration calibration,
            KernelMode kernels, Consumer<Double> progress) {
        List<WeightMatrix> matrices = WeightMatrix.of(graph, false);
        Map<Value, Tensor> changed = new IdentityHashMap<>();
        List<Choice> choices = new ArrayList<>();
        List<ScaledChannels> all = ScaledChannels.of(graph, matrices).stream().filter(c -> c.readers().stream()
                .noneMatch(m -> options.excluded().test(m.name()) || options.excluded().test(m.label()))).toList();
        int done = 0;
        for (ScaledChannels c : all) {
            int k = c.readers().getFirst().k();
            InputMoments inputs = InputMoments.of(graph, Map.of(), c.input(), k, calibration, kernels);
            double[] scales = chosen(c, options, inputs, choices);
            double[] inverse = Arrays.stream(scales).map(s -> 1 / s).toArray();
            c.before()
                    .forEach(b -> changed.put(b.constant(), scaled(current(changed, b.constant()), b.axis(), inverse)));
            c.readers().forEach(
                    m -> changed.put(m.constant(), scaled(current(changed, m.constant()), m.axis(), scales)));
            progress.accept((double) ++done / all.size());
        }
        Map<Value, Value> replacements = new IdentityHashMap<>();
        Map<String, Tensor> byName = new LinkedHashMap<>();
        changed.forEach((old, renewed) -> {
            replacements.put(old, Value.constant(old.name(), renewed));
            if (byName.put(old.name(), renewed) != null) {
                throw new InvalidInputException("model", "weights with names of their own",
                        "two named '" + LanewiseException.printable(old.name()) + "'", "rename one");
            }
        });
        return new ChannelScaling(graph.replace(replacements), byName, List.copyOf(choices));
    }

    private static Tensor current(Map<Value, Tensor> changed, Value constant) {
        return changed.getOrDefault(constant, constant.fact().constant());
    }

    /** Tries all exponents; adds what each matrix gains. */
    private static double[] chosen(ScaledChannels c, QuantizeOptions options, InputMoments inputs,
            List<Choice> choices) {
        List<WeightMatrix> readers = c.readers();
        int k = readers.getFirst().k();
        double[] unscaled = null;
        double[] best = null;
        double[] scales = null;
        double alpha = 0;
        for (int step = 0; step < STEPS; step++) {
            double[] s = scales(inputs, k, (double) step / STEPS);
            double[] errors = readers.stream().mapToDouble(m -> error(m, options, inputs, s)).toArray();
            if (step == 0) {
                unscaled = errors;
            }
            if (best == null || isBetter(errors, best, unscaled)) {
                best = errors;
                scales = s;
                alpha = (double) step / STEPS;
            }
        }
        for (int i = 0; i < best.length; i++) {
            choices.add(new Choice(readers.get(i).label(), alpha, unscaled[i], best[i]));
        }
        return scales;
    }

    private static boolean isBetter(double[] errors, double[] best, double[] unscaled) {
        double sum = 0;
        double least = 0;
        for (int i = 0; i < errors.length; i++) {
            if (errors[i] > unscaled[i]) {
                return false;
            }
            sum += errors[i] * errors[i];
            least += best[i] * best[i];
        }
        return sum < least;
    }

    /** Around 1: the geometric mean of the largest and the smallest is. A channel that is always 0 keeps its weights. */
    private static double[] scales(InputMoments inputs, int k, double alpha) {
        double[] scales = new double[k];
        double largest = 0;
        double smallest = Double.MAX_VALUE;
        for (int i = 0; i < k; i++) {
            double mean = inputs.whole().absolute(i);
            scales[i] = mean > 0 ? Math.pow(mean, alpha) : 0;
            if (mean > 0) {
                largest = Math.max(largest, scales[i]);
                smallest = Math.min(smallest, scales[i]);
            }
        }
        double middle = Math.sqrt(largest * smallest);
        return Arrays.stream(scales).map(s -> s > 0 ? s / middle : 1).toArray();
    }

    /** Of a matrix that is scaled, rounded, and scaled back. */
    private static double error(WeightMatrix m, QuantizeOptions options, InputMoments inputs, double[] scales) {
        float[] w = scaled(m.weights(), m.axis(), scales).floats();
        double[] importance = new double[scales.length];
        for (int i = 0; i < importance.length; i++) {
            importance[i] = inputs.whole().product(i, i) / (scales[i] * scales[i]);
        }
        Tensor rounded =
                new Rounder(options.choice(), false, null).nearest(m, w, options.format(), importance).tensor();
        double[] inverse = Arrays.stream(scales).map(s -> 1 / s).toArray();
        return Rounder.error(m, scaled(rounded, m.axis(), inverse).floats(), inputs);
    }

    /** Each slice along an axis times its number. */
    private static Tensor scaled(Tensor t, int axis, double[] by) {
        int inner = 1;
        for (int d = axis + 1; d < t.rank(); d++) {
            inner *= t.dim(d);
        }
        float[] from = t.floats();
        float[] to = new float[from.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = (float) (from[i] * by[i / inner % by.length]);
        }
        return Tensor.of(to, t.shape());
    }
}
