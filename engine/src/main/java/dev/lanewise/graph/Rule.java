package dev.lanewise.graph;

import java.util.List;
import java.util.Map;

/** Recognises a pattern that ends in a node and says what to put there. It never edits the graph. */
public interface Rule {
    /**
     * A patch, or null where the pattern does not match.
     *
     * @param node the last node of the pattern
     * @param uses who reads each value; a value without readers is absent
     */
    Patch match(Node node, Map<Value, List<Node>> uses);
}
