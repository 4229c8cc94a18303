package dev.lanewise.cli;

import dev.lanewise.LanewiseException;
import dev.lanewise.ModelFormatException;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.models.tokenizer.UnsupportedTokenizerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into a message and an exit code. */
final class Failures {
    static final int FAILED = 1;
    static final int BAD_MODEL = 3;

    private Failures() {
    }

    /** What goes wrong by fault of the input is told in one line; a stack trace is for faults of the program. */
    static int handle(Exception e, CommandLine line, ParseResult parsed) {
        String text = switch (e) {
            case LanewiseException own -> own.getMessage();
            case UncheckedIOException io -> describe(io.getCause());
            case IOException io -> describe(io);
            default -> null;
        };
        if (text == null) {
            e.printStackTrace(line.getErr());
        } else {
            line.getErr().println(line.getColorScheme().errorText("lanewise: " + text));
        }
        line.getErr().flush();
        return switch (e) {
            case ModelFormatException format -> BAD_MODEL;
            case UnsupportedModelException model -> BAD_MODEL;
            case UnsupportedTokenizerException tokenizer -> BAD_MODEL;
            default -> FAILED;
        };
    }

    /** Several exceptions of the file system have no message but the path. */
    private static String describe(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + ": no such file or folder";
            case AccessDeniedException denied -> denied.getFile() + ": access denied";
            case FileAlreadyExistsException exists -> exists.getFile() + ": exists and is no folder";
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }
}
