package dev.lanewise.graph;

import java.util.function.ToLongFunction;

/** A relation between dimensions that shape inference took for granted; checked each time symbols get values. */
public record Assumption(Dim left, Relation relation, Dim right) {
    public enum Relation {
        EQUAL, AT_MOST
    }

    public boolean holds(ToLongFunction<String> symbols) {
        long l = left.eval(symbols);
        long r = right.eval(symbols);
        return relation == Relation.EQUAL ? l == r : l <= r;
    }

    @Override
    public String toString() {
        return left + (relation == Relation.EQUAL ? " = " : " <= ") + right;
    }
}
