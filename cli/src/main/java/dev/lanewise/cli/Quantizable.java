package dev.lanewise.cli;

import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.loaders.onnx.OnnxFormat;
import dev.lanewise.loaders.onnx.OnnxQuantization;
import dev.lanewise.loaders.onnx.OnnxRewriter;
import dev.lanewise.models.checkpoint.CheckpointFormat;
import dev.lanewise.models.checkpoint.CheckpointRewriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A model whose weights can be quantised: an ONNX file, or a checkpoint in a folder.
 *
 * @param argument as the command line has it
 */
record Quantizable(String argument, ModelSource source, LoadedModel loaded, boolean isCheckpoint) {
    private static final String PROPERTY = "lanewise.quantized";
    private static final String NESTED_WIDTHS = "lanewise.nested_widths";

    static Quantizable of(String model) throws IOException {
        ModelSource source = ModelArgument.source(model);
        boolean checkpoint = new CheckpointFormat().accepts(source);
        return new Quantizable(model, source, checkpoint ? new CheckpointFormat().read(source, LoadOptions.defaults())
                : new OnnxFormat().read(source, LoadOptions.defaults()), checkpoint);
    }

    /** Samples to observe the model on: of a text encoder lines of text, of a checkpoint images or a text. */
    List<Map<String, Tensor>> samples(Path file, Path tokenizer, int maxLength, int most) throws IOException {
        List<Map<String, Tensor>> all = Prunable.of(argument, tokenizer, maxLength, most).samples(file);
        return all.subList(0, Math.min(most, all.size()));
    }

    /** Widths that hidden neurons are nested in, rising; empty for none. */
    List<Integer> nested() {
        String widths = loaded.metadata().properties().getOrDefault(NESTED_WIDTHS, "");
        return widths.isEmpty() ? List.of()
                : Arrays.stream(widths.split(",")).map(w -> Integer.valueOf(w.strip())).toList();
    }

    /** Smallest groups that the written form has; whether a group is one of its sizes. */
    boolean hasGroups(int group) {
        return group == 0 || isCheckpoint || OnnxQuantization.isBlockSize(group);
    }

    void write(Path output, Map<String, EncodedMatrix> weights, String description) throws IOException {
        if (isCheckpoint) {
            Path given = ((ModelSource.File) source).path();
            CheckpointRewriter.quantize(Files.isDirectory(given) ? given : given.toAbsolutePath().getParent(), output,
                    weights);
        } else {
            long operatorSet = loaded.metadata().opsets().getOrDefault("ai.onnx", 1L);
            Files.write(output, OnnxRewriter.rewrite(source, LoadOptions.defaults(),
                    OnnxQuantization.edits(operatorSet, weights, Map.of(PROPERTY, description))));
        }
    }

    /** Bytes of a model's files: of a folder those of its weights. */
    long bytes(Path written) throws IOException {
        return Files.size(isCheckpoint ? written.resolve("model.safetensors") : written);
    }

    /** The same of the model that was read. */
    long bytesBefore() throws IOException {
        return switch (source) {
            case ModelSource.File file -> isCheckpoint && !Files.isDirectory(file.path())
                    ? bytes(file.path().toAbsolutePath().getParent()) : bytes(file.path());
            case ModelSource.Memory memory -> memory.bytes().length;
            case ModelSource.Stream stream -> {
                try (var in = stream.opener().open()) {
                    yield in.readAllBytes().length;
                }
            }
        };
    }
}
