package dev.lanewise.elastic;

import dev.lanewise.LatencyTableException;
import dev.lanewise.Session;
import dev.lanewise.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Under what latencies were measured: facts by name. */
public record Conditions(Map<String, String> facts) {
    static final List<String> NAMES =
            List.of("cpu", "processors", "kernels", "jdk", "lanewise", "model", "threads");
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    /** Lines that tell what a processor is: its name, or on ARM the numbers of its maker and design. */
    private static final List<String> CPU_LINES =
            List.of("model name", "CPU implementer", "CPU part", "CPU variant", "uarch");

    public Conditions {
        facts = Map.copyOf(facts);
    }

    /** Those at hand: this machine and JVM, and the session's model and threads. */
    public static Conditions of(Session session) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("cpu", cpu());
        facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("kernels", session.model().kernels() + " " + session.model().vectorBits());
        facts.put("jdk", System.getProperty("java.vm.name") + " " + Runtime.version());
        facts.put("lanewise", Version.current());
        facts.put("model", session.model().fingerprint());
        facts.put("threads", Integer.toString(session.threads()));
        return new Conditions(facts);
    }

    /** Fails where these, those of a file, are not the ones at hand. */
    void check(Conditions now, String file) {
        for (String name : NAMES) {
            if (!now.facts.get(name).equals(facts.get(name))) {
                throw new LatencyTableException(file, name, now.facts.get(name),
                        facts.getOrDefault(name, "nothing"));
            }
        }
    }

    /** The processor's name, where the system has a file that tells it; else the architecture. */
    private static String cpu() {
        String architecture = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        String windows = System.getenv("PROCESSOR_IDENTIFIER");
        String name = windows != null ? windows : "";
        if (Files.isReadable(CPU_INFO)) {
            try (Stream<String> lines = Files.lines(CPU_INFO)) {
                name = lines.map(l -> l.split(":", 2)).filter(l -> l.length == 2 && CPU_LINES.contains(l[0].strip()))
                        .map(l -> l[1].strip()).distinct().collect(Collectors.joining(" "));
            } catch (IOException | java.io.UncheckedIOException e) {
                return architecture;
            }
        }
        String all = (name + " " + architecture).strip();
        return all.chars().mapToObj(c -> Character.isISOControl(c) ? " " : Character.toString(c))
                .collect(Collectors.joining());
    }
}
