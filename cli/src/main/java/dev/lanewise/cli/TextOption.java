package dev.lanewise.cli;

import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How texts become a model's inputs: the options {@code --tokenizer} and {@code --max-length} of commands that observe one. */
final class TextOption {
    /** A token between those that begin and end a text. */
    private static final int SHORTEST = 3;

    @Option(names = "--tokenizer", paramLabel = "FILE",
            description = "Its tokenizer.json; default: beside the model file or in the folder above.")
    private Path tokenizer;

    @Option(names = "--max-length", paramLabel = "N", defaultValue = "128",
            description = "Longest text in tokens, the rest is cut; default: ${DEFAULT-VALUE}.")
    private int maxLength;

    void check(CommandSpec spec) {
        Usage.atLeast(spec, "--max-length", maxLength, SHORTEST);
    }

    Path tokenizer() {
        return tokenizer;
    }

    int maxLength() {
        return maxLength;
    }
}
