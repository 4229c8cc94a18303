package dev.lanewise.loaders.onnx;

import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Value;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The values of a graph by name while its nodes are made. A graph inside a node sees the values around it as well: one that
 * it reads becomes an input of it (a capture), unless it is a constant, which is the same everywhere.
 */
final class Scope {
    /** Null for a graph, or function, that nothing is around. */
    private final Scope outer;
    /** What attributes of a function's nodes refer to. */
    private final Map<String, AttributeProto> given;
    /** Whether captures have no shape here: what the shape says about a branch that is not taken need not fit it. */
    private final boolean general;
    private final int loops;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, Value> captures = new LinkedHashMap<>();

    private Scope(Scope outer, Map<String, AttributeProto> given, boolean general, int loops) {
        this.outer = outer;
        this.given = given;
        this.general = general;
        this.loops = loops;
    }

    static Scope ofModel() {
        return new Scope(null, Map.of(), false, 0);
    }

    /** For the body of a function called here. */
    Scope call(Map<String, AttributeProto> attributes) {
        return new Scope(null, attributes, general, loops);
    }

    /** For a graph inside a node here. */
    Scope inside(boolean isLoop, boolean withoutShapes) {
        return new Scope(this, given, withoutShapes, loops + (isLoop ? 1 : 0));
    }

    Map<String, AttributeProto> given() {
        return given;
    }

    boolean isGeneral() {
        return general;
    }

    /** How many loops this is inside of. */
    int loops() {
        return loops;
    }

    boolean has(String name) {
        return values.containsKey(name) || outer != null && outer.has(name);
    }

    /** Whether the graph itself, not one around it, has the name. */
    boolean defines(String name) {
        return values.containsKey(name);
    }

    /** A value, or null for a missing optional one; captures it where it comes from around. */
    Value get(String name) {
        if (values.containsKey(name) || outer == null) {
            return values.get(name);
        }
        Value captured = captures.get(name);
        if (captured != null) {
            return captured;
        }
        Value around = outer.get(name);
        if (around == null || around.producer() == null && around.isConstant()) {
            return around;
        }
        Fact fact = around.fact().constant() != null ? around.fact() : withoutConstant(around.fact());
        Value inner = Value.input(name, general ? fact.withoutShape() : fact);
        captures.put(name, inner);
        return inner;
    }

    private static Fact withoutConstant(Fact f) {
        return new Fact(f.type(), f.shape(), null, f.content(), f.element());
    }

    /** Returns the value of that name before. */
    Value put(String name, Value value) {
        return values.put(name, value);
    }

    /** Names of captures so far, in order. */
    Set<String> captures() {
        return Collections.unmodifiableSet(captures.keySet());
    }

    /** The input that stands for a value around, whether this graph reads it or not. */
    Value capture(String name) {
        Value captured = captures.get(name);
        return captured != null ? captured : Value.input(name, outer.get(name).fact().withoutShape());
    }
}
