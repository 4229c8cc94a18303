package dev.lanewise.cli;

import java.io.Console;
import picocli.CommandLine.Help.Ansi;

/** Colours, where a person looks at them. */
final class Style {
    private Style() {
    }

    /** Off where the output is no terminal or {@code NO_COLOR} is set (https://no-color.org). */
    static Ansi ansi() {
        String noColor = System.getenv("NO_COLOR");
        Console console = System.console();
        boolean terminal = console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
        return terminal && (noColor == null || noColor.isEmpty()) ? Ansi.ON : Ansi.OFF;
    }
}
