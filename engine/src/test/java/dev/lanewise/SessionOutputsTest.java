package dev.lanewise;

import static dev.lanewise.testing.Agreement.COLD;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.shape.NonZero;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Small;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs into the caller's own tensors. */
class SessionOutputsTest {
    private final Small small = new Small();
    private final Model model = small.model();
    private final Session session = model.newSession(COLD);
    private final Tensor[] in = small.inputs(5);
    private final Map<String, Tensor> inputs = Agreement.named(small.graph, in);

    @AfterEach
    void close() {
        session.close();
        model.close();
    }

    @Test
    void allOrSomeOutputs() {
        List<Tensor> expected = session.run(inputs).tensors();
        Tensor y0 = Tensor.zeros(DataType.FLOAT, 5, 40);
        Tensor y1 = Tensor.zeros(DataType.FLOAT, 5, 8);
        session.run(inputs, Map.of("y0", y0, "y1", y1));
        assertArrayEquals(expected.get(0).floats(), y0.floats());
        assertArrayEquals(expected.get(1).floats(), y1.floats());
        Tensor alone = Tensor.zeros(DataType.FLOAT, 5, 8);
        session.run(inputs, Map.of("y1", alone));
        assertArrayEquals(expected.get(1).floats(), alone.floats());
        session.run(inputs, Map.of());
    }

    private InvalidInputException refused(Map<String, Tensor> outputs) {
        return assertThrows(InvalidInputException.class, () -> session.run(inputs, outputs));
    }

    @Test
    void wrongOutputsAreRefused() {
        InvalidInputException name = refused(Map.of("y2", Tensor.zeros(DataType.FLOAT, 5, 8)));
        assertEquals("y2", name.name());
        assertEquals("an output out of [y0, y1]", name.expected());
        for (Tensor wrong : List.of(Tensor.zeros(DataType.FLOAT, 4, 8), Tensor.zeros(DataType.FLOAT, 40),
                Tensor.zeros(DataType.DOUBLE, 5, 8))) {
            InvalidInputException e = refused(Map.of("y1", wrong));
            assertEquals("y1", e.name());
            assertEquals(wrong.toString(), e.found());
            assertEquals("an output tensor FLOAT[5, 8]", e.expected());
        }
        Agreement.check(small.graph.evaluate(in), session.run(inputs).tensors());
    }

    /** A result would be written over what is still to be read, or over another result. */
    @Test
    void oneArrayForTwoPurposesIsRefused() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.floats("x", "n", "n");
        Graph graph = g.to(g.transpose(x, 1, 0), g.matMul(x, x));
        try (Model square = GraphBuilder.model(graph, LoadOptions.defaults());
                Session s = square.newSession(COLD)) {
            Tensor given = g.tensor(4, 4);
            float[] before = given.toFloatArray();
            assertEquals("y1", assertThrows(InvalidInputException.class,
                    () -> s.run(Map.of("x", given), Map.of("y1", given))).name());
            assertArrayEquals(before, given.floats());
            Tensor twice = g.tensor(4, 4);
            assertEquals("y1", assertThrows(InvalidInputException.class,
                    () -> s.run(Map.of("x", given), Map.of("y0", twice, "y1", twice.reshape(4, 4)))).name());
        }
    }

    /** Where the shape depends on data, the tensor given is checked when the result is there. */
    @Test
    void outputsWhoseShapeDependsOnData() {
        GraphBuilder g = new GraphBuilder();
        Value positions = g.op(new NonZero(), g.floats("x", "n"));
        try (Model sparse = GraphBuilder.model(g.to(positions), LoadOptions.defaults());
                Session s = sparse.newSession(COLD)) {
            Map<String, Tensor> x = Map.of("x", Tensor.of(new float[] {0, 3, 0, 4}, 4));
            Tensor two = Tensor.zeros(DataType.INT64, 1, 2);
            s.run(x, Map.of("y0", two));
            assertArrayEquals(new long[] {1, 3}, two.longs());
            InvalidInputException e = assertThrows(InvalidInputException.class,
                    () -> s.run(x, Map.of("y0", Tensor.zeros(DataType.INT64, 1, 3))));
            assertEquals("y0", e.name());
        }
    }
}
