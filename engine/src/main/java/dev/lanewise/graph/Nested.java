package dev.lanewise.graph;

import dev.lanewise.Tensor;
import java.util.List;

/**
 * An operator that runs graphs, such as a loop and its body. A graph sees nothing but its own inputs: values of the graph
 * around it that it reads (captures) are the node's last inputs, in the same order the last inputs of each graph.
 */
public interface Nested extends Operator {
    /** The graphs inside. */
    List<Graph> graphs();

    /** How many of the node's last inputs are captures. */
    int captures();

    /** The same operator around other graphs, which have {@code captures} captures. */
    Nested with(List<Graph> graphs, int captures);

    /**
     * The graphs typed for what is known of the node's inputs; one that cannot be typed so is as general as can be. Dimensions
     * that differ from one call to the next are symbols of their own, which begin with {@link Nesting#FRESH}.
     *
     * @param facts those of the node's inputs; null for a missing one
     */
    List<Graph> typed(List<Fact> facts);

    /** Runs the graphs of the operator. */
    interface Calls {
        /** Outputs of one of the graphs. */
        Tensor[] run(int graph, Tensor[] inputs);

        /**
         * Asked between calls; throws to end a run early, or where it holds more memory than it may.
         *
         * @param bytes memory of the values that the operator keeps
         */
        default void proceed(long bytes) {
        }
    }

    /** What the operator does, whoever runs its graphs. */
    Tensor[] evaluate(Tensor[] inputs, Calls calls);

    @Override
    default Tensor[] evaluate(Tensor[] inputs) {
        return evaluate(inputs, (graph, in) -> graphs().get(graph).evaluate(in));
    }

    @Override
    default boolean isDeterministic() {
        return graphs().stream().allMatch(g -> g.nodes().stream().allMatch(n -> n.operator().isDeterministic()));
    }
}
