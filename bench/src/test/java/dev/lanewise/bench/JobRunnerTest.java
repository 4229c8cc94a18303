package dev.lanewise.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.bench.JobRunner.Turn;
import dev.lanewise.bench.work.Emit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobRunnerTest {
    /** What a measuring process does, and one that fails. */
    static final class Program {
        public static void main(String[] arguments) {
            Emit.doing("working");
            System.out.println("not a measurement, so it goes to stderr");
            Emit.value("key", Double.parseDouble(arguments[0]));
            Emit.fact("fact", System.getProperty("option"));
            if (arguments[0].equals("3")) {
                throw new IllegalStateException("on purpose");
            }
        }
    }

    @Test
    void valuesAreKeptByRoundAndAFailureDoesNotEndTheRest(@TempDir Path folder) throws Exception {
        Measurements m = new Measurements();
        Path log = folder.resolve("log");
        Path saved = folder.resolve("m.tsv");
        List<Turn> turns = List.of(turn(1, "1"), turn(2, "3"), turn(3, "2"));
        assertEquals(1, new JobRunner(m, saved, log).run(turns));
        assertEquals(Map.of(1, 1.0, 3, 2.0), m.rounds("key"));
        assertEquals("set", m.fact("fact", ""));
        assertTrue(m.facts("failed/").get("job 3").contains("on purpose"));
        assertEquals(m.rounds("key"), Measurements.load(saved).rounds("key"));
        assertTrue(Files.readString(log).contains("so it goes to stderr"));
    }

    @Test
    void whatIsDoneIsNotDoneAgain(@TempDir Path folder) throws Exception {
        Measurements m = new Measurements();
        JobRunner runner = new JobRunner(m, folder.resolve("m.tsv"), folder.resolve("log"));
        runner.run(List.of(turn(1, "1")));
        runner.run(List.of(turn(1, "1"), turn(1, "2")));
        assertArrayEquals(new double[] {1, 2}, m.all("key"));
    }

    private static Turn turn(int round, String argument) {
        return new Turn(round,
                new Job("job " + argument, 1, List.of("-Doption=set"), Program.class, List.of(argument)));
    }
}
