package dev.lanewise.models.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.SessionOptions.WarmUp;
import dev.lanewise.Tensor;
import dev.lanewise.elastic.HiddenLayer;
import dev.lanewise.graph.Graph;
import dev.lanewise.loaders.safetensors.Safetensors;
import dev.lanewise.quant.prune.Features;
import dev.lanewise.quant.prune.NeuronScores;
import dev.lanewise.quant.prune.Pruner;
import dev.lanewise.quant.prune.Selection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pruned models that go into a folder and come back. */
class CheckpointRewriterTest {
    private static final SessionOptions COLD = SessionOptions.defaults().withWarmUp(WarmUp.NONE);

    @TempDir
    private Path temporary;

    private static Path folder(String name) {
        return Path.of("src/test/resources/checkpoints", name);
    }

    private static LoadedModel loaded(String name) {
        return new CheckpointFormat().read(ModelSource.of(folder(name)), LoadOptions.defaults());
    }

    private static Pruner pruner(LoadedModel loaded) {
        Features features = Features.of(loaded.graph());
        return new Pruner(features.graph(), features.embedding(0), KernelMode.SCALAR);
    }

    private static Map<String, Tensor> inputs(String name) {
        Map<String, Tensor> inputs = new HashMap<>(
                Safetensors.read(ModelSource.of(folder(name).resolve("golden.safetensors"))).tensors());
        inputs.keySet().removeIf(n -> n.startsWith("logits"));
        return inputs;
    }

    /** As it is loaded: what is an output keeps the compiler from joining steps, which changes last bits. */
    private static Graph withoutFeatures(Graph graph) {
        int outputs = graph.outputs().size() - 1;
        return Graph.of(graph.inputs(), graph.outputs().subList(0, outputs), graph.outputNames().subList(0, outputs));
    }

    private static float[] logits(Model model, Map<String, Tensor> inputs) {
        try (model; Session session = model.newSession(COLD)) {
            return session.run(inputs).get("logits").floats();
        }
    }

    private Path written(String name, Selection selection, int[] widths, List<Integer> nested) throws IOException {
        Path to = temporary.resolve(name + Arrays.toString(widths));
        CheckpointRewriter.rewrite(folder(name), to, selection.constants(), Arrays.stream(widths).boxed().toList(),
                nested);
        return to;
    }

    @ParameterizedTest
    @ValueSource(strings = {"vit-nested", "vit-unified", "vit-exits", "decoder"})
    void hasTheBitsOfTheModelInMemory(String name) throws IOException {
        LoadedModel loaded = loaded(name);
        Pruner pruner = pruner(loaded);
        NeuronScores scores = pruner.random(5);
        int[] widths = pruner.fullWidths();
        for (int b = 0; b < widths.length; b++) {
            widths[b] -= 3 + b;
        }
        Selection cut = pruner.cut(scores, widths);
        Path to = written(name, cut, widths, List.of());
        float[] expected =
                logits(Model.of(name, withoutFeatures(cut.graph()), loaded.metadata(), LoadOptions.defaults()),
                        inputs(name));
        assertArrayEquals(expected, logits(Model.load(to), inputs(name)));
    }

    /** Each prefix of what was sorted is the model cut to it: by tensors bit by bit, and as a submodel. */
    @ParameterizedTest
    @ValueSource(strings = {"vit-nested", "decoder"})
    void prefixesOfTheSortedFileAreTheCutModels(String name) throws IOException {
        Pruner pruner = pruner(loaded(name));
        NeuronScores scores = pruner.random(6);
        int full = pruner.fullWidths()[0];
        Path sorted = written(name, pruner.sorted(scores), pruner.fullWidths(), List.of(full / 4, full / 2, full));
        int[] half = new int[pruner.fullWidths().length];
        Arrays.fill(half, full / 2);
        Path cut = written(name, pruner.cut(scores, half), half, List.of());
        Map<String, Tensor> tensors = read(cut);
        Map<String, Tensor> whole = read(sorted);
        assertEquals(whole.keySet(), tensors.keySet());
        tensors.forEach((tensor, part) -> assertArrayEquals(floats(part),
                prefix(whole.get(tensor), part.shape()), tensor));
        float[] expected = logits(Model.load(cut), inputs(name));
        try (Model model = Model.load(sorted); Session session = model.newSession(COLD)) {
            assertEquals(3, model.elastic().granularities().size());
            float[] found = session.run(inputs(name), model.elastic().granularities().get(1)).get("logits").floats();
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], found[i], 1e-5 * (1 + Math.abs(expected[i])), "logit " + i);
            }
        }
    }

    private static Map<String, Tensor> read(Path folder) {
        return Safetensors.read(ModelSource.of(folder.resolve("model.safetensors"))).tensors();
    }

    /** FLOAT16 of the original is FLOAT16 here, and FLOAT is FLOAT. */
    private static float[] floats(Tensor t) {
        if (t.type() == DataType.FLOAT) {
            return t.floats();
        }
        assertEquals(DataType.FLOAT16, t.type());
        float[] wide = new float[t.size()];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = Float.float16ToFloat(t.shorts()[i]);
        }
        return wide;
    }

    private static float[] prefix(Tensor t, int[] shape) {
        if (Arrays.equals(t.shape(), shape)) {
            return floats(t);
        }
        int columns = shape.length == 1 ? 1 : shape[1];
        int stride = shape.length == 1 ? 1 : t.dim(1);
        float[] all = floats(t);
        float[] part = new float[shape[0] * columns];
        for (int r = 0; r < shape[0]; r++) {
            System.arraycopy(all, r * stride, part, r * columns, columns);
        }
        return part;
    }

    /** Widths may differ and the model be elastic: the granularities are those of the widest block, others in proportion. */
    @ParameterizedTest
    @ValueSource(strings = {"vit-nested", "decoder"})
    void widthsMayDifferInAnElasticModel(String name) throws IOException {
        Pruner pruner = pruner(loaded(name));
        int[] widths = {16, 8};
        Path to = written(name, pruner.cut(pruner.random(7), widths), widths, List.of(8, 16));
        try (Model model = Model.load(to)) {
            assertEquals(List.of(16, 8), model.elastic().layers().stream().map(HiddenLayer::width).toList());
            assertArrayEquals(new int[] {8, 4}, model.elastic().granularities().getFirst().widths());
        }
        assertThrows(InvalidInputException.class,
                () -> CheckpointRewriter.rewrite(to, to, Map.of(), List.of(16, 8), List.of()));
    }
}
