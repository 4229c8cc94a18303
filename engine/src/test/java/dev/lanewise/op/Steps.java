package dev.lanewise.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.KernelMode;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelMetadata;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Compares the kernel steps of a graph with its definition, bit for bit. */
public final class Steps {
    private static final ModelMetadata METADATA = new ModelMetadata("", "", "", 0, 0, Map.of(), "", Map.of(), List.of(),
            List.of(), List.of());

    private Steps() {
    }

    /** The graph of one node whose inputs are the values given (constants among them). */
    public static Graph graph(NodeMaker operator, Value... inputs) {
        Node n = operator.apply(inputs);
        List<String> names = IntStream.range(0, n.outputs().size()).mapToObj(i -> "out" + i).toList();
        List<Value> free = java.util.Arrays.stream(inputs).filter(v -> v != null && !v.isConstant()).toList();
        return Graph.of(free, n.outputs(), names);
    }

    /** Makes a node. */
    @FunctionalInterface
    public interface NodeMaker {
        Node apply(Value[] inputs);
    }

    /**
     * Runs the graph with scalar and vector kernels, one thread and three, and expects the bits of its evaluation, and a step
     * of its own for each node.
     *
     * @param runs tensors for the graph's inputs, run after run in one session
     */
    public static void assertAsDefined(Graph graph, List<Tensor[]> runs) {
        for (KernelMode kernels : List.of(KernelMode.SCALAR, KernelMode.REQUIRE)) {
            LoadOptions options = LoadOptions.defaults().withKernels(kernels).withOptimise(false);
            try (Model model = Model.of("test", graph, METADATA, options)) {
                for (int threads : new int[] {1, 3}) {
                    SessionOptions how = SessionOptions.defaults().withThreads(threads)
                            .withWarmUp(SessionOptions.WarmUp.NONE);
                    try (Session session = model.newSession(how)) {
                        runs.forEach(inputs -> assertOne(graph, session, inputs));
                    }
                }
                assertTrue(model.compiled().symbolicPlan().steps().stream()
                        .noneMatch(s -> s.maker().get() instanceof dev.lanewise.exec.ReferenceStep),
                        "a reference step");
            }
        }
    }

    /** One run with scalar kernels. */
    public static Outputs run(Graph graph, Tensor... inputs) {
        LoadOptions options = LoadOptions.defaults().withKernels(KernelMode.SCALAR);
        try (Model model = Model.of("test", graph, METADATA, options);
                Session session = model.newSession(
                        SessionOptions.defaults().withWarmUp(SessionOptions.WarmUp.NONE))) {
            return session.run(named(graph, inputs));
        }
    }

    private static void assertOne(Graph graph, Session session, Tensor[] inputs) {
        Tensor[] expected = graph.evaluate(inputs);
        Outputs found = session.run(named(graph, inputs));
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i].toString(), found.get(i).toString());
            assertSameBits(expected[i], found.get(i));
        }
    }

    private static Map<String, Tensor> named(Graph graph, Tensor[] inputs) {
        Map<String, Tensor> named = new HashMap<>();
        for (int i = 0; i < inputs.length; i++) {
            named.put(graph.inputs().get(i).name(), inputs[i]);
        }
        return named;
    }

    private static void assertSameBits(Tensor expected, Tensor found) {
        switch (expected.array()) {
            case float[] a -> {
                for (int i = 0; i < a.length; i++) {
                    assertEquals(Float.floatToIntBits(a[i]), Float.floatToIntBits(found.floats()[i]),
                            "element " + i);
                }
            }
            case long[] a -> assertArrayEquals(a, found.longs());
            case int[] a -> assertArrayEquals(a, found.ints());
            case byte[] a -> assertArrayEquals(a, found.bytes());
            default -> throw new AssertionError("compare " + expected.type());
        }
    }
}
