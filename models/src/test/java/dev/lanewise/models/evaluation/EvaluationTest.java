package dev.lanewise.models.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Reshape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
    @TempDir
    private Path folder;

    private static Model model(Value input, Value output) {
        Graph graph = Graph.of(List.of(input), List.of(output), List.of("logits"));
        ModelMetadata metadata = new ModelMetadata("", "", "", 0, 0, Map.of(), "", Map.of(), List.of(), List.of(),
                List.of());
        return Model.of("test", graph, metadata, LoadOptions.defaults());
    }

    /** The logits are the pixels themselves, so a model that can be counted by hand. */
    @Test
    void accuracyCountsTheHighestLogit() {
        Value images = Value.input("images", Fact.of(DataType.FLOAT, Dim.symbol("n"), Dim.ONE, Dim.ONE,
                Dim.constant(3)));
        Value logits = Node.of("flat", new Reshape(false), images,
                Value.constant("shape", Tensor.of(new long[] {0, 3}, 2))).output();
        int n = 250;
        byte[] pixels = new byte[3 * n];
        byte[] labels = new byte[n];
        for (int i = 0; i < n; i++) {
            pixels[3 * i + i % 3] = (byte) 200;
            labels[i] = (byte) (i % 5 == 0 ? (i + 1) % 3 : i % 3);
        }
        ImageAccuracy accuracy = new ImageAccuracy(new LabelledImages(1, 3, pixels, labels), 0.25f, 0.5f);
        try (Model model = model(images, logits); Session session = model.newSession()) {
            assertEquals(Map.of("logits", 80.0), accuracy.measure(session, RunOptions.defaults()));
        }
        Tensor third = accuracy.inputs(2, 1).get("images");
        assertArrayEquals(new float[] {-0.5f, -0.5f, (200 / 255f - 0.25f) / 0.5f}, third.floats());
        assertEquals(1, accuracy.images().first(1).count());
    }

    /** Logits that are a row of a table, for each byte: the loss is known in closed form. */
    @Test
    void lossIsTheMeanOverTheBytesOfAllWindows() {
        float[] table = new float[256 * 256];
        for (int b = 0; b < 256; b++) {
            table[b * 256 + (b + 1) % 256] = 3;
        }
        Value tokens = Value.input("tokens", Fact.of(DataType.INT64, Dim.symbol("n"), Dim.symbol("length")));
        Value logits = Node.of("rows", new Gather(0), Value.constant("table", Tensor.of(table, 256, 256)), tokens)
                .output();
        byte[] text = new byte[101];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) (i % 10 == 9 ? 7 : 250 + i % 10);
        }
        double sum = Math.log(255 + Math.exp(3));
        try (Model model = model(tokens, logits); Session session = model.newSession()) {
            // Of each ten bytes eight follow by one: not the one before 7, nor the one after it.
            ByteLoss all = new ByteLoss(text, 10, 1);
            assertEquals(10, all.samples());
            assertEquals(sum - 3 * 0.8, all.measure(session, RunOptions.defaults()).get("logits"), 1e-6);
            ByteLoss fourth = new ByteLoss(text, 10, 4);
            assertEquals(3, fourth.samples());
            assertArrayEquals(fourth.inputs(2, 1).get("tokens").longs(), all.inputs(8, 1).get("tokens").longs());
            assertEquals(sum - 3 * 0.8, fourth.measure(session, RunOptions.defaults()).get("logits"), 1e-6);
        }
        assertThrows(InvalidInputException.class, () -> new ByteLoss(text, 101, 1));
        Tensor few = Tensor.of(new float[10 * 20], 1, 10, 20);
        assertThrows(InvalidInputException.class, () -> new ByteLoss(text, 10, 1).sum(few, 0, 1));
    }

    private Path file(String name, int... bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            for (int b : bytes) {
                gzip.write(b);
            }
        }
        return Files.write(folder.resolve(name), packed.toByteArray());
    }

    @Test
    void readsImagesAndTheLabelsBesideThem() throws IOException {
        Path images = file("a-images-idx3-ubyte.gz", 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 255);
        file("a-labels-idx1-ubyte.gz", 0, 0, 8, 1, 0, 0, 0, 2, 4, 5);
        LabelledImages read = LabelledImages.read(images);
        assertEquals("2 1 2", read.count() + " " + read.height() + " " + read.width());
        assertArrayEquals(new byte[] {1, 2, 3, -1}, read.pixels());
        assertArrayEquals(new byte[] {4, 5}, read.labels());
        assertTrue(LabelledImages.isNameOfImages(images));
    }

    @Test
    void whatIsNoSetOfImagesIsRefused() throws IOException {
        int[] good = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4};
        file("b-labels-idx1-ubyte.gz", 0, 0, 8, 1, 0, 0, 0, 2, 4, 5);
        for (int end = 0; end < good.length; end++) {
            Path cut = file("b-images-idx3-ubyte.gz", Arrays.copyOf(good, end));
            assertThrows(InvalidInputException.class, () -> LabelledImages.read(cut), "cut at " + end);
        }
        for (int at : new int[] {2, 3, 4, 8, 12}) {
            int[] bad = good.clone();
            bad[at] = 0x90;
            Path file = file("b-images-idx3-ubyte.gz", bad);
            assertThrows(InvalidInputException.class, () -> LabelledImages.read(file), "byte " + at);
        }
        good[7] = 1;
        Path fewer = file("b-images-idx3-ubyte.gz", good);
        assertTrue(assertThrows(InvalidInputException.class, () -> LabelledImages.read(fewer)).getMessage()
                .contains("1 labels"));
        Path plain = Files.write(folder.resolve("c-images-idx3-ubyte.gz"), new byte[] {0, 0, 8, 3});
        assertThrows(InvalidInputException.class, () -> LabelledImages.read(plain));
    }
}
