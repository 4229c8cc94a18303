package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
    @TempDir
    Path folder;
    private Path model;

    @BeforeEach
    void file() throws IOException {
        model = Files.write(folder.resolve("m.onnx"), OnnxBytes.addRelu());
    }

    @Test
    void tellsWhatIsInTheModel() {
        Outcome o = Outcome.of("inspect", model);
        assertEquals(0, o.code(), o.err());
        for (String line : List.of("producer +tests", "input +x: FLOAT\\[batch,3]", "output +y: FLOAT\\[batch,3]",
                "parameters +3 in 1 tensors, 12 bytes", "format +IR 10, .*ai.onnx=21.*")) {
            assertTrue(o.out().lines().anyMatch(l -> l.matches(line)), line + " in\n" + o.out());
        }
        assertFalse(o.out().contains("activations"), o.out());
    }

    @Test
    void json() throws IOException {
        Map<String, Object> m = Outcome.of("inspect", model, "--json").json();
        assertEquals(3L, m.get("parameters"));
        assertEquals(12L, m.get("parameter_bytes"));
        assertEquals(List.of(Map.of("name", "x", "type", "FLOAT", "dims", List.of("batch", "3"))), m.get("inputs"));
        assertEquals(2, ((Map<?, ?>) m.get("operators")).size());
        assertNull(m.get("nodes"));
        assertNull(m.get("activation_bytes"));
    }

    @Test
    void stages() throws IOException {
        Outcome imported = Outcome.of("inspect", model, "--stage", "imported");
        assertTrue(imported.out().lines().anyMatch(l -> l.contains("sum:FLOAT[batch,3]") && l.endsWith("x, w")),
                imported.out());
        assertTrue(Outcome.of("inspect", model, "--stage", "OPTIMISED").out().contains("y:FLOAT[batch,3]"));
        Outcome plan = Outcome.of("inspect", model, "--stage", "plan", "--shape", "x=5x3");
        assertEquals(0, plan.code(), plan.err());
        assertTrue(plan.out().contains("[5,3]"), plan.out());
        Map<String, Object> json = Outcome.of("inspect", model, "--stage", "plan", "--shape", "5x3", "--json").json();
        assertEquals("plan", json.get("stage"));
        assertFalse(((List<?>) json.get("steps")).isEmpty());
        assertTrue(((List<?>) json.get("slots")).stream()
                .anyMatch(s -> List.of(5L, 3L).equals(((Map<?, ?>) s).get("shape"))), json.toString());
        assertTrue(json.containsKey("activation_bytes"));
    }

    @Test
    void exitCodes() {
        assertEquals(2, Outcome.of("inspect", model, "--stage", "plan").code());
        assertEquals(2, Outcome.of("inspect", model, "--stage", "nonesuch").code());
        assertEquals(1, Outcome.of("inspect", model, "--shape", "x=5x4").code());
        assertEquals(1, Outcome.of("inspect", model, "--shape", "x=5").code());
    }

    @Test
    void everyCommandHasHelp() {
        for (String command : List.of("embed", "inspect", "run", "check", "bench")) {
            Outcome o = Outcome.of(command, "--help");
            assertEquals(0, o.code());
            assertTrue(o.out().startsWith("Usage: lanewise " + command), o.out());
            assertFalse(o.out().contains("\u001b"), "colours without a terminal");
            assertTrue(Outcome.of(command, "--version").out().startsWith("lanewise "));
        }
        assertEquals(2, Outcome.of().code());
        assertTrue(Outcome.of("--version").out().startsWith("lanewise "));
    }
}
