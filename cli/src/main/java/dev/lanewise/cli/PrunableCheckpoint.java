package dev.lanewise.cli;

import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.models.checkpoint.CheckpointFormat;
import dev.lanewise.models.checkpoint.CheckpointRewriter;
import dev.lanewise.models.evaluation.Evaluation;
import dev.lanewise.quant.prune.Embedding;
import dev.lanewise.quant.prune.Features;
import dev.lanewise.quant.prune.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A checkpoint in a folder, observed on images or on windows of a text; its vectors are what its head reads, of a text the last token's.
 * Written as such a folder.
 *
 * @param most samples to use at most
 */
record PrunableCheckpoint(Path folder, LoadedModel loaded, Features features, int most) implements Prunable {
    static PrunableCheckpoint of(Path given, int most) {
        LoadedModel loaded = new CheckpointFormat().read(ModelSource.of(given), LoadOptions.defaults());
        Path folder = Files.isDirectory(given) ? given : given.toAbsolutePath().getParent();
        return new PrunableCheckpoint(folder, loaded, Features.of(loaded.graph()), most);
    }

    @Override
    public Graph graph() {
        return features.graph();
    }

    @Override
    public Embedding embedding() {
        String context = loaded.metadata().properties().get("lanewise.context");
        return features.embedding(context == null ? 0 : Integer.parseInt(context) - 1);
    }

    @Override
    public String kind() {
        return loaded.metadata().inputs().getFirst().name().equals("images") ? "images" : "windows of text";
    }

    @Override
    public List<Map<String, Tensor>> samples(Path file) throws IOException {
        Evaluation data = CurveData.of(loaded.metadata(), folder.toString(), file, most);
        return IntStream.range(0, data.samples()).mapToObj(i -> data.inputs(i, 1)).toList();
    }

    @Override
    public void write(Path output, Selection selection, List<Integer> widths, List<Integer> nested)
            throws IOException {
        CheckpointRewriter.rewrite(folder, output, selection.constants(), widths, nested);
    }

    @Override
    public Path document(Path output) {
        return output.resolve("pruning.json");
    }
}
