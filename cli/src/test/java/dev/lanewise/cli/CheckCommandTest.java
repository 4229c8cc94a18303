package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
    @TempDir
    Path folder;

    @BeforeEach
    void cases() throws IOException {
        write("node", "test_good", OnnxBytes.addRelu(), 1, 0, 3);
        write("node", "test_wrong", OnnxBytes.addRelu(), 1, 0.5f, 3);
        write("node", "test_unsupported", OnnxBytes.unsupported(), 1, 0, 3);
        write("other", "test_good", OnnxBytes.addRelu(), 1, 0, 3);
    }

    private void write(String suite, String name, byte[] model, float... due) throws IOException {
        Path set = Files.createDirectories(folder.resolve(suite).resolve(name).resolve("test_data_set_0"));
        Files.write(set.resolveSibling("model.onnx"), model);
        TensorFile.write(set.resolve("input_0.pb"), "x", Tensor.of(new float[3], 1, 3));
        TensorFile.write(set.resolve("output_0.pb"), "y", Tensor.of(due, 1, 3));
    }

    @Test
    void countsAndExplains() {
        Outcome o = Outcome.of("check", folder);
        assertEquals(1, o.code(), o.err());
        assertEquals("2 passed, 1 failed, 1 skipped", o.lastLine());
        assertTrue(o.out().lines().anyMatch(l -> l.startsWith("FAILED node/test_wrong: ")
                && l.endsWith("largest error 0.5")), o.out());
        assertTrue(o.out().lines().anyMatch(l -> l.matches(" *1 +ai\\.onnx\\.Nonesuch")), o.out());
    }

    @Test
    void choosesCases() {
        assertEquals("1 passed, 0 failed, 0 skipped", Outcome.of("check", folder, "--suite", "other").lastLine());
        Outcome good = Outcome.of("check", folder, "--filter", "test_g*", "--scalar", "--no-optimise");
        assertEquals("2 passed, 0 failed, 0 skipped", good.lastLine());
        assertEquals(0, good.code());
        Outcome none = Outcome.of("check", folder, "--suite", "absent");
        assertEquals(1, none.code());
        assertTrue(none.err().contains("[node, other]"), none.err());
        assertEquals(1, Outcome.of("check", folder.resolve("absent")).code());
    }

    @Test
    void json() throws IOException {
        Map<String, Object> m = Outcome.of("check", folder, "--json").json();
        assertEquals(List.of(2L, 1L, 1L), List.of(m.get("passed"), m.get("failed"), m.get("skipped")));
        Map<?, ?> failure = (Map<?, ?>) ((List<?>) m.get("failures")).getFirst();
        assertEquals("test_wrong", failure.get("name"));
        assertEquals(0.5, failure.get("largest_error"));
        assertEquals(Map.of("ai.onnx.Nonesuch", 1L), m.get("skipped_for"));
    }
}
