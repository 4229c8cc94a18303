package dev.lanewise.models.checkpoint;

import dev.lanewise.graph.Graph;
import java.util.Map;

/** What a {@code config.json} describes: a computation that wants its weights. */
sealed interface Architecture permits VisionTransformer, Decoder {
    Backbone backbone();

    /** The computation over these weights, each of which it reads once. */
    Graph graph(Weights weights);

    /** What the model says about its inputs and outputs. */
    Map<String, String> properties();
}
