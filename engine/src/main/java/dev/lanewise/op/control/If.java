package dev.lanewise.op.control;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Nested;
import dev.lanewise.graph.Nesting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX If-25: a condition (BOOL, one element), then captures; one of two graphs runs on the captures and gives the outputs.
 * Where both give one shape it is known, else a run finds it out.
 *
 * @param then runs where the condition holds
 * @param otherwise runs where it does not; as many outputs of the same types
 */
public record If(Graph then, Graph otherwise, int captures) implements Nested {
    @Override
    public List<Graph> graphs() {
        return List.of(then, otherwise);
    }

    @Override
    public Nested with(List<Graph> graphs, int count) {
        return new If(graphs.get(0), graphs.get(1), count);
    }

    /** The graph that runs, where that is known; else null. */
    public Graph decided(Fact condition) {
        Boolean holds = Conditions.known(condition);
        return holds == null ? null : holds ? then : otherwise;
    }

    @Override
    public List<Graph> typed(List<Fact> facts) {
        List<Fact> captured = Nesting.captured(facts, captures);
        return graphs().stream().map(g -> {
            Graph typed = Nesting.typed(g, captured);
            return typed != null ? typed : Nesting.general(g);
        }).toList();
    }

    @Override
    public List<Fact> infer(Inference in) {
        in.type(0, DataType.BOOL);
        if (then.outputs().size() != otherwise.outputs().size()) {
            throw in.error("branches with as many outputs", then.outputs().size() + " and "
                    + otherwise.outputs().size(), "correct the branches");
        }
        List<Fact> captured = Nesting.captured(in.facts(), captures);
        Graph decided = decided(in.input(0));
        List<Graph> branches = decided != null ? List.of(decided) : graphs();
        List<Graph> typed = new ArrayList<>();
        for (Graph branch : branches) {
            Graph fits = Nesting.typed(branch, captured);
            typed.add(fits != null ? fits : Nesting.general(branch));
            in.assume(typed.getLast().assumptions());
        }
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < then.outputs().size(); i++) {
            Fact first = typed.getFirst().outputs().get(i).fact();
            Fact last = typed.getLast().outputs().get(i).fact();
            if (!first.isOfType(last)) {
                throw in.error("branches whose output " + i + " is of one type", first + " and " + last,
                        "cast one");
            }
            facts.add(Nesting.settled(first.common(last)));
        }
        return facts;
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs, Calls calls) {
        if (inputs[0].size() != 1) {
            throw new InvalidInputException(null, "a condition of one element", inputs[0].toString(), "reduce it");
        }
        return calls.run(inputs[0].bytes()[0] != 0 ? 0 : 1, Arrays.copyOfRange(inputs, 1, inputs.length));
    }
}
