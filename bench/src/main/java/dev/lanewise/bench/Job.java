package dev.lanewise.bench;

import java.util.List;

/**
 * One measuring process.
 *
 * @param label what it does, in words
 * @param seconds how long it may take, guessed
 * @param jvmOptions options of its JVM besides those that all have
 * @param mainClass what it runs
 */
public record Job(String label, double seconds, List<String> jvmOptions, Class<?> mainClass, List<String> arguments) {
    /** As the launcher starts commands that run a model for long. */
    public static final List<String> LONG_RUNNING =
            List.of("-XX:+UseTransparentHugePages", "-XX:ObjectAlignmentInBytes=64");

    public Job {
        jvmOptions = List.copyOf(jvmOptions);
        arguments = List.copyOf(arguments);
    }
}
