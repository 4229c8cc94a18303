package dev.lanewise.graph;

/** An edge of the graph: an input, a constant, or one output of a node. Compared by identity. */
public final class Value {
    private final String name;
    private final Fact fact;
    private final Node producer;

    private Value(String name, Fact fact, Node producer) {
        this.name = name;
        this.fact = fact;
        this.producer = producer;
    }

    public static Value input(String name, Fact fact) {
        return new Value(name, fact, null);
    }

    public static Value constant(String name, dev.lanewise.Tensor tensor) {
        return new Value(name, Fact.constant(tensor), null);
    }

    static Value output(String name, Fact fact, Node producer) {
        return new Value(name, fact, producer);
    }

    public String name() {
        return name;
    }

    public Fact fact() {
        return fact;
    }

    /** The node that computes it, or null for inputs and constants. */
    public Node producer() {
        return producer;
    }

    public boolean isConstant() {
        return fact.constant() != null;
    }

    @Override
    public String toString() {
        return name + ":" + fact;
    }
}
