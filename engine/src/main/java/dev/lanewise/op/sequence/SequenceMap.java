package dev.lanewise.op.sequence;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Nested;
import dev.lanewise.graph.Nesting;
import java.util.ArrayList;
import java.util.List;

/**
 * ONNX SequenceMap-17: the body run on each element of a sequence. Further inputs are sequences of the same length, of which
 * the body gets an element each, or tensors, which it gets as they are. Outputs: sequences of what the body gives.
 *
 * @param body takes as many values as the node has inputs
 */
public record SequenceMap(Graph body, int captures) implements Nested {
    @Override
    public List<Graph> graphs() {
        return List.of(body);
    }

    @Override
    public Nested with(List<Graph> graphs, int count) {
        return new SequenceMap(graphs.getFirst(), count);
    }

    @Override
    public List<Graph> typed(List<Fact> facts) {
        List<Fact> given = new ArrayList<>();
        for (int i = 0; i < facts.size(); i++) {
            Fact f = facts.get(i);
            given.add(i < facts.size() - captures && f.type() == DataType.SEQUENCE ? f.element() : f);
        }
        Graph typed = Nesting.typed(body, given);
        return List.of(typed != null ? typed : Nesting.general(body));
    }

    @Override
    public List<Fact> infer(Inference in) {
        in.elementOf(0, DataType.SEQUENCE);
        if (body.inputs().size() != in.count() || in.facts().contains(null)) {
            throw in.error("as many inputs as the body has: " + body.inputs().size(), in.count() + " inputs",
                    "correct the body");
        }
        return typed(in.facts()).getFirst().outputs().stream().map(v -> Fact.sequence(v.fact())).toList();
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs, Calls calls) {
        List<List<Tensor>> made = new ArrayList<>();
        body.outputs().forEach(v -> made.add(new ArrayList<>()));
        Tensor[] given = inputs.clone();
        long bytes = 0;
        for (int e = 0; e < inputs[0].size(); e++) {
            for (int i = 0; i < inputs.length - captures; i++) {
                if (inputs[i].type() == DataType.SEQUENCE) {
                    given[i] = element(inputs[i], e, inputs[0].size());
                }
            }
            Tensor[] out = calls.run(0, given);
            for (int o = 0; o < out.length; o++) {
                made.get(o).add(out[o]);
                bytes += (long) out[o].size() * out[o].type().storage().bytes();
            }
            calls.proceed(bytes);
        }
        return made.stream().map(Tensor::sequence).toArray(Tensor[]::new);
    }

    private static Tensor element(Tensor sequence, int index, int length) {
        if (sequence.size() != length) {
            throw new InvalidInputException(null, "sequences of one length, " + length, sequence.size() + " elements",
                    "give as many");
        }
        return sequence.elements().get(index);
    }
}
