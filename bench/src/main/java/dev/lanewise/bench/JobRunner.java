package dev.lanewise.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs jobs one after another, each in a JVM of its own with the options of this one, and collects what they say. */
final class JobRunner {
    private static final int LINES_OF_FAILURE = 12;

    private final Measurements measurements;
    private final Path saved;
    private final Path log;
    private volatile Process current;

    /**
     * @param saved where the measurements are written to after each job
     * @param log gets what the processes write to stderr
     */
    JobRunner(Measurements measurements, Path saved, Path log) {
        this.measurements = measurements;
        this.saved = saved;
        this.log = log;
    }

    /** A job of a round. */
    record Turn(int round, Job job) {
        /** Under this key it is noted that the job is done. */
        String key() {
            return "done/" + round + "/" + job.label();
        }
    }

    /**
     * Runs those that are not noted as done. A job that fails is noted as {@code failed/LABEL} and none of its values is kept; the
     * others go on. Returns how many failed.
     */
    int run(List<Turn> turns) throws IOException, InterruptedException {
        List<Turn> due = turns.stream().filter(t -> measurements.fact(t.key(), null) == null).toList();
        ProgressBar bar = new ProgressBar(System.err, due.stream().mapToDouble(t -> t.job.seconds()).sum());
        Thread ending = Thread.ofPlatform().unstarted(this::endCurrent);
        Runtime.getRuntime().addShutdownHook(ending);
        int failed = 0;
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            clock.scheduleAtFixedRate(bar::draw, 1, 1, TimeUnit.SECONDS);
            for (Turn turn : due) {
                bar.begin(turn.job.label() + ", round " + turn.round, turn.job.seconds());
                failed += run(turn, bar) ? 0 : 1;
                measurements.save(saved);
                bar.end();
            }
            clock.shutdownNow();
        }
        Runtime.getRuntime().removeShutdownHook(ending);
        bar.close();
        return failed;
    }

    private void endCurrent() {
        if (current != null) {
            current.descendants().forEach(ProcessHandle::destroy);
            current.destroy();
        }
    }

    private boolean run(Turn turn, ProgressBar bar) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("lanewise-report", ".log");
        List<String[]> found = new ArrayList<>();
        try {
            current = new ProcessBuilder(command(turn.job)).redirectError(errors.toFile()).start();
            current.getOutputStream().close();
            try (BufferedReader in = current.inputReader(StandardCharsets.UTF_8)) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    String[] fields = line.split("\t", -1);
                    if (fields[0].equals("doing")) {
                        bar.detail(fields[1]);
                    } else {
                        found.add(fields);
                    }
                }
            }
            int status = current.waitFor();
            List<String> said = Files.readAllLines(errors);
            log(turn, said);
            if (status == 0) {
                found.forEach(fields -> take(turn.round, fields));
                measurements.note(turn.key(), LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString());
                measurements.forget("failed/" + turn.job.label());
            } else {
                String why = String.join(" | ", said.subList(Math.max(0, said.size() - LINES_OF_FAILURE), said.size()));
                measurements.note("failed/" + turn.job.label(), "exit code " + status + ": " + why);
            }
            return status == 0;
        } finally {
            Files.delete(errors);
        }
    }

    private void take(int round, String[] fields) {
        switch (fields[0]) {
            case "value" -> measurements.add(round, fields[1], Double.parseDouble(fields[2]));
            case "fact" -> measurements.note(fields[1], fields[2]);
            default -> throw new IllegalStateException("a measuring process wrote: " + String.join(" ", fields));
        }
    }

    private void log(Turn turn, List<String> said) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("== " + turn.job.label() + ", round " + turn.round);
        lines.add(String.join(" ", command(turn.job)));
        lines.addAll(said);
        Files.write(log, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
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
