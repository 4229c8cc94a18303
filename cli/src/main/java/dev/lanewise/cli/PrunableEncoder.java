package dev.lanewise.cli;

import dev.lanewise.InvalidInputException;
import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.loaders.onnx.OnnxFormat;
import dev.lanewise.loaders.onnx.OnnxRewriter;
import dev.lanewise.models.TextInputs;
import dev.lanewise.quant.prune.Embedding;
import dev.lanewise.quant.prune.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A text encoder in an ONNX file, observed on texts, whose vectors are means over tokens; written as an ONNX file. */
record PrunableEncoder(ModelSource source, LoadedModel loaded, TextInputs inputs) implements Prunable {
    private static final String NESTED_WIDTHS = "lanewise.nested_widths";

    static PrunableEncoder of(String model, ModelSource source, Path tokenizer, int maxLength) throws IOException {
        LoadedModel loaded = new OnnxFormat().read(source, LoadOptions.defaults());
        return new PrunableEncoder(source, loaded, TextInputs.of(source.name(), loaded.metadata(),
                TextInputs.tokenizer(model, tokenizer), maxLength));
    }

    @Override
    public Graph graph() {
        return loaded.graph();
    }

    @Override
    public Embedding embedding() {
        return new Embedding.Mean(TextInputs.hiddenOutput(loaded.metadata()), TextInputs.MASK);
    }

    @Override
    public String kind() {
        return "texts";
    }

    @Override
    public List<Map<String, Tensor>> samples(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file).stream().filter(l -> !l.isBlank()).toList();
        if (lines.size() < 2) {
            throw new InvalidInputException("calibrate", "2 texts or more, one a line", lines.size() + " in " + file,
                    "give more");
        }
        return lines.stream().map(inputs::of).toList();
    }

    @Override
    public void write(Path output, Selection selection, List<Integer> widths, List<Integer> nested)
            throws IOException {
        Files.write(output,
                OnnxRewriter.rewrite(source, LoadOptions.defaults(), selection.constants(), property(widths, nested)));
    }

    /** A model that was elastic and no longer is keeps the property, with all neurons alone. */
    private Map<String, String> property(List<Integer> widths, List<Integer> nested) {
        if (nested.isEmpty() && !loaded.metadata().properties().containsKey(NESTED_WIDTHS)) {
            return Map.of();
        }
        List<Integer> named = nested.isEmpty() ? List.of(Collections.max(widths)) : nested;
        return Map.of(NESTED_WIDTHS, named.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }

    @Override
    public Path document(Path output) {
        return Path.of(output + ".json");
    }
}
