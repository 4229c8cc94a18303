package dev.lanewise.cli;

import dev.lanewise.LoadOptions;
import dev.lanewise.WeightPrecision;
import picocli.CommandLine.Option;

/** The option {@code --weights} of the commands that run a model. */
final class WeightsOption {
    @Option(names = "--weights", paramLabel = "as_stored|int8", defaultValue = "as_stored",
            description = "Float weights as the file has them, or as signed bytes with a scale a channel: a quarter of "
                    + "the memory, slightly other results. Default: ${DEFAULT-VALUE}.")
    private WeightPrecision precision;

    LoadOptions options() {
        return LoadOptions.defaults().withWeights(precision);
    }
}
