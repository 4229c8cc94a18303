package dev.lanewise.cli;

import dev.lanewise.AdaptiveOptions;
import dev.lanewise.LoadOptions;
import dev.lanewise.Tensor;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of the commands that run a model, on how far it adapts to its input. */
final class AdaptiveOption {
    private static final String THRESHOLD = "exit_threshold";

    @Option(names = "--fixed-k", paramLabel = "K",
            description = "Of adaptive computation modules: K learners for each token, instead of what the gates choose.")
    private int learners;

    @Option(names = "--tokens", paramLabel = "K",
            description = "Of token sampling: tokens that are kept in each block at most, beside the class token.")
    private int tokens;

    @Option(names = "--exit-threshold", paramLabel = "P",
            description = "Of early exits: samples leave at a head whose highest probability is P or more.")
    private Float threshold;

    LoadOptions in(LoadOptions options) {
        return options.withAdaptive(new AdaptiveOptions(learners, tokens, threshold != null));
    }

    /** Adds the input that tells how sure a head has to be. */
    Map<String, Tensor> with(Map<String, Tensor> inputs) {
        if (threshold != null) {
            inputs.put(THRESHOLD, Tensor.of(new float[] {threshold}, 1));
        }
        return inputs;
    }
}
