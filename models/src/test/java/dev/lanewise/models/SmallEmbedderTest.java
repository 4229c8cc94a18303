package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.models.tokenizer.Tokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The embedder's own arithmetic, on a model whose state of a token is (id, 1) and whose padding would show. */
class SmallEmbedderTest {
    /** States (id, 1) for tokens, (1000, 1000) where the mask is 0. */
    private record States() implements Operator {
        @Override
        public List<Fact> infer(Inference in) {
            return List.of(Fact.of(DataType.FLOAT, Dim.symbol("n"), Dim.symbol("t"), Dim.constant(2)));
        }

        @Override
        public Tensor[] evaluate(Tensor[] in) {
            float[] states = new float[in[0].size() * 2];
            for (int i = 0; i < in[0].size(); i++) {
                boolean token = in[1].longs()[i] != 0;
                states[2 * i] = token ? in[0].longs()[i] : 1000;
                states[2 * i + 1] = token ? 1 : 1000;
            }
            return new Tensor[] {Tensor.of(states, in[0].dim(0), in[0].dim(1), 2)};
        }
    }

    private static Model model(String... names) {
        List<Value> inputs = new ArrayList<>();
        List<Port> ports = new ArrayList<>();
        for (String name : names) {
            inputs.add(Value.input(name, Fact.of(DataType.INT64, Dim.symbol("n"), Dim.symbol("t"))));
            ports.add(new Port(name, DataType.INT64, List.of("n", "t")));
        }
        Node node = Node.of("states", new States(), inputs, List.of("states"));
        Graph graph = Graph.of(inputs, List.of(node.output()), List.of("states"));
        ModelMetadata metadata = new ModelMetadata("", "", "", 0, 0, Map.of(), "", Map.of(), ports,
                List.of(new Port("states", DataType.FLOAT, List.of("n", "t", "2"))), List.of());
        return Model.of("small", graph, metadata, LoadOptions.defaults());
    }

    private static Tokenizer tokenizer() throws IOException {
        String json = """
                {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
                 "pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":null,"decoder":null,
                 "model":{"type":"WordPiece","unk_token":"?","continuing_subword_prefix":"##",
                 "max_input_chars_per_word":10,"vocab":{"?":0,"a":1,"b":2,"c":3}}}""";
        return Tokenizer.load(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), "small.json");
    }

    private static float[] direction(double x, double y) {
        double length = Math.hypot(x, y);
        return new float[] {(float) (x / length), (float) (y / length)};
    }

    @Test
    void meanOfTheTokensWithoutPadding() throws IOException {
        try (TextEmbedder embedder =
                TextEmbedder.of(model("input_ids", "attention_mask"), tokenizer(), EmbedderOptions.defaults())) {
            float[][] found = embedder.embed(List.of("a b c c", "c", "a b"));
            assertArrayEquals(direction(9 / 4.0, 1), found[0], 1e-6f);
            assertArrayEquals(direction(3, 1), found[1], 1e-6f);
            assertArrayEquals(direction(1.5, 1), found[2], 1e-6f);
            assertEquals(TextEmbedder.DEFAULT_MAX_LENGTH, embedder.maxLength());
        }
    }

    @Test
    void manyTextsInManyBatches() throws IOException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            texts.add("c ".repeat(1 + i * 37 % 200));
        }
        try (TextEmbedder embedder =
                TextEmbedder.of(model("input_ids", "attention_mask"), tokenizer(), EmbedderOptions.defaults())) {
            List<TextEmbedding> all = embedder.embedAll(texts);
            for (int i = 0; i < all.size(); i++) {
                assertEquals(1 + i * 37 % 200, all.get(i).tokens());
                assertArrayEquals(direction(3, 1), all.get(i).vector(), 1e-6f);
            }
        }
    }

    @Test
    void refusesOtherInputs() {
        UnsupportedModelException e = assertThrows(UnsupportedModelException.class,
                () -> TextEmbedder.of(model("input_ids", "attention_mask", "pixel_values"), tokenizer(),
                        EmbedderOptions.defaults()));
        assertTrue(e.getMessage().contains("pixel_values"), e.getMessage());
        assertThrows(UnsupportedModelException.class,
                () -> TextEmbedder.of(model("input_ids"), tokenizer(), EmbedderOptions.defaults()));
    }

    @Test
    void poolsNothingToZeros() {
        float[] none = Pooling.mean(new float[] {1, 2}, 0, 1, 2, new long[] {0}, 0);
        Pooling.normalize(none);
        assertArrayEquals(new float[2], none);
    }
}
