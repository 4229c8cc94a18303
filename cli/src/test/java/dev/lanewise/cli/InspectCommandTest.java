package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
    void tensorsOfSafetensors() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("first", Tensor.of(new float[6], 2, 3));
        tensors.put("second", Tensor.of(DataType.BFLOAT16, new short[1]));
        Path file = folder.resolve("w.safetensors");
        SafetensorsWriter.write(file, tensors, Map.of("format", "pt"));
        Outcome o = Outcome.of("inspect", file);
        assertEquals(0, o.code(), o.err());
        for (String line : List.of("format +safetensors", "format +pt", "parameters +7 in 2 tensors, 26 bytes",
                "first +F32 +\\[2x3\\] +24", "second +BF16 +\\[\\] +2")) {
            assertTrue(o.out().lines().anyMatch(l -> l.matches(line)), line + " in\n" + o.out());
        }
        assertEquals(2, Outcome.of("inspect", file, "--stage", "plan").code());
        Path shards = Files.createDirectory(folder.resolve("shards"));
        SafetensorsWriter.writeShards(shards, tensors, Map.of(), 24);
        Map<String, Object> json = Outcome.of("inspect", shards, "--json").json();
        assertEquals(List.of("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"),
                json.get("files"));
        assertEquals(26L, json.get("parameter_bytes"));
        assertEquals(List.of(
                Map.of("name", "first", "dtype", "F32", "shape", List.of(2L, 3L), "bytes", 24L, "file",
                        "model-00001-of-00002.safetensors"),
                Map.of("name", "second", "dtype", "BF16", "shape", List.of(), "bytes", 2L, "file",
                        "model-00002-of-00002.safetensors")),
                json.get("tensors"));
        Files.write(file, new byte[] {1});
        assertEquals(3, Outcome.of("inspect", file).code());
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
