package dev.lanewise.op.control;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Nested;
import dev.lanewise.graph.Nesting;
import dev.lanewise.op.sequence.OptionalGetElement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX Loop-25. Inputs: most iterations (INT64, one element, or missing), condition (BOOL, one element, or missing), states,
 * captures. The body takes the iteration, the condition, the states and the captures, and gives the next condition, the next
 * states and further values. Outputs: the last states, then the further values of all iterations along a new first axis.
 *
 * @param body one iteration
 * @param states number of values that one iteration hands to the next
 */
public record Loop(Graph body, int states, int captures) implements Nested {
    /** The iteration and the condition. */
    private static final int CONTROLS = 2;

    @Override
    public List<Graph> graphs() {
        return List.of(body);
    }

    @Override
    public Nested with(List<Graph> graphs, int count) {
        return new Loop(graphs.getFirst(), states, count);
    }

    @Override
    public List<Graph> typed(List<Fact> facts) {
        return List.of(States.typed(body, given(facts), CONTROLS, 1, states));
    }

    /** Facts of the body's inputs in the first iteration. */
    private List<Fact> given(List<Fact> facts) {
        List<Fact> given = new ArrayList<>(facts);
        given.set(0, Fact.of(DataType.INT64));
        given.set(1, Fact.of(DataType.BOOL));
        return given;
    }

    @Override
    public List<Fact> infer(Inference in) {
        check(in);
        Graph typed = States.typed(body, given(in.facts()), CONTROLS, 1, states);
        boolean general = Nesting.restsOnFresh(typed);
        if (!general) {
            in.assume(typed.assumptions());
        }
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < states; i++) {
            Fact out = typed.outputs().get(1 + i).fact();
            Fact first = isUnwrapped(in.any(CONTROLS + i), out) ? in.any(CONTROLS + i).element()
                    : in.any(CONTROLS + i);
            if (!out.isOfType(first)) {
                throw in.error("a body that keeps the type of state " + i, first + " and " + out, "cast it");
            }
            Fact state = first.common(out);
            facts.add(general ? state.withoutShape() : Nesting.settled(state));
        }
        Dim count = count(in, typed);
        for (int i = 1 + states; i < typed.outputs().size(); i++) {
            Fact one = typed.outputs().get(i).fact();
            if (!one.type().isElement()) {
                throw in.error("tensors to collect", one.toString(), "make it a state");
            }
            Fact each = general ? one.withoutShape() : Nesting.settled(one);
            facts.add(count == null || !each.hasShape() ? Fact.unknown(one.type())
                    : Fact.of(one.type(), Stacking.stacked(count, each.shape(), 0)));
        }
        return facts;
    }

    /** Whether a state begins as an optional and the body gives what one can hold. */
    private static boolean isUnwrapped(Fact first, Fact out) {
        return first.type() == DataType.OPTIONAL && out.type() != DataType.OPTIONAL;
    }

    private void check(Inference in) {
        if (in.has(0)) {
            in.type(0, DataType.INT64);
        }
        if (in.has(1)) {
            in.type(1, DataType.BOOL);
        }
        if (body.inputs().size() != in.count() || body.outputs().size() < 1 + states) {
            throw in.error("a body of " + in.count() + " inputs and " + (1 + states) + " outputs or more",
                    body.inputs().size() + " inputs and " + body.outputs().size() + " outputs", "correct the body");
        }
        if (body.outputs().getFirst().fact().type() != DataType.BOOL) {
            throw in.error("a BOOL as first output of the body", body.outputs().getFirst().fact().toString(),
                    "give the condition");
        }
    }

    /** How often the body runs, where nothing but the count of iterations ends the loop and that is known; else null. */
    private Dim count(Inference in, Graph typed) {
        Fact most = in.has(0) ? in.input(0) : null;
        boolean begins = !in.has(1) || Boolean.TRUE.equals(Conditions.known(in.input(1)));
        boolean goesOn = Conditions.origin(typed.outputs().getFirst()) == typed.inputs().get(1)
                || Boolean.TRUE.equals(Conditions.known(typed.outputs().getFirst().fact()));
        if (most == null || most.content() == null || !begins || !goesOn) {
            return null;
        }
        Dim count = most.content()[0];
        return count.isConstant() || count.isAtLeast(0) ? count.max(Dim.ZERO) : null;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs, Calls calls) {
        long most = inputs[0] == null ? Long.MAX_VALUE : one(inputs[0]).longs()[0];
        boolean goesOn = inputs[1] == null || one(inputs[1]).bytes()[0] != 0;
        Tensor[] in = inputs.clone();
        Stacking[] collected = new Stacking[body.outputs().size() - 1 - states];
        Arrays.setAll(collected, i -> new Stacking(0, false));
        long bytes = 0;
        for (long i = 0; i < most && goesOn; i++) {
            in[0] = Tensor.scalar(i);
            in[1] = Tensor.of(DataType.BOOL, new byte[] {1});
            Tensor[] out = calls.run(0, in);
            goesOn = one(out[0]).bytes()[0] != 0;
            for (int s = 0; s < states; s++) {
                boolean wrap = in[CONTROLS + s].type() == DataType.OPTIONAL && out[1 + s].type() != DataType.OPTIONAL;
                in[CONTROLS + s] = wrap ? Tensor.optional(out[1 + s]) : out[1 + s];
            }
            for (int c = 0; c < collected.length; c++) {
                bytes += collected[c].add(out[1 + states + c]);
            }
            calls.proceed(bytes + States.bytes(in, CONTROLS, states));
        }
        Tensor[] results = Arrays.copyOfRange(in, CONTROLS, CONTROLS + states + collected.length);
        for (int s = 0; s < states; s++) {
            if (results[s].type() == DataType.OPTIONAL
                    && body.outputs().get(1 + s).fact().type() != DataType.OPTIONAL) {
                results[s] = new OptionalGetElement().evaluate(new Tensor[] {results[s]})[0];
            }
        }
        for (int c = 0; c < collected.length; c++) {
            int output = 1 + states + c;
            results[states + c] = collected[c].stack(() -> States.fact(body, inputs, output));
        }
        return results;
    }

    private static Tensor one(Tensor t) {
        if (t.size() != 1) {
            throw new InvalidInputException(null, "a loop's count and condition of one element", t.toString(),
                    "reduce it");
        }
        return t;
    }
}
