package dev.lanewise;

import static dev.lanewise.testing.Agreement.COLD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Inference;
import dev.lanewise.graph.Operator;
import dev.lanewise.graph.Value;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.GraphBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunAbortTest {
    /** Calls back in the middle of a run. */
    private record Hook(Runnable action) implements Operator {
        @Override
        public List<Fact> infer(Inference in) {
            return List.of(in.input(0));
        }

        @Override
        public Tensor[] evaluate(Tensor[] inputs) {
            action.run();
            return new Tensor[] {inputs[0]};
        }
    }

    private final GraphBuilder g = new GraphBuilder();

    private Graph graph(Runnable middle) {
        Value x = g.floats("x", "n", 4);
        return g.to(g.transpose(g.op(new Hook(middle), g.transpose(x, 1, 0)), 1, 0));
    }

    private void checkAborted(Session session, RunOptions options, RunAbortedException.Reason reason, int step) {
        Map<String, Tensor> in = Map.of("x", g.tensor(3, 4));
        RunAbortedException e = assertThrows(RunAbortedException.class, () -> session.run(in, options));
        assertEquals(reason, e.reason());
        assertEquals(step, e.step());
        Tensor out = session.run(in).get(0);
        Agreement.check(in.get("x"), out);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void cancelledBeforeAndInTheMiddle(int threads) {
        AtomicBoolean cancelled = new AtomicBoolean();
        AtomicBoolean armed = new AtomicBoolean();
        try (Model model = GraphBuilder.model(graph(() -> cancelled.set(armed.get())), LoadOptions.defaults());
                Session session = model.newSession(COLD.withThreads(threads))) {
            RunOptions options = RunOptions.defaults().withCancellation(cancelled);
            session.run(Map.of("x", g.tensor(3, 4)), options);
            cancelled.set(true);
            checkAborted(session, options, RunAbortedException.Reason.CANCELLED, 0);
            cancelled.set(false);
            armed.set(true);
            checkAborted(session, options, RunAbortedException.Reason.CANCELLED, 2);
        }
    }

    @Test
    void deadlines() {
        AtomicBoolean slow = new AtomicBoolean(true);
        try (Model model = GraphBuilder.model(graph(() -> {
            if (slow.getAndSet(false)) {
                sleep(30);
            }
        }), LoadOptions.defaults()); Session session = model.newSession(COLD)) {
            RunOptions hurry = RunOptions.defaults().withTimeout(Duration.ofMillis(20));
            Map<String, Tensor> in = Map.of("x", g.tensor(3, 4));
            RunAbortedException e = assertThrows(RunAbortedException.class, () -> session.run(in, hurry));
            assertEquals(RunAbortedException.Reason.DEADLINE, e.reason());
            assertTrue(e.getMessage().contains("of 3"), e.getMessage());
            checkAborted(session, RunOptions.defaults().withTimeout(Duration.ZERO),
                    RunAbortedException.Reason.DEADLINE, 0);
            for (Duration long_ : List.of(Duration.ofHours(1), Duration.ofSeconds(Long.MAX_VALUE))) {
                session.run(in, RunOptions.defaults().withTimeout(long_));
            }
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whatever an operator throws reaches the caller as a typed error, and the session goes on. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void failuresLeaveTheSessionUsable(int threads) {
        AtomicBoolean failing = new AtomicBoolean();
        try (Model model = GraphBuilder.model(graph(() -> {
            if (failing.getAndSet(false)) {
                throw new IllegalStateException("on purpose");
            }
        }), LoadOptions.defaults()); Session session = model.newSession(COLD.withThreads(threads))) {
            for (int round = 0; round < 3; round++) {
                failing.set(true);
                Map<String, Tensor> in = Map.of("x", g.tensor(3 + round, 4));
                assertEquals("on purpose",
                        assertThrows(InvalidInputException.class, () -> session.run(in)).getCause().getMessage());
                Agreement.check(in.get("x"), session.run(in).get(0));
            }
        }
    }
}
