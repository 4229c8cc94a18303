package dev.lanewise.cli;

import dev.lanewise.LoadOptions;
import java.util.List;
import java.util.stream.DoubleStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The values of options {@code --widths}. */
final class Widths {
    private Widths() {
    }

    /** Options that make a model elastic in these shares of its widths and in all of it; the options as they are where there are none. */
    static LoadOptions elastic(LoadOptions options, List<Double> widths, CommandSpec spec) {
        if (widths.isEmpty()) {
            return options;
        }
        for (double share : widths) {
            if (!(share > 0 && share <= 1)) {
                throw new ParameterException(spec.commandLine(), "--widths: shares above 0 up to 1, not " + share);
            }
        }
        return options.withGranularities(DoubleStream
                .concat(widths.stream().mapToDouble(w -> w), DoubleStream.of(1)).distinct().sorted().toArray());
    }
}
