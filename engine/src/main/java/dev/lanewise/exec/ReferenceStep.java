package dev.lanewise.exec;

import dev.lanewise.Tensor;
import dev.lanewise.graph.Evaluation;
import dev.lanewise.graph.Node;
import java.util.Arrays;

/** Runs the reference evaluation of a node: for operators without a kernel, and where shapes depend on data. Allocates. */
public final class ReferenceStep implements Step {
    private final Node node;
    private final HeapValues values;
    private final Tensor[] arguments;

    /** Missing optional inputs have slot -1. */
    public ReferenceStep(Node node, int[] inputs, int[] outputs) {
        this.node = node;
        this.values = new HeapValues(node, inputs, outputs);
        this.arguments = new Tensor[inputs.length];
    }

    @Override
    public void run(Frame frame, Workers workers) {
        values.read(frame, arguments);
        Tensor[] results = Evaluation.of(node, arguments);
        Arrays.fill(arguments, null);
        values.store(frame, results);
    }
}
