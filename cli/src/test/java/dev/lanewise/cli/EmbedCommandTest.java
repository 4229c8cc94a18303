package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.models.BuiltInModels;
import dev.lanewise.models.ModelFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbedCommandTest {
    private static final String[] TEXTS =
            {"A man is eating food.", "A man is eating a piece of bread.", "The girl is carrying a baby."};

    @Test
    @SuppressWarnings("unchecked")
    void json() throws IOException {
        Outcome o = Outcome.of("embed", "--json", TEXTS[0], TEXTS[1], TEXTS[2]);
        assertEquals(0, o.code(), o.err());
        Map<String, Object> m = o.json();
        assertEquals("all-minilm-l6-v2", m.get("model"));
        assertEquals(1L, m.get("threads"));
        assertEquals(List.of(8L, 11L, 9L), m.get("tokens"));
        List<List<Double>> embeddings = (List<List<Double>>) m.get("embeddings");
        assertEquals(3, embeddings.size());
        embeddings.forEach(e -> assertEquals(384, e.size()));
        List<List<Double>> s = (List<List<Double>>) m.get("similarity");
        assertEquals(1, s.get(0).get(0), 1e-5);
        assertEquals(0.755, s.get(0).get(1), 0.01);
        assertTrue(s.get(0).get(1) > s.get(0).get(2) && s.get(0).get(1) > s.get(1).get(2));
        assertEquals(s.get(0).get(1), s.get(1).get(0));
        assertTrue((Double) m.get("load_ms") > 0 && (Double) m.get("run_ms") > 0);
    }

    @Test
    void tableOfLinesOnStdin() {
        InputStream before = System.in;
        try {
            System.setIn(
                    new ByteArrayInputStream((String.join("\n", TEXTS) + "\n\n").getBytes(StandardCharsets.UTF_8)));
            Outcome o = Outcome.of("embed", "-");
            assertEquals(0, o.code(), o.err());
            List<String> lines = o.out().lines().toList();
            assertTrue(lines.get(2).matches("2  A man is eating a piece of bread\\. +0\\.7\\d\\d"), o.out());
            assertTrue(lines.get(3).matches("3  The girl is carrying a baby\\. +-?0\\.\\d{3} +-?0\\.\\d{3}"), o.out());
            assertTrue(o.lastLine().contains("3 texts in "), o.out());
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void manyTextsAsPairs() {
        Object[] arguments = new Object[15];
        arguments[0] = "embed";
        for (int i = 1; i < arguments.length; i++) {
            arguments[i] =
                    i == 9 ? "The cat sat on the mat." : i == 3 ? "A cat is sitting on a mat." : "number " + i * 1000;
        }
        Outcome o = Outcome.of(arguments);
        assertEquals(0, o.code(), o.err());
        assertTrue(o.out().contains("the 20 most similar pairs"), o.out());
        assertTrue(o.out().lines().anyMatch(l -> l.contains("sitting on a mat") && l.contains("sat on the mat")),
                o.out());
    }

    @Test
    void saysWhatIsCut() {
        Outcome o = Outcome.of("embed", "--max-length", "5", "one two three four five six", "one");
        assertEquals(0, o.code(), o.err());
        assertTrue(o.err().contains("text 1 is cut at 5 tokens"), o.err());
    }

    @Test
    void aShareOfTheMultiplyAdds() throws IOException {
        String[] texts = {"A man is eating food.", "A woman is playing violin."};
        Outcome whole = Outcome.of("embed", "--json", texts[0], texts[1]);
        Outcome half = Outcome.of("embed", "--json", "--budget", "0.6", "--widths", "0.25,0.5", texts[0], texts[1]);
        assertEquals(0, half.code(), half.err());
        Map<String, Object> document = half.json();
        assertEquals(2, ((List<?>) document.get("compute")).size());
        double compute = ((Number) ((List<?>) document.get("compute")).getFirst()).doubleValue();
        assertTrue(compute > 0.5 && compute <= 0.6, "" + compute);
        assertNotEquals(whole.json().get("embeddings"), document.get("embeddings"));
        assertFalse(whole.json().containsKey("compute"));
        Outcome all = Outcome.of("embed", "--json", "--budget", "1", "--widths", "0.5", texts[0], texts[1]);
        assertEquals(whole.json().get("embeddings"), all.json().get("embeddings"));
    }

    /** The first run measures the machine and keeps the table beside the model; the second one finds it there. */
    @Test
    void aTimeForEachText(@TempDir Path folder) throws IOException {
        ModelFiles files = BuiltInModels.find("all-minilm-l6-v2");
        Path model = folder.resolve("model.onnx");
        try (InputStream in = files.modelLocation().openStream()) {
            Files.copy(in, model);
        }
        try (InputStream in = files.tokenizerLocation().openStream()) {
            Files.copy(in, folder.resolve("tokenizer.json"));
        }
        Object[] arguments = {"embed", "--json", "--model", model, "--widths", "0.5", "--budget", "30s", TEXTS[0],
            TEXTS[1]};
        Outcome first = Outcome.of(arguments);
        assertEquals(0, first.code(), first.err());
        assertEquals(List.of(1.0, 1.0), first.json().get("compute"));
        List<Path> tables;
        try (Stream<Path> all = Files.list(folder)) {
            tables = all.filter(p -> p.toString().endsWith("-1.latency")).toList();
        }
        assertEquals(1, tables.size());
        String measured = Files.readString(tables.getFirst());
        Outcome second = Outcome.of(arguments);
        assertEquals(first.json().get("embeddings"), second.json().get("embeddings"));
        assertEquals(measured, Files.readString(tables.getFirst()));
        arguments[7] = "1us";
        Outcome never = Outcome.of(arguments);
        assertEquals(1, never.code());
        assertTrue(never.err().contains("budget"), never.err());
    }

    @Test
    void budgetsThatMakeNoSense() {
        for (String budget : new String[] {"0", "-1", "4 ms", "0ms", "x", "NaN", "1e9"}) {
            assertEquals(2, Outcome.of("embed", "--widths", "0.5", "--budget", budget, "text").code(), budget);
        }
        assertEquals(2, Outcome.of("embed", "--widths", "0.5", "text").code());
        Outcome plain = Outcome.of("embed", "--budget", "0.5", "text");
        assertEquals(1, plain.code());
        assertTrue(plain.err().contains("--widths"), plain.err());
        Outcome little = Outcome.of("embed", "--budget", "0.3", "--widths", "0.25", "text");
        assertEquals(1, little.code());
        assertTrue(little.err().contains("0.5"), little.err());
    }

    @Test
    void exitCodes() {
        assertEquals(2, Outcome.of("embed").code());
        Outcome unknown = Outcome.of("embed", "--model", "all-minilm", "text");
        assertEquals(1, unknown.code());
        assertTrue(unknown.err().contains("all-minilm-l6-v2-q"), unknown.err());
    }
}
