package dev.lanewise.models.checkpoint;

import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormat;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelMetadata;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.ModelSource;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.loaders.safetensors.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a model from a folder with {@code config.json}, which names the architecture and its sizes, and
 * {@code model.safetensors}, which holds the weights, or {@code model.safetensors.index.json} and the files it names. The folder, or its {@code config.json}, is what {@code Model.load} is
 * given. Where a matrix of a feed-forward block is narrower than others, the block is: widths are those of the tensors.
 */
public final class CheckpointFormat implements ModelFormat {
    static final String CONFIG = "config.json";
    static final String WEIGHTS = "model.safetensors";

    @Override
    public boolean accepts(ModelSource source) {
        return source instanceof ModelSource.File file && Files.isRegularFile(config(file.path()));
    }

    private static Path config(Path path) {
        return Files.isDirectory(path) || !path.endsWith(CONFIG) ? path.resolve(CONFIG) : path;
    }

    @Override
    public LoadedModel read(ModelSource source, LoadOptions options) {
        Path file = config(((ModelSource.File) source).path());
        Config config = Config.read(file);
        Architecture architecture = architecture(config);
        config.checkAllRead();
        architecture.check(source.name(), options.adaptive());
        Weights weights = new Weights(Safetensors.read(ModelSource.of(file.toAbsolutePath().getParent()),
                options.limits(), options.allowedRoot()));
        try {
            Graph graph = architecture.graph(weights, options.adaptive());
            weights.checkAllRead();
            return new LoadedModel(graph, metadata(graph, architecture.backbone(),
                    architecture.properties(weights, options.adaptive())));
        } catch (ModelFormatException e) {
            throw e.in(source.name());
        }
    }

    private static Architecture architecture(Config config) {
        String name = config.text("architecture");
        return switch (name) {
            case "vit" -> VisionTransformer.of(config);
            case "decoder" -> Decoder.of(config);
            default -> throw config.unsupported("architecture", name);
        };
    }

    private static ModelMetadata metadata(Graph graph, Backbone backbone, Map<String, String> own) {
        Map<String, String> properties = new LinkedHashMap<>(own);
        properties.putAll(backbone.properties());
        List<Port> inputs = graph.inputs().stream().map(v -> port(v.name(), v)).toList();
        Port[] outputs = new Port[graph.outputs().size()];
        Arrays.setAll(outputs, i -> port(graph.outputNames().get(i), graph.outputs().get(i)));
        return new ModelMetadata("", "", "", 0, 0, Map.of(), "", properties, inputs, List.of(outputs), List.of());
    }

    private static Port port(String name, Value v) {
        return new Port(name, v.fact().type(), Arrays.stream(v.fact().shape()).map(Dim::toString).toList());
    }
}
