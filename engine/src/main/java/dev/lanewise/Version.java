package dev.lanewise;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version of Lanewise that is running. */
public final class Version {
    private static final String CURRENT = read();

    private Version() {
    }

    /** Returns the version as in the Maven coordinates, for example {@code 0.1.0}. */
    public static String current() {
        return CURRENT;
    }

    private static String read() {
        try (var in = Version.class.getResourceAsStream("version.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read version.txt of the engine", e);
        }
    }
}
