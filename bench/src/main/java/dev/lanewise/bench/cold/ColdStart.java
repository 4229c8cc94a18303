package dev.lanewise.bench.cold;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Starts programs in turn, many times each, and gives the median of what they report. A program is a name and the java
 * command that runs it up to its main class.
 */
public final class ColdStart {
    private static final String SENTENCE = "A man is eating a piece of bread.";

    private ColdStart() {
    }

    /**
     * What one process reports.
     *
     * @param command java, options and main class of a program that takes what {@link LanewiseProgram} takes
     * @param millis how long it goes on after its start
     */
    public static Map<String, Double> run(List<String> command, String model, int threads, int millis)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(command);
        Instant now = Instant.now();
        all.addAll(List.of(Long.toString(now.getEpochSecond() * 1_000_000_000L + now.getNano()), model,
                Integer.toString(threads), Integer.toString(millis), SENTENCE));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Map<String, Double> found = new LinkedHashMap<>();
        output.lines().filter(line -> line.startsWith("milestones ")).flatMap(line -> Arrays.stream(line.split(" ")))
                .skip(1).map(pair -> pair.split("=")).forEach(p -> found.put(p[0], Double.parseDouble(p[1])));
        if (found.isEmpty()) {
            throw new IllegalStateException(String.join(" ", command) + " failed:\n" + output);
        }
        return found;
    }

    /** Medians of {@code rounds} alternations of the programs. */
    public static Map<String, Map<String, Double>> compare(Map<String, List<String>> programs, String model,
            int threads, int millis, int rounds) throws IOException, InterruptedException {
        Map<String, Map<String, List<Double>>> samples = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, List<String>> program : programs.entrySet()) {
                run(program.getValue(), model, threads, millis).forEach((what, value) -> samples
                        .computeIfAbsent(program.getKey(), k -> new LinkedHashMap<>())
                        .computeIfAbsent(what, k -> new ArrayList<>()).add(value));
            }
        }
        Map<String, Map<String, Double>> medians = new LinkedHashMap<>();
        samples.forEach((name, bySample) -> {
            Map<String, Double> row = new LinkedHashMap<>();
            bySample.forEach((what, values) -> row.put(what, values.stream().sorted().toList().get(values.size() / 2)));
            medians.put(name, row);
        });
        return medians;
    }

    /**
     * Arguments: model, threads, milliseconds a process lasts, rounds, then {@code name=java command} for each program.
     */
    public static void main(String[] args) throws Exception {
        Map<String, List<String>> programs = new LinkedHashMap<>();
        for (String program : Arrays.asList(args).subList(4, args.length)) {
            int equals = program.indexOf('=');
            programs.put(program.substring(0, equals), List.of(program.substring(equals + 1).split(" ")));
        }
        Map<String, Map<String, Double>> medians = compare(programs, args[0], Integer.parseInt(args[1]),
                Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        medians.forEach((name, row) -> {
            System.out.printf("%-14s", name);
            new TreeMap<>(row).forEach((what, value) -> System.out.printf(" %s %.1f", what, value));
            System.out.println();
        });
    }
}
