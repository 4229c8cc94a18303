package dev.lanewise;

import java.nio.file.Path;

/**
 * How a model is loaded.
 *
 * @param limits what an untrusted file may ask for
 * @param allowedRoot folder under which a model's external data files may lie once links are resolved; null for the model's
 *        own folder, without symbolic links
 * @param optimise whether the graph is rewritten for speed
 * @param kernels which kernels to run
 * @param weights in what form FLOAT weights are kept; anything but as stored needs {@code optimise}
 */
public record LoadOptions(Limits limits, Path allowedRoot, boolean optimise, KernelMode kernels,
        WeightPrecision weights) {
    public LoadOptions {
        if (weights != WeightPrecision.AS_STORED && !optimise) {
            throw new InvalidInputException("weights", "optimise with " + weights + " weights", "no optimisation",
                    "load with optimisation, or with the weights as stored");
        }
    }

    public static LoadOptions defaults() {
        return new LoadOptions(Limits.defaults(), null, true, KernelMode.ofProperty(),
                WeightPrecision.AS_STORED);
    }

    public LoadOptions withLimits(Limits value) {
        return new LoadOptions(value, allowedRoot, optimise, kernels, weights);
    }

    public LoadOptions withAllowedRoot(Path value) {
        return new LoadOptions(limits, value, optimise, kernels, weights);
    }

    public LoadOptions withOptimise(boolean value) {
        return new LoadOptions(limits, allowedRoot, value, kernels, weights);
    }

    public LoadOptions withKernels(KernelMode value) {
        return new LoadOptions(limits, allowedRoot, optimise, value, weights);
    }

    public LoadOptions withWeights(WeightPrecision value) {
        return new LoadOptions(limits, allowedRoot, optimise, kernels, value);
    }
}
