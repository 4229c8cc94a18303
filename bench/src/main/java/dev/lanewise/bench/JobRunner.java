package dev.lanewise.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs jobs one after another, each in a JVM of its own with the options of this one, and collects what they say. */
final class JobRunner {
    private static final int LINES_OF_FAILURE = 12;

    private final Measurements measurements;
    private final Path log;

    /** @param log gets what the processes write to stderr */
    JobRunner(Measurements measurements, Path log) {
        this.measurements = measurements;
        this.log = log;
    }

    /** A job of a round. */
    record Turn(int round, Job job) {
    }

    /** Runs them all; a job that fails is noted as {@code failed/LABEL}, and the others go on. Returns how many failed. */
    int run(List<Turn> turns) throws IOException, InterruptedException {
        ProgressBar bar = new ProgressBar(System.err, turns.stream().mapToDouble(t -> t.job.seconds()).sum());
        int failed = 0;
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            clock.scheduleAtFixedRate(bar::draw, 1, 1, TimeUnit.SECONDS);
            for (Turn turn : turns) {
                bar.begin(turn.job.label() + ", round " + turn.round, turn.job.seconds());
                failed += run(turn, bar) ? 0 : 1;
                bar.end();
            }
            clock.shutdownNow();
        }
        bar.close();
        return failed;
    }

    private boolean run(Turn turn, ProgressBar bar) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("lanewise-report", ".log");
        try {
            Process process = new ProcessBuilder(command(turn.job)).redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    take(turn.round, line, bar);
                }
            }
            int status = process.waitFor();
            List<String> said = Files.readAllLines(errors);
            note(turn, said);
            if (status != 0) {
                String why = String.join(" | ", said.subList(Math.max(0, said.size() - LINES_OF_FAILURE), said.size()));
                measurements.note("failed/" + turn.job.label(), "exit code " + status + ": " + why);
            }
            return status == 0;
        } finally {
            Files.delete(errors);
        }
    }

    private void note(Turn turn, List<String> said) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("== " + turn.job.label() + ", round " + turn.round);
        lines.add(String.join(" ", command(turn.job)));
        lines.addAll(said);
        Files.write(log, lines, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
    }

    private void take(int round, String line, ProgressBar bar) {
        String[] fields = line.split("\t", -1);
        switch (fields[0]) {
            case "value" -> measurements.add(round, fields[1], Double.parseDouble(fields[2]));
            case "fact" -> measurements.note(fields[1], fields[2]);
            case "doing" -> bar.detail(fields[1]);
            default -> throw new IllegalStateException("a measuring process wrote: " + line);
        }
    }

    private static List<String> command(Job job) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(job.jvmOptions());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), job.mainClass().getName()));
        command.addAll(job.arguments());
        return command;
    }
}
