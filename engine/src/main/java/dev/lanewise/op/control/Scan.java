package dev.lanewise.op.control;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Nested;
import dev.lanewise.graph.Nesting;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.op.shape.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX Scan-25. Inputs: states, tensors to scan, captures. The body takes the states, a slice of each scanned tensor and the
 * captures, and gives the next states and a slice of each further output. Outputs: the last states, then the slices together.
 *
 * @param ins how each input is scanned
 * @param outs how the slices of each further output are put together
 */
public record Scan(Graph body, int states, List<Way> ins, List<Way> outs, int captures) implements Nested {
    /**
     * The order of slices.
     *
     * @param axis of the whole tensor, which the slices do not have; may be negative
     * @param reversed from the last to the first
     */
    public record Way(int axis, boolean reversed) {
    }

    public Scan {
        ins = List.copyOf(ins);
        outs = List.copyOf(outs);
    }

    @Override
    public List<Graph> graphs() {
        return List.of(body);
    }

    @Override
    public Nested with(List<Graph> graphs, int count) {
        return new Scan(graphs.getFirst(), states, ins, outs, count);
    }

    @Override
    public List<Graph> typed(List<Fact> facts) {
        return List.of(States.typed(body, given(facts), 0, 0, states));
    }

    /** Facts of the body's inputs in the first iteration. */
    private List<Fact> given(List<Fact> facts) {
        List<Fact> given = new ArrayList<>(facts);
        for (int i = 0; i < ins.size(); i++) {
            Fact whole = facts.get(states + i);
            Fact slice = Fact.unknown(whole.type());
            if (whole.hasShape() && whole.rank() > 0) {
                List<Dim> shape = new ArrayList<>(List.of(whole.shape()));
                shape.remove(Layout.axis(ins.get(i).axis, whole.rank()));
                slice = Fact.of(whole.type(), shape.toArray(Dim[]::new));
            }
            given.set(states + i, slice);
        }
        return given;
    }

    @Override
    public List<Fact> infer(Inference in) {
        if (in.count() != body.inputs().size() || in.count() != states + ins.size() + captures
                || body.outputs().size() != states + outs.size()) {
            throw in.error("a body of " + in.count() + " inputs and " + (states + outs.size()) + " outputs",
                    body.inputs().size() + " inputs and " + body.outputs().size() + " outputs", "correct the body");
        }
        Dim length = length(in);
        Graph typed = States.typed(body, given(in.facts()), 0, 0, states);
        boolean general = Nesting.restsOnFresh(typed);
        if (!general) {
            in.assume(typed.assumptions());
        }
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < typed.outputs().size(); i++) {
            Fact one = typed.outputs().get(i).fact();
            if (i < states && !one.isOfType(in.input(i)) || !one.type().isElement()) {
                throw in.error("a body that keeps the types of states and gives tensors", one.toString(),
                        "correct output " + i);
            }
            Fact each = general ? one.withoutShape() : Nesting.settled(i < states ? in.input(i).common(one) : one);
            facts.add(i < states || !each.hasShape() ? each : stacked(in, length, each, outs.get(i - states)));
        }
        return facts;
    }

    private static Fact stacked(Inference in, Dim length, Fact each, Way way) {
        in.axis(way.axis, each.rank() + 1);
        return length == null ? Fact.unknown(each.type())
                : Fact.of(each.type(), Stacking.stacked(length, each.shape(), way.axis));
    }

    /** How many slices there are; null where only a run knows. */
    private Dim length(Inference in) {
        Dim length = null;
        boolean known = true;
        for (int i = 0; i < ins.size(); i++) {
            Dim[] shape = in.shape(states + i);
            if (shape == null) {
                known = false;
            } else {
                Dim here = shape[in.axis(ins.get(i).axis, shape.length)];
                length = length == null ? here : in.assumeEqual(length, here);
            }
        }
        return known ? length : null;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs, Calls calls) {
        Tensor[] in = inputs.clone();
        int length = length(inputs);
        Stacking[] collected = new Stacking[outs.size()];
        Arrays.setAll(collected, i -> new Stacking(outs.get(i).axis, outs.get(i).reversed));
        long bytes = 0;
        for (int t = 0; t < length; t++) {
            for (int i = 0; i < ins.size(); i++) {
                Way way = ins.get(i);
                in[states + i] = slice(inputs[states + i], way.axis, way.reversed ? length - 1 - t : t);
            }
            Tensor[] out = calls.run(0, in);
            System.arraycopy(out, 0, in, 0, states);
            for (int c = 0; c < collected.length; c++) {
                bytes += collected[c].add(out[states + c]);
            }
            calls.proceed(bytes + States.bytes(in, 0, states));
        }
        Tensor[] results = Arrays.copyOf(in, states + collected.length);
        for (int c = 0; c < collected.length; c++) {
            int output = states + c;
            results[output] = collected[c].stack(() -> emptySlice(inputs, output));
        }
        return results;
    }

    private Fact emptySlice(Tensor[] inputs, int output) {
        List<Fact> facts = given(Arrays.stream(inputs).map(Nesting::fact).toList());
        Graph typed = Nesting.typed(body, facts);
        return (typed == null ? body : typed).outputs().get(output).fact();
    }

    private static Tensor slice(Tensor whole, int axis, int index) {
        return new Gather(axis).evaluate(new Tensor[] {whole, Tensor.scalar((long) index)})[0];
    }

    private int length(Tensor[] inputs) {
        int length = -1;
        for (int i = 0; i < ins.size(); i++) {
            Tensor whole = inputs[states + i];
            int here = whole.dim(Layout.axis(ins.get(i).axis, whole.rank()));
            if (length >= 0 && here != length) {
                throw new InvalidInputException(null, "tensors to scan of one length", length + " and " + here,
                        "give as many slices of each");
            }
            length = here;
        }
        return Math.max(length, 0);
    }
}
