package dev.lanewise.exec;

import static dev.lanewise.testing.Agreement.COLD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.InvalidInputException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Outputs;
import dev.lanewise.RunAbortedException;
import dev.lanewise.RunOptions;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;
import dev.lanewise.op.attention.MultiHeadAttention;
import dev.lanewise.op.elementwise.Gelu;
import dev.lanewise.op.reduce.Softmax;
import dev.lanewise.op.shape.Gather;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Requests of different sizes run together: the bits of each alone, and once what works row by row. */
class RaggedBindingTest {
    private final GraphBuilder g = new GraphBuilder();

    /** Tokens [batch, tokens] through a table, attention and a pair of linear layers. */
    private Graph encoder() {
        Value ids = g.input("ids", dev.lanewise.DataType.INT64, "batch", "tokens");
        Value x = g.op(new Gather(0), g.weights(50, 24), ids);
        Value qkv = g.add(g.matMul(x, g.weights(24, 72)), g.weights(72));
        Value attended = g.op(new MultiHeadAttention(3, 0.4f, true, false), qkv);
        Value hidden = g.op(new Gelu(false), g.add(g.matMul(attended, g.weights(24, 40)), g.weights(40)));
        return g.to(g.add(g.add(g.matMul(hidden, g.weights(40, 24)), g.weights(24)), x));
    }

    private static Tensor ids(int batch, int tokens) {
        return Tensor.of(IntStream.range(0, batch * tokens).mapToLong(i -> (i * 7L + tokens) % 50).toArray(), batch,
                tokens);
    }

    private static void check(Session session, List<Map<String, Tensor>> requests) {
        List<Outputs> together = session.runAll(requests);
        assertEquals(requests.size(), together.size());
        for (int r = 0; r < requests.size(); r++) {
            Agreement.assertSameBits(session.run(requests.get(r)).tensors(), together.get(r).tensors());
        }
    }

    private static List<Map<String, Tensor>> texts(int... lengths) {
        return IntStream.of(lengths).mapToObj(n -> Map.of("ids", ids(1, n))).toList();
    }

    @Test
    void eachRequestGetsItsBits() {
        for (int threads = 1; threads <= 3; threads++) {
            try (Model model = GraphBuilder.model(encoder(), LoadOptions.defaults());
                    Session session = model.newSession(COLD.withThreads(threads))) {
                check(session, texts(5));
                check(session, texts(5, 9, 1, 40, 9));
                check(session, texts(3, 3, 3));
                check(session, texts(1, 1));
                check(session, texts(70, 2));
                check(session, List.of());
            }
        }
    }

    /** Batches of one length join along the batch; sizes that differ in both dimensions run one by one, and are right. */
    @Test
    void batchesAsWell() {
        try (Model model = GraphBuilder.model(encoder(), LoadOptions.defaults());
                Session session = model.newSession(COLD)) {
            check(session, List.of(Map.of("ids", ids(2, 5)), Map.of("ids", ids(3, 5))));
            check(session, List.of(Map.of("ids", ids(2, 5)), Map.of("ids", ids(2, 6))));
            check(session, List.of(Map.of("ids", ids(2, 5)), Map.of("ids", ids(1, 6))));
        }
    }

    @Test
    void whatWorksRowByRowRunsOnce() {
        try (Model model = GraphBuilder.model(encoder(), LoadOptions.defaults())) {
            Plan plan = model.compiled().symbolicPlan();
            RaggedBinding binding = new RaggedBinding(plan, new Arena(), 1, 1 << 24);
            binding.bind(new long[][] {{1, 5}, {1, 9}}, new Tensor[][] {{ids(1, 5)}, {ids(1, 9)}});
            assertEquals(plan.steps().size() - 1, binding.joinedSteps(), "all but the attention");
            binding.bind(new long[][] {{2, 5}, {2, 9}}, new Tensor[][] {{ids(2, 5)}, {ids(2, 9)}});
            assertEquals(0, binding.joinedSteps(), "rows of a text would not follow each other");
        }
    }

    /** A softmax over tokens mixes the rows of a request, and one number for a whole request is no row. */
    @Test
    void whatMixesRowsRunsForEach() {
        Value x = g.floats("x", 1, "n");
        Graph graph = g.to(g.op(new Softmax(-1), x));
        try (Model model = GraphBuilder.model(graph, LoadOptions.defaults());
                Session session = model.newSession(COLD)) {
            List<Map<String, Tensor>> requests = new ArrayList<>();
            for (int n : new int[] {3, 20, 1}) {
                requests.add(Map.of("x", g.tensor(1, n)));
            }
            check(session, requests);
        }
    }

    @Test
    void refusesWhatASingleRunRefuses() {
        try (Model model = GraphBuilder.model(encoder(), LoadOptions.defaults());
                Session session = model.newSession(COLD)) {
            List<Map<String, Tensor>> wrong = List.of(Map.of("ids", ids(1, 3)), Map.of("idz", ids(1, 3)));
            assertEquals("ids", assertThrows(InvalidInputException.class, () -> session.runAll(wrong)).name());
            RunOptions late = RunOptions.defaults().withTimeout(Duration.ofNanos(1));
            assertThrows(RunAbortedException.class, () -> session.runAll(texts(5, 9), late));
            check(session, texts(5, 9));
            assertTrue(session.activationBytes() > 0);
        }
    }
}
