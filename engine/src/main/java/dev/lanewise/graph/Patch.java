package dev.lanewise.graph;

import java.util.Map;

/** What a rule wants changed: each key is to be replaced by its value, which is built from values of the graph. */
public record Patch(Map<Value, Value> replacements) {
    public Patch {
        replacements = Map.copyOf(replacements);
    }

    public static Patch replace(Value old, Value renewed) {
        return new Patch(Map.of(old, renewed));
    }
}
