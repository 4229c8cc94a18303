package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.ClosedException;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.models.tokenizer.Encoding;
import dev.lanewise.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedder with all-MiniLM-L6-v2. */
class TextEmbedderTest {
    private static final String NAME = "all-minilm-l6-v2";
    private static final List<String> TEXTS = List.of("A man is eating food.", "A man is eating a piece of bread.",
            "The girl is carrying a baby.", "", "Grüße aus Köln, 東京 und 🚀",
            "one ".repeat(40), "two three ".repeat(30), "word ".repeat(300));

    private static TextEmbedder embedder;

    @BeforeAll
    static void load() {
        embedder = TextEmbedder.load(NAME);
    }

    @AfterAll
    static void close() {
        embedder.close();
    }

    /** Tokens by the tokenizer, states by the oracle, mean and length written out once more in double. */
    @Test
    void agreesWithOnnxRuntime() throws Exception {
        Tokenizer tokenizer = BuiltInModels.find(NAME).tokenizer().withoutPadding().withMaxLength(128);
        float[][] found = embedder.embed(TEXTS);
        try (OnnxRuntime oracle = new OnnxRuntime(MiniLm.bytes(NAME))) {
            for (int t = 0; t < TEXTS.size(); t++) {
                Encoding e = tokenizer.encode(TEXTS.get(t));
                float[] states = oracle.run(Map.of("input_ids", Tensor.of(e.ids(), 1, e.length()), "attention_mask",
                        Tensor.of(e.attentionMask(), 1, e.length()), "token_type_ids",
                        Tensor.of(e.typeIds(), 1, e.length())));
                double[] mean = new double[MiniLm.WIDTH];
                for (int i = 0; i < states.length; i++) {
                    mean[i % MiniLm.WIDTH] += states[i] / (double) e.length();
                }
                double length = 0;
                for (double v : mean) {
                    length += v * v;
                }
                for (int i = 0; i < mean.length; i++) {
                    assertEquals(mean[i] / Math.sqrt(length), found[t][i], 2e-5, TEXTS.get(t));
                }
            }
        }
    }

    @Test
    void sameBitsAloneAndAmongOthers() {
        float[][] together = embedder.embed(TEXTS);
        List<String> reversed = new ArrayList<>(TEXTS);
        Collections.reverse(reversed);
        float[][] otherOrder = embedder.embed(reversed);
        for (int i = 0; i < TEXTS.size(); i++) {
            assertArrayEquals(embedder.embed(TEXTS.get(i)), together[i]);
            assertArrayEquals(together[i], otherOrder[TEXTS.size() - 1 - i]);
        }
    }

    @Test
    void vectorsHaveLengthOne() {
        for (float[] v : embedder.embed(TEXTS)) {
            double squares = 0;
            for (float x : v) {
                squares += (double) x * x;
            }
            assertEquals(1, squares, 1e-5);
        }
    }

    @Test
    void saysWhatBecameOfATextOnTheWay() {
        assertEquals(128, embedder.maxLength());
        List<TextEmbedding> all = embedder.embedAll(TEXTS);
        assertEquals(List.of(8, 11, 9, 2), all.stream().limit(4).map(TextEmbedding::tokens).toList());
        for (int i = 0; i < TEXTS.size(); i++) {
            assertEquals(i == 7, all.get(i).truncated(), TEXTS.get(i));
        }
        assertEquals(128, all.get(7).tokens());
        assertTrue(all.get(0).similarity(all.get(1)) > 0.7);
        assertTrue(all.get(0).similarity(all.get(2)) < 0.3);
    }

    @Test
    void oneEmbedderForManyThreads() throws Exception {
        float[][] expected = embedder.embed(TEXTS);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<float[][]>> results = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                results.add(threads.submit((Callable<float[][]>) () -> embedder.embed(TEXTS)));
            }
            for (Future<float[][]> r : results) {
                assertArrayEquals(expected, r.get());
            }
        }
    }

    @Test
    void noTexts() {
        assertEquals(List.of(), embedder.embedAll(List.of()));
    }

    @Test
    void modelFileWithItsTokenizer(@TempDir Path folder) throws IOException {
        Path file = Files.createDirectories(folder.resolve("onnx")).resolve("model.onnx");
        Files.write(file, MiniLm.bytes(NAME + "-q"));
        InvalidInputException e =
                assertThrows(InvalidInputException.class, () -> TextEmbedder.load(file.toString()));
        assertTrue(e.getMessage().contains("tokenizer.json"), e.getMessage());
        try (var in = BuiltInModels.find(NAME).tokenizerLocation().openStream()) {
            Files.copy(in, folder.resolve("tokenizer.json"));
        }
        EmbedderOptions options = EmbedderOptions.defaults().withMaxLength(6);
        TextEmbedder own = TextEmbedder.load(file.toString(), options);
        TextEmbedding bread = own.embedAll(List.of(TEXTS.get(1))).getFirst();
        assertEquals(6, bread.tokens());
        assertTrue(bread.truncated());
        assertFalse(own.embedAll(List.of("food")).getFirst().truncated());
        own.close();
        assertThrows(ClosedException.class, () -> own.embed("food"));
    }
}
