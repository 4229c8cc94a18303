package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.loaders.onnx.OnnxFormat;
import dev.lanewise.loaders.onnx.OnnxRewriter;
import dev.lanewise.quant.prune.Embedding;
import dev.lanewise.quant.prune.NeuronScores;
import dev.lanewise.quant.prune.Pruner;
import dev.lanewise.quant.prune.Selection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A real model, sorted and cut, as a file: a prefix of the one is the other, and ONNX Runtime reads both. */
class MiniLmPruningTest {
    private static final String NAME = "all-minilm-l6-v2";
    private static final SessionOptions COLD = SessionOptions.defaults().withWarmUp(SessionOptions.WarmUp.NONE);

    private final ModelSource source = ModelSource.of(NAME + ".onnx", MiniLm.bytes(NAME));
    private final LoadedModel loaded = new OnnxFormat().read(source, LoadOptions.defaults());
    private final Pruner pruner = new Pruner(loaded.graph(),
            new Embedding.Mean("last_hidden_state", "attention_mask"), KernelMode.ofProperty());
    private final NeuronScores scores = pruner.random(6);
    private final Map<String, Tensor> inputs = MiniLm.full(5, 1, 12);

    private byte[] file(Selection selection, String widths) throws Exception {
        return OnnxRewriter.rewrite(source, LoadOptions.defaults(), selection.constants(),
                Map.of("lanewise.nested_widths", widths));
    }

    private static double relative(float[] expected, float[] found) {
        double error = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            error += Math.pow(expected[i] - found[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(error / size);
    }

    /** The first block has the same input in both models. */
    @Test
    void aBlockComputesWhatItDid() {
        String first = pruner.blocks().getFirst().name();
        float[] expected = product(loaded.graph(), first);
        assertEquals(0, relative(expected, product(pruner.sorted(scores).graph(), first)), 1e-6);
    }

    private float[] product(Graph graph, String node) {
        Value output = graph.nodes().stream().filter(n -> n.name().equals(node)).findFirst().orElseThrow().output();
        Graph part = Graph.of(graph.inputs(), List.of(output), List.of("product"));
        try (Model model = Model.of("part", part, loaded.metadata(), LoadOptions.defaults());
                Session session = model.newSession(COLD)) {
            return session.run(inputs).get(0).floats();
        }
    }

    @Test
    void sortedAndCutModelsAreFiles() throws Exception {
        int[] widths = {96, 1536, 800, 1, 512, 1000};
        byte[] sorted = file(pruner.sorted(scores), "384,1536");
        byte[] cut = file(pruner.cut(scores, widths), "1536");
        try (Model original = MiniLm.load(NAME, LoadOptions.defaults());
                Model elastic = Model.load(ModelSource.of("sorted.onnx", sorted), LoadOptions.defaults());
                Model narrow = Model.load(ModelSource.of("cut.onnx", cut), LoadOptions.defaults());
                Session whole = original.newSession(COLD); Session any = elastic.newSession(COLD);
                Session alone = narrow.newSession(COLD)) {
            float[] expected = whole.run(inputs).get(0).floats();
            // Sums in another order: what rounding makes of it grows over six layers.
            assertEquals(0, relative(expected, any.run(inputs).get(0).floats()), 3e-6);
            float[] few = alone.run(inputs).get(0).floats();
            assertArrayEquals(few, any.run(inputs, elastic.elastic().widths(widths)).get(0).floats());
            assertEquals(pruner.compute(widths), elastic.elastic().compute(elastic.elastic().widths(widths)), 1e-12);
            assertArrayEquals(widths, narrow.elastic().full().widths());
            try (OnnxRuntime ort = new OnnxRuntime(cut)) {
                assertTrue(relative(few, ort.run(inputs)) < 1e-4);
            }
            try (OnnxRuntime ort = new OnnxRuntime(sorted)) {
                assertTrue(relative(expected, ort.run(inputs)) < 1e-4);
            }
        }
    }
}
