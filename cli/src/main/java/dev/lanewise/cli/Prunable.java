package dev.lanewise.cli;

import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.models.checkpoint.CheckpointFormat;
import dev.lanewise.quant.prune.Embedding;
import dev.lanewise.quant.prune.Selection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A model that can be pruned: what it is observed on, and how it is written. */
sealed interface Prunable permits PrunableEncoder, PrunableCheckpoint {
    /**
     * The model of an argument.
     *
     * @param tokenizer of a text encoder; null for the one beside it
     * @param maxLength longest text in tokens
     * @param most images or windows of a text to use at most
     */
    static Prunable of(String model, Path tokenizer, int maxLength, int most) throws IOException {
        ModelSource source = ModelArgument.source(model);
        return new CheckpointFormat().accepts(source) ? PrunableCheckpoint.of(Path.of(model), most)
                : PrunableEncoder.of(model, source, tokenizer, maxLength);
    }

    Graph graph();

    /** What stands for a sample. */
    Embedding embedding();

    /** What samples are: texts, images. */
    String kind();

    List<Map<String, Tensor>> samples(Path file) throws IOException;

    /**
     * Writes the model.
     *
     * @param widths neurons of each block that are left
     * @param nested widths that the widest block is elastic in, rising; empty for a model of one width
     */
    void write(Path output, Selection selection, List<Integer> widths, List<Integer> nested) throws IOException;

    /** Where what was found goes. */
    Path document(Path output);
}
