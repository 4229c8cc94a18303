package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Outputs;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.SessionOptions.WarmUp;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Runs a graph compiled and holds the outcome against the graph's own meaning. */
public final class Agreement {
    public static final SessionOptions COLD = SessionOptions.defaults().withWarmUp(WarmUp.NONE);

    private Agreement() {
    }

    public static Map<String, Tensor> named(Graph graph, Tensor... inputs) {
        Map<String, Tensor> byName = new LinkedHashMap<>();
        for (int i = 0; i < inputs.length; i++) {
            byName.put(graph.inputs().get(i).name(), inputs[i]);
        }
        return byName;
    }

    public static List<Tensor> run(Graph graph, Tensor... inputs) {
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults()); Session s = model.newSession(COLD)) {
            Map<String, Tensor> request = named(graph, inputs);
            List<Tensor> alone = s.run(request).tensors();
            for (Outputs together : s.runAll(List.of(request, request))) {
                assertSameBits(alone, together.tensors());
            }
            return alone;
        }
    }

    /** Types, shapes and bits; every NaN counts as the same. */
    public static void assertSameBits(List<Tensor> expected, List<Tensor> found) {
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < expected.size(); i++) {
            Tensor e = expected.get(i);
            Tensor f = found.get(i);
            assertEquals(e.toString(), f.toString());
            assertTrue(Objects.deepEquals(e.array(), f.array()), "output " + i + " " + e + " differs");
        }
    }

    /** The compiled graph gives what the graph as written gives, but for rounding. */
    public static void check(Graph graph, Tensor... inputs) {
        check(graph.evaluate(inputs), run(graph, inputs));
    }

    public static void check(Tensor[] expected, List<Tensor> found) {
        assertEquals(expected.length, found.size());
        for (int i = 0; i < expected.length; i++) {
            check(expected[i], found.get(i));
        }
    }

    /** Equal but for rounding: floats within 2e-5 of the largest, everything else the same. */
    public static void check(Tensor expected, Tensor found) {
        assertEquals(expected.type(), found.type());
        assertArrayEquals(expected.shape(), found.shape());
        if (!(expected.array() instanceof float[] wanted)) {
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(expected.longAt(i), found.longAt(i), "element " + i);
            }
            return;
        }
        double largest = 1e-6;
        for (float w : wanted) {
            largest = Math.max(largest, Math.abs(w));
        }
        for (int i = 0; i < wanted.length; i++) {
            float f = found.floats()[i];
            assertTrue(Math.abs((double) wanted[i] - f) <= 2e-5 * largest || Float.compare(wanted[i], f) == 0,
                    "element " + i + " of " + expected + ": expected " + wanted[i] + ", found " + f);
        }
    }
}
