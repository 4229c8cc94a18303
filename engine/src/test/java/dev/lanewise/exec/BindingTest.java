package dev.lanewise.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Limits;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BindingTest {
    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.floats("x", "n", 4);
    private final Graph graph = g.to(g.transpose(g.mul(g.transpose(x, 1, 0), g.transpose(x, 1, 0)), 1, 0));

    private static LoadOptions limited(long activationBytes) {
        return LoadOptions.defaults().withLimits(Limits.defaults().withActivationBytes(activationBytes));
    }

    @Test
    void sizesGrowAndShrinkOnOneSession() {
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults());
                Session session = model.newSession(Agreement.COLD)) {
            long bytes = 0;
            for (int n : new int[] {5, 300, 1, 0, 299, 1000, 2}) {
                Tensor in = g.tensor(n, 4);
                Agreement.check(graph.evaluate(in), session.run(Map.of("x", in)).tensors());
                assertTrue(session.activationBytes() >= bytes, "the arena shrank");
                bytes = session.activationBytes();
            }
            assertTrue(bytes < 3 * 1000 * 4 * 4, bytes + " bytes for two buffers of 16000");
        }
    }

    @Test
    void bindingTheSameSizesAgainDoesNothing() {
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults())) {
            Binding binding = new Binding(model.compiled().symbolicPlan(), new Arena(), 1, 1 << 20);
            assertTrue(binding.bind(new long[] {3}));
            assertFalse(binding.bind(new long[] {3}));
            assertTrue(binding.bind(new long[] {4}));
            assertArrayEquals(new int[] {4, 4}, binding.outputShape(0, false));
        }
    }

    @Test
    void theCallersArraysAreLetGo() {
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults())) {
            Plan plan = model.compiled().symbolicPlan();
            Binding binding = new Binding(plan, new Arena(), 1, 1 << 20);
            binding.bind(new long[] {3});
            binding.input(0, g.tensor(3, 4));
            binding.output(0, new float[12]);
            binding.release();
            assertNull(binding.frame().array(plan.inputs()[0]));
            assertNull(binding.frame().array(plan.outputs()[0]));
        }
    }

    @Test
    void theLimitOfActivationsHolds() {
        try (Model model = GraphBuilder.model(graph, limited(3 * 64 * 4 * 4));
                Session session = model.newSession(Agreement.COLD)) {
            Tensor in = g.tensor(64, 4);
            Agreement.check(graph.evaluate(in), session.run(Map.of("x", in)).tensors());
            InvalidInputException e = assertThrows(InvalidInputException.class,
                    () -> session.run(Map.of("x", g.tensor(65, 4))));
            assertEquals("at most 3072 bytes of activations", e.expected());
            assertTrue(e.getMessage().contains("Limits.activationBytes"), e.getMessage());
            Agreement.check(graph.evaluate(in), session.run(Map.of("x", in)).tensors());
        }
    }

    /** An output and its views are one array. */
    @Test
    void viewsDoNotCountTwice() {
        GraphBuilder b = new GraphBuilder();
        Value v = b.transpose(b.floats("x", 16, 4), 1, 0);
        Graph views = b.to(b.reshape(b.reshape(b.reshape(v, 64), 8, 8), 2, 32));
        try (Model model = GraphBuilder.model(views, limited(64 * 4));
                Session session = model.newSession(Agreement.COLD)) {
            Tensor in = b.tensor(16, 4);
            Agreement.check(views.evaluate(in), session.run(Map.of("x", in)).tensors());
        }
    }

    /** Dimensions beyond what a number holds, in a tensor without elements. */
    @Test
    void sizesBeyondAllNumbersAreErrors() {
        GraphBuilder b = new GraphBuilder();
        Value in = b.input("x", DataType.FLOAT, "a", "b", "c", "d");
        Graph flat = b.to(b.add(b.reshape(in, 0, -1), b.weights(1)));
        int large = Integer.MAX_VALUE;
        assertThrows(InvalidInputException.class,
                () -> Agreement.run(flat, Tensor.of(new float[0], 0, large, large, large)));
        assertThrows(InvalidInputException.class,
                () -> Agreement.run(flat, Tensor.of(new float[0], 0, large, 2, 1)));
    }
}
