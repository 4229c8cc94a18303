package dev.lanewise.cli;

import dev.lanewise.LoadOptions;
import dev.lanewise.WeightPrecision;
import picocli.CommandLine.Option;

/** The option {@code --weights} of the commands that run a model. */
final class WeightsOption {
    @Option(names = "--weights", paramLabel = "as_stored|int8|int4_group32|…", defaultValue = "as_stored",
            description = "Float weights as the file has them, or rounded at load: signed bytes with a scale a channel, a quarter of "
                    + "the memory, or ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private WeightPrecision precision;

    LoadOptions options() {
        return LoadOptions.defaults().withWeights(precision);
    }
}
