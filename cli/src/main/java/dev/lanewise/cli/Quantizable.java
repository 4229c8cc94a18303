package dev.lanewise.cli;

import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormat.LoadedModel;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.EncodedMatrix;
import dev.lanewise.loaders.onnx.OnnxFormat;
import dev.lanewise.loaders.onnx.OnnxQuantization;
import dev.lanewise.loaders.onnx.OnnxQuantization.Activations;
import dev.lanewise.loaders.onnx.OnnxRewriter;
import dev.lanewise.models.checkpoint.CheckpointFormat;
import dev.lanewise.models.checkpoint.CheckpointRewriter;
import dev.lanewise.quant.weights.LayerResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
        return of(model, ModelArgument.source(model));
    }

    static Quantizable of(Path model) {
        return of(model.toString(), ModelSource.of(model));
    }

    private static Quantizable of(String model, ModelSource source) {
        boolean checkpoint = new CheckpointFormat().accepts(source);
        return new Quantizable(model, source, checkpoint ? new CheckpointFormat().read(source, LoadOptions.defaults())
                : new OnnxFormat().read(source, LoadOptions.defaults()), checkpoint);
    }

    /** Samples to observe the model on: of a text encoder lines of text, of a checkpoint images or a text; of a model with one input an array (.npy). */
    List<Map<String, Tensor>> samples(Path file, Path tokenizer, int maxLength, int most) throws IOException {
        if (file.toString().endsWith(".npy")) {
            return ArraySamples.read(file, loaded.metadata(), most);
        }
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

    /**
     * Writes the model with its matrices encoded.
     *
     * @param changed other constants that are not as they were, by name; encoded ones may be among them
     * @param activations of ONNX models
     */
    void write(Path output, List<LayerResult> layers, Map<String, Tensor> changed, Activations activations,
            String description) throws IOException {
        Map<String, EncodedMatrix> weights = new LinkedHashMap<>();
        Map<String, int[]> shapes = new HashMap<>();
        for (LayerResult r : layers) {
            if (r.encoded() != null) {
                weights.put(r.matrix().name(), r.encoded());
                shapes.put(r.matrix().name(), r.matrix().constant().fact().constant().shape());
            }
        }
        Map<String, Tensor> others = new HashMap<>(changed);
        others.keySet().removeAll(weights.keySet());
        if (isCheckpoint) {
            Path given = ((ModelSource.File) source).path();
            CheckpointRewriter.quantize(Files.isDirectory(given) ? given : given.toAbsolutePath().getParent(), output,
                    weights, others);
        } else {
            Files.write(output, OnnxRewriter.rewrite(source, LoadOptions.defaults(), OnnxQuantization
                    .edits(operatorSet(), others, weights, shapes, activations, Map.of(PROPERTY, description))));
        }
    }

    long operatorSet() {
        return loaded.metadata().opsets().getOrDefault("ai.onnx", 1L);
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
