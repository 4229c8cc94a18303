package dev.lanewise;

import static dev.lanewise.testing.Agreement.COLD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.Small;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Flight Recorder sees. The event of a load is checked where there is a format to load. */
class EventsTest {
    @TempDir
    Path folder;

    @Test
    void compilePlanAndRunAreRecorded() throws Exception {
        Small small = new Small();
        Path file = folder.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            for (String name : List.of("Compile", "Plan", "Run")) {
                recording.enable("dev.lanewise." + name).withoutThreshold();
            }
            recording.start();
            try (Model model = small.model(); Session session = model.newSession(COLD.withThreads(2))) {
                for (int n : new int[] {3, 3, 4}) {
                    session.run(Agreement.named(small.graph, small.inputs(n)));
                }
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        List<RecordedEvent> compiles = named(events, "Compile");
        assertEquals(1, compiles.size());
        assertEquals("test", compiles.getFirst().getString("model"));
        assertTrue(compiles.getFirst().getInt("steps") > 0);
        List<RecordedEvent> plans = named(events, "Plan");
        assertEquals(2, plans.size(), "one for each change of sizes");
        assertFalse(plans.getFirst().getBoolean("exact"));
        List<RecordedEvent> runs = named(events, "Run");
        assertEquals(3, runs.size());
        assertEquals(2, runs.getFirst().getInt("threads"));
        assertTrue(runs.getFirst().getDuration().toNanos() > 0);
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream().filter(e -> e.getEventType().getName().equals("dev.lanewise." + name)).toList();
    }
}
