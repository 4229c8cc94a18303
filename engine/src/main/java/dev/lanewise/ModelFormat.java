package dev.lanewise;

import dev.lanewise.graph.Graph;

/** A model file format, found through {@link java.util.ServiceLoader}. */
public interface ModelFormat {
    /** What a file holds: the computation, and what it says about itself. */
    record LoadedModel(Graph graph, ModelMetadata metadata) {
    }

    /** Whether the source looks like this format, by its name or first bytes; it may still turn out broken. */
    boolean accepts(ModelSource source);

    /**
     * Reads a model. The file is untrusted: whatever it holds, the outcome is a model or one of the exceptions below.
     *
     * @throws ModelFormatException where the file breaks the format's rules or a limit
     * @throws UnsupportedModelException where the file is valid and needs what Lanewise does not have
     * @throws java.io.UncheckedIOException where reading fails
     */
    LoadedModel read(ModelSource source, LoadOptions options);
}
