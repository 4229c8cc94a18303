package dev.lanewise;

import static dev.lanewise.testing.Agreement.COLD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.graph.Graph;
import dev.lanewise.testing.GraphBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Models come and go: neither memory nor threads stay behind. */
class LeakTest {
    private static final int ROUNDS = 200;

    /** Compiles, runs and closes a model with a megabyte of weights; its memory is its own each time. */
    private static void round(int i) {
        GraphBuilder g = new GraphBuilder();
        Graph graph = g.to(g.matMul(g.floats("x", "n", 512), g.weights(512, 512)));
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults());
                Session session = model.newSession(COLD.withThreads(i % 10 == 0 ? 2 : 1))) {
            assertEquals(3, session.run(Map.of("x", g.tensor(3, 512))).get(0).dim(0));
        }
    }

    private static long used() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(20);
            least = Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }

    @Test
    void closedModelsLeaveNothingBehind() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            round(i);
        }
        long before = used();
        int threads = Thread.activeCount();
        for (int i = 0; i < ROUNDS; i++) {
            round(i);
        }
        long grown = used() - before;
        assertTrue(grown < 20 << 20, "the heap grew by " + (grown >> 10) + " KB over models of 1 MB each");
        assertTrue(Thread.activeCount() <= threads + 1, "threads stay behind");
    }
}
