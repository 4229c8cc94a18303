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
 */
public record LoadOptions(Limits limits, Path allowedRoot, boolean optimise, KernelMode kernels) {
    public static LoadOptions defaults() {
        return new LoadOptions(Limits.defaults(), null, true, KernelMode.ofProperty());
    }

    public LoadOptions withLimits(Limits value) {
        return new LoadOptions(value, allowedRoot, optimise, kernels);
    }

    public LoadOptions withAllowedRoot(Path value) {
        return new LoadOptions(limits, value, optimise, kernels);
    }

    public LoadOptions withOptimise(boolean value) {
        return new LoadOptions(limits, allowedRoot, value, kernels);
    }

    public LoadOptions withKernels(KernelMode value) {
        return new LoadOptions(limits, allowedRoot, optimise, value);
    }
}
