package dev.lanewise.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of option values beyond their type. */
final class Usage {
    private Usage() {
    }

    static void atLeast(CommandSpec spec, String option, int value, int least) {
        if (value < least) {
            throw new ParameterException(spec.commandLine(),
                    "Invalid value for option '" + option + "': expected " + least + " or more, found " + value);
        }
    }
}
