package dev.lanewise.op.control;

import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Value;
import dev.lanewise.op.shape.Identity;

/** What is known of conditions before a run. */
final class Conditions {
    private Conditions() {
    }

    /** The value behind copies of it. */
    static Value origin(Value v) {
        Value origin = v;
        while (origin.producer() != null && origin.producer().operator() instanceof Identity) {
            origin = origin.producer().input(0);
        }
        return origin;
    }

    /** Whether a BOOL of one element holds; null where only a run knows. */
    static Boolean known(Fact condition) {
        if (condition.constant() != null && condition.constant().size() == 1) {
            return condition.constant().bytes()[0] != 0;
        }
        boolean known = condition.content() != null && condition.content().length == 1
                && condition.content()[0].isConstant();
        return known ? condition.content()[0].value() != 0 : null;
    }
}
