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
    public Job {
        jvmOptions = List.copyOf(jvmOptions);
        arguments = List.copyOf(arguments);
    }
}
