package dev.lanewise.loaders.onnx;

import dev.lanewise.graph.Value;
import java.util.List;

/** Turns one ONNX node, of any opset version, into nodes of the engine's one form of the operator. */
@FunctionalInterface
interface OperatorImporter {
    /** The values behind the node's outputs, in order; trailing outputs that the node does not name may be left out. */
    List<Value> read(OnnxNode node);
}
