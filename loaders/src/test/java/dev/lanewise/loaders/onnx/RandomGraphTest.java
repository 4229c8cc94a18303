package dev.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random graphs of all operators, here and in ONNX Runtime. {@code -Dlanewise.fuzz.graphs=20000} runs that many,
 * {@code -Dlanewise.fuzz.seed=S} those from that seed on, {@code -Dlanewise.fuzz.only=REGEX} with recipes of these names alone, and
 * {@code -Dlanewise.fuzz.report=FILE} writes what was counted.
 */
class RandomGraphTest {
    private static final int REPORTED = 40;

    @Test
    void agreeWithOnnxRuntime() throws Exception {
        long first = Long.getLong("lanewise.fuzz.seed", 1);
        int graphs = Integer.getInteger("lanewise.fuzz.graphs", 300);
        FuzzTally tally = new FuzzTally();
        List<String> found = new ArrayList<>();
        for (long seed = first; seed < first + graphs; seed++) {
            String wrong = new FuzzRun(seed, tally).run();
            if (wrong != null) {
                found.add("seed " + seed + ": " + wrong);
            }
            if (System.getProperty("lanewise.fuzz.trace") != null) {
                System.out.println("seed " + seed);
            }
        }
        String report = System.getProperty("lanewise.fuzz.report");
        if (report != null) {
            Files.writeString(Path.of(report), tally.toString());
        }
        assertTrue(found.isEmpty(), () -> found.size() + " of " + graphs + " graphs disagree, " + "the first are:\n"
                + String.join("\n\n", found.subList(0, Math.min(REPORTED, found.size()))));
        System.out.println(tally.graphs() + " random graphs of " + tally.operators().size() + " operators agree");
    }
}
