package dev.lanewise.loaders.onnx;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import java.util.List;

/**
 * Graphs that a node has as attributes.
 *
 * @param graphs each with its own inputs first and then the captures, in one order for all
 * @param captures the values around that they read
 */
record Subgraphs(List<Graph> graphs, List<Value> captures) {
}
