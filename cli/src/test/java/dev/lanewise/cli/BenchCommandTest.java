package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.cli.peer.Peers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
    @TempDir
    Path folder;

    @Test
    void measuresAlone() throws IOException {
        Path model = Files.write(folder.resolve("m.onnx"), OnnxBytes.addRelu());
        Outcome o = Outcome.of("bench", model, "--shape", "x=4x3", "--runs", "7", "--warmup", "2", "--json");
        assertEquals(0, o.code(), o.err());
        Map<String, Object> m = o.json();
        assertEquals(Map.of("x", List.of(4L, 3L)), m.get("shape"));
        assertEquals(1L, m.get("threads"));
        double min = (Double) m.get("min_ms");
        double median = (Double) m.get("median_ms");
        assertTrue(0 < min && min <= median && median <= (Double) m.get("p90_ms"), o.out());
        assertFalse(m.containsKey("against"));
        assertTrue(Outcome.of("bench", model, "--shape", "4x3", "--runs", "1").out().contains("median"));
    }

    /** Ids must stay within the table, else the run fails. */
    @Test
    void besideOnnxRuntime() throws IOException {
        Path model = Files.write(folder.resolve("m.onnx"), OnnxBytes.lookup());
        Outcome o = Outcome.of("bench", model, "--shape", "2x50", "--runs", "5", "--warmup", "1", "--against",
                "onnxruntime", "--json");
        assertEquals(0, o.code(), o.err());
        Map<String, Object> m = o.json();
        Map<?, ?> against = (Map<?, ?>) m.get("against");
        assertEquals("onnxruntime", against.get("name"));
        assertEquals(Peers.defaultVersion(), against.get("version"));
        assertEquals((Double) m.get("median_ms") / (Double) against.get("median_ms"), (Double) m.get("ratio"), 1e-9);
        assertEquals(0.0, m.get("max_difference"));
        Path float32 = Files.write(folder.resolve("f.onnx"), OnnxBytes.addRelu());
        Outcome text = Outcome.of("bench", float32, "--shape", "2x3", "--runs", "5", "--against", "onnxruntime");
        assertTrue(text.out().contains("ratio of medians"), text.out() + text.err());
    }

    @Test
    void measuresTheSizesOfAModel() throws IOException {
        Outcome o = Outcome.of("bench", "all-minilm-l6-v2", "--shape", "1x8", "--runs", "3", "--warmup", "1",
                "--widths", "0.25,1",
                "--json");
        assertEquals(0, o.code(), o.err());
        List<?> sizes = (List<?>) o.json().get("widths");
        Map<?, ?> quarter = (Map<?, ?>) sizes.get(0);
        assertEquals(2, sizes.size());
        assertEquals(0.25, quarter.get("width"));
        assertEquals(0.5, (Double) quarter.get("compute"), 1e-9);
        assertEquals(o.json().get("median_ms"), ((Map<?, ?>) sizes.get(1)).get("median_ms"));
        String text = Outcome.of("bench", "all-minilm-l6-v2", "--shape", "1x8", "--runs", "1", "--widths", "0.5").out();
        assertTrue(text.contains("width 0.5 (67 % of the multiply-adds)") && !text.contains("width 1"), text);
        assertEquals(2, Outcome.of("bench", "all-minilm-l6-v2", "--shape", "1x8", "--widths", "1.5").code());
    }

    @Test
    void exitCodes() throws IOException {
        Path model = Files.write(folder.resolve("m.onnx"), OnnxBytes.addRelu());
        assertEquals(2, Outcome.of("bench", model, "--runs", "0").code());
        Outcome noShape = Outcome.of("bench", model);
        assertEquals(1, noShape.code());
        assertTrue(noShape.err().contains("--shape x="), noShape.err());
        Outcome unknown = Outcome.of("bench", model, "--shape", "1x3", "--against", "nonesuch");
        assertEquals(1, unknown.code());
        assertTrue(unknown.err().contains("onnxruntime"), unknown.err());
    }

    /** A row for each of 30 modules; tokens of one image, each with 0 to 4 learners. */
    @Test
    void countsLearnersOfTheGates() throws IOException {
        Path modules = Path.of("../models/checkpoints/vit-acm-025");
        Outcome o = Outcome.of("bench", modules, "--shape", "1x1x28x28", "--runs", "1", "--warmup", "0",
                "--gate-histogram", "--json");
        assertEquals(0, o.code(), o.err());
        List<?> learners = (List<?>) o.json().get("learners");
        assertEquals(30, learners.size());
        for (Object module : learners) {
            List<?> tokens = (List<?>) ((Map<?, ?>) module).get("tokens");
            assertEquals(50, tokens.stream().mapToLong(t -> (Long) t).sum());
            double sum = IntStream.range(0, tokens.size()).mapToLong(k -> k * (Long) tokens.get(k)).sum();
            assertEquals(sum / 50, (Double) ((Map<?, ?>) module).get("mean"), 1e-9);
        }
        Outcome fixed = Outcome.of("bench", modules, "--shape", "1x1x28x28", "--runs", "1", "--warmup", "0",
                "--fixed-k", "2", "--gate-histogram");
        assertTrue(fixed.code() != 0 && fixed.err().contains("--gate-histogram"), fixed.err());
    }

    /** Each option is refused by a model that has nothing that it sets. */
    @Test
    void setsHowFarAModelAdapts() {
        Path exits = Path.of("../models/checkpoints/vit-exits");
        Path sampling = Path.of("../models/checkpoints/vit-ats");
        for (Object[] model : new Object[][] {{exits, "--exit-threshold", "0.9"}, {sampling, "--tokens", "12"}}) {
            assertEquals(0, Outcome.of("bench", model[0], "--shape", "images=1x1x28x28", "--runs", "1", "--warmup", "0",
                    model[1], model[2]).code());
            Path other = model[0] == exits ? sampling : exits;
            Outcome refused = Outcome.of("bench", other, "--shape", "images=1x1x28x28", model[1], model[2]);
            assertTrue(refused.code() != 0 && refused.err().contains("adaptive"), refused.err());
        }
    }
}
