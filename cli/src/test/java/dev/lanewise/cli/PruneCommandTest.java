package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.elastic.HiddenLayer;
import dev.lanewise.models.BuiltInModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real model, pruned on a few texts: what matters here is the way, not what is left. */
class PruneCommandTest {
    private static final Map<String, Tensor> INPUTS = Map.of("input_ids",
            Tensor.of(new long[] {101, 1037, 2158, 2003, 5983, 2833, 102}, 1, 7), "attention_mask",
            Tensor.of(new long[] {1, 1, 1, 1, 1, 1, 1}, 1, 7), "token_type_ids", Tensor.of(new long[7], 1, 7));

    @TempDir
    private Path folder;

    private Path texts() throws IOException {
        return Files.write(folder.resolve("texts.txt"),
                IntStream.range(0, 8).mapToObj(i -> "text number " + i * i + " about food").toList());
    }

    private static float[] run(Model model) {
        try (Session session = model.newSession()) {
            return session.run(INPUTS).get("last_hidden_state").floats();
        }
    }

    /** Scored by gradients, sorted, and elastic when it is loaded again. */
    @Test
    @SuppressWarnings("unchecked")
    void sortsAWholeModel() throws IOException {
        Path sorted = folder.resolve("sorted.onnx");
        Outcome o =
                Outcome.of("prune", "all-minilm-l6-v2", "--calibrate", texts(), "--batch", 4, "--json", "-o", sorted);
        assertEquals(0, o.code(), o.err());
        Map<String, Object> document = o.json();
        assertEquals("amp", document.get("method"));
        List<Map<String, Object>> blocks = (List<Map<String, Object>>) document.get("blocks");
        assertEquals(6, blocks.size());
        List<Double> scores = (List<Double>) blocks.get(5).get("scores");
        List<Long> order = (List<Long>) blocks.get(5).get("order");
        for (int i = 1; i < order.size(); i++) {
            assertTrue(scores.get((int) (long) order.get(i - 1)) >= scores.get((int) (long) order.get(i)));
        }
        assertTrue(Files.isRegularFile(Path.of(sorted + ".json")));
        try (Model original = Model.load(BuiltInModels.find("all-minilm-l6-v2").model(), LoadOptions.defaults());
                Model model = Model.load(sorted)) {
            assertEquals(List.of(0.25, 0.5, 0.75, 1.0), model.elastic().granularities().stream()
                    .map(s -> s.width(0) / 1536.0).toList());
            float[] expected = run(original);
            float[] found = run(model);
            double largest = 0;
            for (float e : expected) {
                largest = Math.max(largest, Math.abs(e));
            }
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], found[i], 1e-5 * largest);
            }
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void cutsToABudget() throws IOException {
        Path cut = folder.resolve("cut.onnx");
        Outcome o = Outcome.of("prune", "all-minilm-l6-v2", "--calibrate", texts(), "--batch", 4, "--method",
                "activation", "--spread", "uniform", "--budget", 0.6, "--max-length", 16, "-o", cut);
        assertEquals(0, o.code(), o.err());
        assertTrue(o.out().contains("% of the multiply-adds"), o.out());
        assertTrue(Files.size(cut) < 80_000_000);
        try (Model model = Model.load(cut)) {
            List<HiddenLayer> layers = model.elastic().layers();
            assertEquals(6, layers.size());
            layers.forEach(l -> assertEquals(608, l.width()));
            assertEquals(7 * 384, run(model).length);
        }
        Path repaired = folder.resolve("repaired.onnx");
        o = Outcome.of("prune", "all-minilm-l6-v2", "--calibrate", texts(), "--batch", 4, "--method", "activation",
                "--spread", "uniform", "--budget", 0.35, "--repair", "-o", repaired);
        assertEquals(0, o.code(), o.err());
        try (Model model = Model.load(repaired)) {
            assertFalse(model.metadata().properties().containsKey("lanewise.nested_widths"));
            assertEquals(7 * 384, run(model).length);
        }
    }

    /** Fewer neurons and fewer bits, with one report of both. */
    @Test
    @SuppressWarnings("unchecked")
    void cutsAndQuantises() throws IOException {
        Path small = folder.resolve("small.onnx");
        Outcome o = Outcome.of("prune", "all-minilm-l6-v2", "--calibrate", texts(), "--batch", 4, "--method",
                "activation", "--spread", "uniform", "--budget", 0.6, "--max-length", 16, "--weights", "int8",
                "--rounding", "nearest", "--scales", "min_max", "--exclude", "layer\\.[1-5]/", "--json", "-o", small);
        assertEquals(0, o.code(), o.err());
        Map<String, Object> document = o.json();
        assertEquals(List.of(608L, 608L, 608L, 608L, 608L, 608L), document.get("widths"));
        assertEquals(Files.size(small), ((Number) document.get("bytes_after")).longValue());
        assertTrue(2 * Files.size(small) < ((Number) document.get("bytes_before")).longValue());
        double cosine = ((Number) document.get("mean_cosine")).doubleValue();
        assertTrue(cosine > 0.5 && cosine < 0.9999, "mean cosine " + cosine);
        List<Map<String, Object>> layers = (List<Map<String, Object>>) document.get("layers");
        assertEquals(12, layers.stream().filter(l -> l.get("inputs").equals(608L) || l.get("outputs").equals(608L))
                .count());
        layers.forEach(l -> assertEquals(l.get("node").toString().matches(".*layer\\.[1-5]/.*") ? "float"
                : "int8 per channel", l.get("format"), l.toString()));
        assertTrue(Files.readString(Path.of(small + ".json")).contains("\"mean_cosine\""));
        try (Model model = Model.load(small)) {
            assertEquals(7 * 384, run(model).length);
            assertEquals(608, model.elastic().layers().getFirst().width());
        }
        Path checkpoint = folder.resolve("checkpoint");
        Path text = Files.writeString(folder.resolve("text.txt"), "some words of a text, and more of them ".repeat(4));
        o = Outcome.of("prune", Path.of("../models/src/test/resources/checkpoints/decoder"), "--calibrate", text,
                "--batch", 4, "--method", "activation", "--weights", "int4", "--group", 16, "-o", checkpoint);
        assertEquals(0, o.code(), o.err());
        assertTrue(o.out().contains("times smaller"), o.out());
        assertTrue(Files.isRegularFile(checkpoint.resolve("pruning.json")));
    }

    /** A folder becomes a folder: sorted, cut to what a search finds, and observed on images or on a text. */
    @Test
    @SuppressWarnings("unchecked")
    void prunesCheckpointFolders() throws IOException {
        Path checkpoints = Path.of("../models/checkpoints");
        Path images = checkpoints.resolve("data/fashion-mnist-2000-images-idx3-ubyte.gz");
        Path cut = folder.resolve("cut");
        Outcome o = Outcome.of("prune", checkpoints.resolve("vit-plain"), "--calibrate", images, "--samples", 8,
                "--batch", 4, "--method", "activation", "--budget", 0.7, "--temperature", "auto", "--json", "-o", cut);
        assertEquals(0, o.code(), o.err());
        assertEquals("divergence", o.json().get("spread"));
        assertTrue((double) o.json().get("temperature") > 0);
        assertTrue(Files.isRegularFile(cut.resolve("pruning.json")));
        List<Long> widths = (List<Long>) o.json().get("widths");
        try (Model model = Model.load(cut); Session session = model.newSession()) {
            assertEquals(widths, model.elastic().layers().stream().map(l -> (long) l.width()).toList());
            assertEquals(10,
                    session.run(Map.of("images", Tensor.of(new float[784], 1, 1, 28, 28))).get("logits").size());
        }
        Path decoder = Path.of("../models/src/test/resources/checkpoints/decoder");
        Path text = Files.writeString(folder.resolve("text.txt"), "some words of a text, and more of them ".repeat(4));
        Path sorted = folder.resolve("sorted");
        o = Outcome.of("prune", decoder, "--calibrate", text, "--batch", 4, "-o", sorted);
        assertEquals(0, o.code(), o.err());
        try (Model model = Model.load(sorted)) {
            assertEquals(List.of(4, 8, 12, 16),
                    model.elastic().granularities().stream().map(s -> s.width(0)).toList());
        }
        assertEquals(1, Outcome.of("prune", decoder, "--calibrate", text, "--batch", 4, "-o", decoder).code());
    }

    @Test
    void wrongUse() throws IOException {
        Path out = folder.resolve("out.onnx");
        assertEquals(2, Outcome.of("prune", "all-minilm-l6-v2", "--calibrate", texts(), "--repair", "-o", out).code());
        assertEquals(2, Outcome.of("prune", "all-minilm-l6-v2", "-o", out).code());
        assertEquals(2,
                Outcome.of("prune", "all-minilm-l6-v2", "--calibrate", texts(), "--group", 32, "-o", out).code());
        assertEquals(2, Outcome.of("prune", "all-minilm-l6-v2", "--calibrate", texts(), "--weights", "int4", "--group",
                17, "-o", out).code());
        for (String temperature : new String[] {"0", "-1", "NaN", "warm", "Infinity"}) {
            assertEquals(2, Outcome.of("prune", "all-minilm-l6-v2", "--calibrate", texts(), "--temperature",
                    temperature, "-o", out).code(), temperature);
        }
        Outcome low = Outcome.of("prune", "all-minilm-l6-v2", "--calibrate", texts(), "--batch", 4, "--method",
                "activation", "--spread", "uniform", "--budget", 0.1, "-o", out);
        assertEquals(1, low.code());
        assertTrue(low.err().contains("budget"), low.err());
        Outcome quantised = Outcome.of("prune", "all-minilm-l6-v2-q", "--calibrate", texts(), "-o", out);
        assertEquals(1, quantised.code());
        assertTrue(quantised.err().contains("unquantised"), quantised.err());
        assertFalse(Files.exists(out));
    }
}
