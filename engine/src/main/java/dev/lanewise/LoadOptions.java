package dev.lanewise;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * How a model is loaded.
 *
 * @param limits what an untrusted file may ask for
 * @param allowedRoot folder under which a model's external data files may lie once links are resolved; null for the model's
 *        own folder, without symbolic links
 * @param optimise whether the graph is rewritten for speed
 * @param kernels which kernels to run
 * @param weights in what form FLOAT weights are kept; anything but as stored needs {@code optimise}
 * @param granularities widths of feed-forward blocks to choose from in each run, as shares of their own, rising to 1, which needs
 *        {@code optimise}; null for those that the model names, empty for none
 * @param adaptive how a model that adapts its computation to its inputs does so
 */
public record LoadOptions(Limits limits, Path allowedRoot, boolean optimise, KernelMode kernels,
        WeightPrecision weights, List<Double> granularities, AdaptiveOptions adaptive) {
    public LoadOptions {
        if (weights != WeightPrecision.AS_STORED && !optimise) {
            throw new InvalidInputException("weights", "optimise with " + weights + " weights", "no optimisation",
                    "load with optimisation, or with the weights as stored");
        }
        if (granularities != null && !granularities.isEmpty()) {
            granularities = List.copyOf(granularities);
            double before = 0;
            boolean rising = optimise && granularities.getLast() == 1;
            for (double share : granularities) {
                rising &= share > before;
                before = share;
            }
            if (!rising) {
                throw new InvalidInputException("granularities", "optimisation, and shares above 0 that rise to 1",
                        granularities + (optimise ? "" : " without optimisation"), "give 0.25, 0.5, 1, say");
            }
        }
    }

    public static LoadOptions defaults() {
        return new LoadOptions(Limits.defaults(), null, true, KernelMode.ofProperty(),
                WeightPrecision.AS_STORED, null, AdaptiveOptions.defaults());
    }

    public LoadOptions withLimits(Limits value) {
        return new LoadOptions(value, allowedRoot, optimise, kernels, weights, granularities, adaptive);
    }

    public LoadOptions withAllowedRoot(Path value) {
        return new LoadOptions(limits, value, optimise, kernels, weights, granularities, adaptive);
    }

    public LoadOptions withOptimise(boolean value) {
        return new LoadOptions(limits, allowedRoot, value, kernels, weights, granularities, adaptive);
    }

    public LoadOptions withKernels(KernelMode value) {
        return new LoadOptions(limits, allowedRoot, optimise, value, weights, granularities, adaptive);
    }

    public LoadOptions withWeights(WeightPrecision value) {
        return new LoadOptions(limits, allowedRoot, optimise, kernels, value, granularities, adaptive);
    }

    /** Makes the model elastic in these shares of its blocks' widths, whether or not it says so itself. */
    public LoadOptions withGranularities(double... shares) {
        return new LoadOptions(limits, allowedRoot, optimise, kernels, weights, Arrays.stream(shares).boxed().toList(),
                adaptive);
    }

    public LoadOptions withAdaptive(AdaptiveOptions value) {
        return new LoadOptions(limits, allowedRoot, optimise, kernels, weights, granularities, value);
    }
}
