package dev.lanewise.elastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.elementwise.Unary;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** However many submodels run, at whatever time, there is one copy of the weights. */
class SharedWeightsTest {
    private static final int SIZE = 256;
    private static final int HIDDEN = 2048;
    private static final int BLOCKS = 4;
    private static final long WEIGHTS = 2L * BLOCKS * SIZE * HIDDEN * Float.BYTES;

    private static Graph graph() {
        GraphBuilder b = new GraphBuilder();
        Value x = b.floats("x", "n", SIZE);
        for (int i = 0; i < BLOCKS; i++) {
            Value h = b.unary(Unary.Function.RELU, b.matMul(x, b.weights(SIZE, HIDDEN)));
            x = b.add(b.matMul(h, b.weights(HIDDEN, SIZE)), x);
        }
        return b.to(x);
    }

    private static Map<String, Tensor> input(int n) {
        return Map.of("x", new GraphBuilder().tensor(n, SIZE));
    }

    private static Model model() {
        return GraphBuilder.model(graph(), LoadOptions.defaults().withGranularities(0.125, 0.25, 0.5, 1));
    }

    private static long heapInUse() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    @Test
    void manySubmodelsCostTheMemoryOfOne() {
        try (Model model = model()) {
            assertEquals(WEIGHTS, model.compiled().packedBytes());
            List<Session> sessions = new ArrayList<>();
            sessions.add(model.newSession(Agreement.COLD));
            sessions.getFirst().run(input(2));
            long before = heapInUse();
            for (Submodel s : model.elastic().mixes()) {
                Session session = model.newSession(Agreement.COLD);
                session.run(input(2), s);
                sessions.add(session);
            }
            long grown = heapInUse() - before;
            assertEquals(13 + 1, sessions.size());
            assertEquals(WEIGHTS, model.compiled().packedBytes());
            assertEquals(0, model.compiled().cachedPlans());
            assertTrue(grown < WEIGHTS / 4, grown + " bytes more, where the weights are " + WEIGHTS);
            sessions.forEach(Session::close);
        }
    }

    @Test
    void submodelsRunAtTheSameTime() throws Exception {
        List<Map<String, Tensor>> inputs = List.of(input(1), input(3), input(17));
        try (Model model = model(); ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Submodel> submodels = model.elastic().mixes();
            List<float[]> expected = new ArrayList<>();
            try (Session alone = model.newSession(Agreement.COLD)) {
                for (Submodel s : submodels) {
                    inputs.forEach(in -> expected.add(alone.run(in, s).get(0).floats()));
                }
            }
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int first = 11 * t;
                int workers = 1 + t % 2;
                tasks.add(() -> {
                    try (Session session = model.newSession(Agreement.COLD.withThreads(workers))) {
                        for (int i = 0; i < expected.size(); i++) {
                            int at = (first + 5 * i) % expected.size();
                            assertArrayEquals(expected.get(at), session.run(inputs.get(at % inputs.size()),
                                    submodels.get(at / inputs.size())).get(0).floats());
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        }
    }
}
