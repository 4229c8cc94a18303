package dev.lanewise.graph;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** What an operator sees while its outputs are typed: facts of its inputs, and a place to record assumptions. */
public final class Inference {
    private final String nodeName;
    private final Operator operator;
    private final List<Value> inputs;
    private final Consumer<Assumption> assumptions;

    Inference(String nodeName, Operator operator, List<Value> inputs, Consumer<Assumption> assumptions) {
        this.nodeName = nodeName;
        this.operator = operator;
        this.inputs = inputs;
        this.assumptions = assumptions;
    }

    /** Number of inputs, trailing missing ones included. */
    public int count() {
        return inputs.size();
    }

    /** Whether optional input {@code i} is there. */
    public boolean has(int i) {
        return i < inputs.size() && inputs.get(i) != null;
    }

    /** Fact of input {@code i}, a tensor; an error where it is missing or a sequence or optional. */
    public Fact input(int i) {
        Fact fact = any(i);
        if (fact.element() != null) {
            throw error("a tensor as input " + i, fact.toString(), "take an element of it");
        }
        return fact;
    }

    /** Fact of input {@code i}, of whatever type; an error where it is missing. */
    public Fact any(int i) {
        if (!has(i)) {
            throw error("input " + i, "none", "give the input");
        }
        return inputs.get(i).fact();
    }

    /** The fact of what a SEQUENCE or OPTIONAL at input {@code i} holds. */
    public Fact elementOf(int i, DataType type) {
        Fact fact = any(i);
        if (fact.type() != type || fact.element() == null) {
            throw error("a " + type + " as input " + i, fact.toString(), "correct the input");
        }
        return fact.element();
    }

    /** Facts of all inputs; null for a missing one. */
    public List<Fact> facts() {
        return inputs.stream().map(v -> v == null ? null : v.fact()).toList();
    }

    /** Takes for granted what a graph inside the operator does. */
    public void assume(List<Assumption> all) {
        all.forEach(assumptions);
    }

    /** Element type of input {@code i}, which must be one of {@code allowed} (any if none given). */
    public DataType type(int i, DataType... allowed) {
        DataType type = input(i).type();
        if (allowed.length > 0 && !Arrays.asList(allowed).contains(type)) {
            throw error("input " + i + " of type " + Arrays.toString(allowed), type.toString(), "cast it");
        }
        return type;
    }

    /** Element type shared by inputs {@code i} and {@code j}. */
    public DataType sameType(int i, int j) {
        if (input(i).type() != input(j).type()) {
            throw error("inputs " + i + " and " + j + " of one type", input(i).type() + " and " + input(j).type(),
                    "cast one");
        }
        return input(i).type();
    }

    /** The shape of input {@code i}, or null where unknown. */
    public Dim[] shape(int i) {
        return input(i).shape();
    }

    /** Whether all inputs that are there have known shapes. */
    public boolean shapesKnown() {
        return inputs.stream().allMatch(v -> v == null || v.fact().hasShape());
    }

    /** Axis {@code axis} of a tensor of {@code rank}, negative counted from the end. */
    public int axis(long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw error("an axis in [" + -rank + ", " + (rank - 1) + "]", Long.toString(axis), "correct the axis");
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    /** The broadcast of two shapes (ONNX multidirectional rule); differing symbols are assumed equal and checked at run time. */
    public Dim[] broadcast(Dim[] a, Dim[] b) {
        int rank = Math.max(a.length, b.length);
        Dim[] out = new Dim[rank];
        for (int i = 0; i < rank; i++) {
            Dim x = i < rank - a.length ? Dim.ONE : a[i - (rank - a.length)];
            Dim y = i < rank - b.length ? Dim.ONE : b[i - (rank - b.length)];
            if (x.equals(y) || y.is(1)) {
                out[i] = x;
            } else if (x.is(1)) {
                out[i] = y;
            } else {
                assumeEqual(x, y);
                out[i] = x.isConstant() ? x : y.isConstant() ? y : x;
            }
        }
        return out;
    }

    /** Two dimensions that must agree: an error for different numbers, an assumption for symbols. */
    public Dim assumeEqual(Dim a, Dim b) {
        if (!a.equals(b)) {
            if (a.isConstant() && b.isConstant()) {
                throw error("equal dimensions", a + " and " + b, "check the shapes of the inputs");
            }
            assumptions.accept(new Assumption(a, Assumption.Relation.EQUAL, b));
        }
        return a.isConstant() ? a : b.isConstant() ? b : a;
    }

    /** Takes {@code a <= b} for granted; runs where it does not hold are planned for their exact shapes. */
    public void assumeAtMost(Dim a, Dim b) {
        if (a.isConstant() && b.isConstant()) {
            if (a.value() > b.value()) {
                throw new IllegalArgumentException("decide constants before assuming: " + a + " <= " + b);
            }
        } else if (!a.equals(b)) {
            assumptions.accept(new Assumption(a, Assumption.Relation.AT_MOST, b));
        }
    }

    /** An error about this node. */
    public ModelFormatException error(String expected, String found, String advice) {
        return new ModelFormatException(null,
                "node '" + ModelFormatException.printable(nodeName) + "' (" + operator.name() + ")",
                expected, found, advice);
    }
}
