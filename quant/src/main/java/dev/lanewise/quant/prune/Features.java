package dev.lanewise.quant.prune;

import dev.lanewise.InvalidInputException;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.op.linear.Gemm;
import dev.lanewise.op.linear.MatMul;
import java.util.ArrayList;
import java.util.List;

/**
 * A model whose head is a linear layer, with what that layer reads as one more output: the vectors that similarities are taken of.
 *
 * @param graph with the output {@value #NAME}, {@code [..., size]}
 * @param value that output
 */
public record Features(Graph graph, Value value) {
    /** Name of the output. */
    public static final String NAME = "features";

    /** Goes back from the last output to the first linear layer on the way. */
    public static Features of(Graph graph) {
        Node head = graph.outputs().getLast().producer();
        while (head != null && !(head.operator() instanceof Gemm || head.operator() instanceof MatMul)) {
            head = head.inputs().stream().filter(v -> v != null && v.producer() != null).map(Value::producer)
                    .findFirst().orElse(null);
        }
        if (head == null || graph.outputNames().contains(NAME)) {
            throw new InvalidInputException("model", "a linear layer before its last output, and none named " + NAME,
                    "outputs " + graph.outputNames(), "give a classifier or a language model");
        }
        List<Value> outputs = new ArrayList<>(graph.outputs());
        List<String> names = new ArrayList<>(graph.outputNames());
        outputs.add(head.input(0));
        names.add(NAME);
        return new Features(Graph.of(graph.inputs(), outputs, names), head.input(0));
    }

    /**
     * The vector of a sample: the features where there are some for a sample, and those of one token where there are some for each.
     *
     * @param token of samples {@code [1, tokens, size]}
     */
    public Embedding embedding(int token) {
        Fact fact = value.fact();
        return fact.hasShape() && fact.rank() == 3 ? new Embedding.Token(NAME, token) : new Embedding.Whole(NAME);
    }
}
