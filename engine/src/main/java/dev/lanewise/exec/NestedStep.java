package dev.lanewise.exec;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Evaluation;
import dev.lanewise.graph.Nested;
import dev.lanewise.graph.Node;
import java.util.List;

/** Runs an operator that has graphs inside, each by its own plan and with the same workers. Allocates. */
public final class NestedStep implements Step {
    private final Node node;
    private final HeapValues values;
    private final BodyRun[] bodies;
    private final long maxBytes;

    /** Missing optional inputs have slot -1. */
    public NestedStep(Node node, int[] inputs, int[] outputs, List<Body> bodies) {
        this.node = node;
        this.values = new HeapValues(node, inputs, outputs);
        this.bodies = bodies.stream().map(BodyRun::new).toArray(BodyRun[]::new);
        this.maxBytes = bodies.getFirst().maxBytes();
    }

    @Override
    public void run(Frame frame, Workers workers) {
        Tensor[] arguments = new Tensor[values.count()];
        values.read(frame, arguments);
        RunControl control = frame.control();
        Nested.Calls calls = new Nested.Calls() {
            @Override
            public Tensor[] run(int graph, Tensor[] inputs) {
                control.check();
                return bodies[graph].run(inputs, control, workers);
            }

            @Override
            public void proceed(long bytes) {
                control.check();
                if (bytes > maxBytes) {
                    throw new InvalidInputException(node.name(), "at most " + maxBytes + " bytes of activations",
                            bytes + " bytes", "use smaller inputs or raise Limits.activationBytes");
                }
            }
        };
        values.store(frame, Evaluation.of(node, () -> ((Nested) node.operator()).evaluate(arguments, calls)));
    }
}
