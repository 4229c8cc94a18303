package dev.lanewise.models.checkpoint;

import dev.lanewise.AdaptiveOptions;
import dev.lanewise.InvalidInputException;
import dev.lanewise.graph.Graph;
import java.util.Map;

/** What a {@code config.json} describes: a computation that wants its weights. */
sealed interface Architecture permits VisionTransformer, Decoder {
    Backbone backbone();

    /**
     * Fails where options ask for what the architecture does not have.
     *
     * @throws InvalidInputException naming the option
     */
    void check(String model, AdaptiveOptions options);

    /** The computation over these weights, of which each tensor is read. */
    Graph graph(Weights weights, AdaptiveOptions options);

    /** What the model says about its inputs and outputs. */
    Map<String, String> properties(Weights weights, AdaptiveOptions options);
}
