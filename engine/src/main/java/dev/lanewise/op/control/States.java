package dev.lanewise.op.control;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Nesting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Values that one run of a body hands to the next, whose sizes may change on the way. */
final class States {
    private States() {
    }

    /**
     * The body typed for every iteration: sizes of states that differ from the first to the second are named anew, and where
     * that does not settle it nothing is taken to be known of the states' shapes.
     *
     * @param given facts of the body's inputs in the first iteration
     * @param firstIn the first state among the body's inputs
     * @param firstOut the first state among its outputs
     */
    static Graph typed(Graph body, List<Fact> given, int firstIn, int firstOut, int states) {
        Graph typed = Nesting.typed(body, given);
        if (typed == null) {
            return Nesting.general(body);
        }
        List<Fact> widened = widened(typed, given, firstIn, firstOut, states, false);
        if (widened.equals(given)) {
            return typed;
        }
        typed = Nesting.typed(body, widened);
        if (typed != null && widened(typed, widened, firstIn, firstOut, states, false).equals(widened)) {
            return typed;
        }
        List<Fact> open = typed == null ? given : widened;
        Graph general = Nesting.typed(body, widened(body, open, firstIn, firstOut, states, true));
        return general == null ? Nesting.general(body) : general;
    }

    private static List<Fact> widened(Graph typed, List<Fact> given, int firstIn, int firstOut, int states,
            boolean all) {
        List<Fact> facts = new ArrayList<>(given);
        for (int i = 0; i < states; i++) {
            Fact before = given.get(firstIn + i);
            Fact after = typed.outputs().get(firstOut + i).fact();
            boolean element = before.type().isElement();
            Fact known = element && before.constant() != null ? Fact.of(before.type(), before.shape()) : before;
            known = known.content() != null ? Fact.of(before.type(), before.shape()) : known;
            facts.set(firstIn + i, all || !element ? known.withoutShape() : widened(known, after, i));
        }
        return facts;
    }

    /** Sizes that stay as they are; a symbol for each that does not. */
    private static Fact widened(Fact before, Fact after, int state) {
        if (!before.hasShape() || !after.hasShape() || before.rank() != after.rank()) {
            return before.withoutShape();
        }
        Dim[] shape = before.shape().clone();
        for (int d = 0; d < shape.length; d++) {
            if (!shape[d].equals(after.shape()[d])) {
                shape[d] = Dim.symbol(Nesting.FRESH + state + "." + d);
            }
        }
        return Arrays.equals(shape, before.shape()) ? before : Fact.of(before.type(), shape);
    }

    /** What is known of output {@code output} of a body that never ran. */
    static Fact fact(Graph body, Tensor[] inputs, int output) {
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < inputs.length; i++) {
            Fact declared = body.inputs().get(i).fact();
            facts.add(inputs[i] == null ? declared : Nesting.fact(inputs[i], declared));
        }
        Graph typed = Nesting.typed(body, facts);
        return (typed == null ? body : typed).outputs().get(output).fact();
    }

    /** Memory of values {@code first} to {@code first + count - 1}. */
    static long bytes(Tensor[] values, int first, int count) {
        long bytes = 0;
        for (int i = first; i < first + count; i++) {
            bytes += bytes(values[i]);
        }
        return bytes;
    }

    static long bytes(Tensor t) {
        long bytes = (long) t.size() * t.type().storage().bytes();
        if (t.type() == DataType.SEQUENCE || t.type() == DataType.OPTIONAL) {
            for (Tensor e : t.elements()) {
                bytes += bytes(e);
            }
        }
        return bytes;
    }
}
