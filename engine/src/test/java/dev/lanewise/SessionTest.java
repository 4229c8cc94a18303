package dev.lanewise;

import static dev.lanewise.testing.Agreement.COLD;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.SessionOptions.WarmUp;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.Small;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SessionTest {
    private final Small small = new Small();
    private final Model model = small.model();

    @AfterEach
    void close() {
        model.close();
    }

    private Map<String, Tensor> inputs(int n) {
        return Agreement.named(small.graph, small.inputs(n));
    }

    private InvalidInputException refused(Session session, Map<String, Tensor> inputs) {
        InvalidInputException e = assertThrows(InvalidInputException.class, () -> session.run(inputs));
        Map<String, Tensor> good = inputs(2);
        assertEquals(2, session.run(good).get("y0").dim(0), "the session is of no use after a refusal");
        return e;
    }

    @Test
    void namesAreChecked() {
        try (Session session = model.newSession(COLD)) {
            InvalidInputException missing = refused(session, Map.of("a", small.g.tensor(2, 17)));
            assertEquals("b", missing.name());
            assertEquals("FLOAT[n, 8]", missing.expected());
            assertTrue(missing.found().contains("[a]"), missing.found());
            Map<String, Tensor> extra = new HashMap<>(inputs(2));
            extra.put("c", Tensor.scalar(1f));
            assertTrue(refused(session, extra).expected().contains("[a, b]"));
            assertEquals("b", refused(session, Map.of("a", small.g.tensor(2, 17), "B", small.g.tensor(2, 8))).name());
            assertEquals("a", refused(session, Map.of()).name());
        }
    }

    @Test
    void typesAndShapesAreChecked() {
        try (Session session = model.newSession(COLD)) {
            Tensor b = small.g.tensor(2, 8);
            for (Tensor wrong : List.of(Tensor.zeros(DataType.DOUBLE, 2, 17), small.g.tensor(2, 1, 17),
                    small.g.tensor(34), small.g.tensor(2, 16))) {
                InvalidInputException e = refused(session, Map.of("a", wrong, "b", b));
                assertEquals("a", e.name());
                assertEquals("FLOAT[n, 17]", e.expected());
                assertEquals(wrong.toString(), e.found());
            }
        }
    }

    @Test
    void oneSymbolHasOneSize() {
        try (Session session = model.newSession(COLD)) {
            InvalidInputException e =
                    refused(session, Map.of("a", small.g.tensor(3, 17), "b", small.g.tensor(4, 8)));
            assertEquals("b", e.name());
            assertTrue(e.expected().contains("n = 3"), e.expected());
        }
    }

    @Test
    @DisplayName("30 two threads on one session")
    void aSecondThreadIsRefused() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        try (ForkJoinPool pool = new ForkJoinPool(1); Session session = model.newSession(COLD.withThreads(2)
                .withPool(pool)); var threads = Executors.newSingleThreadExecutor()) {
            Map<String, Tensor> slow = new HashMap<>() {
                @Override
                public Tensor get(Object name) {
                    running.countDown();
                    await(done);
                    return super.get(name);
                }
            };
            slow.putAll(inputs(2));
            Future<Outputs> first = threads.submit(() -> session.run(slow));
            await(running);
            InvalidInputException e = assertThrows(InvalidInputException.class, () -> session.run(inputs(2)));
            assertEquals("session", e.name());
            done.countDown();
            assertEquals(2, first.get(10, TimeUnit.SECONDS).get("y0").dim(0));
            session.run(inputs(2));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("30 use after close")
    void nothingIsUsedAfterItsClose() {
        Session session = model.newSession(COLD);
        Session other = model.newSession(COLD.withThreads(2));
        session.close();
        session.close();
        assertTrue(assertThrows(ClosedException.class, () -> session.run(inputs(1))).getMessage().contains("session"));
        other.run(inputs(1));
        model.close();
        model.close();
        assertTrue(assertThrows(ClosedException.class, () -> other.run(inputs(1))).getMessage().contains("model"));
        assertThrows(ClosedException.class, () -> model.newSession(COLD));
        assertThrows(ClosedException.class, model::compiled);
        other.close();
    }

    @Test
    void sessionsShareAModelAndAgreeToTheBit() throws Exception {
        Map<String, Tensor> in = inputs(50);
        float[] expected;
        try (Session session = model.newSession(COLD)) {
            Outputs out = session.run(in);
            Agreement.check(small.graph.evaluate(in.get("a"), in.get("b")), out.tensors());
            expected = out.get("y1").floats();
        }
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Future<float[]>> results = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                SessionOptions options = COLD.withThreads(1 + i % 4);
                results.add(threads.submit(() -> {
                    try (Session session = model.newSession(options)) {
                        for (int n = 1; n < 20; n++) {
                            session.run(inputs(n));
                        }
                        return session.run(in).get(1).floats();
                    }
                }));
            }
            for (Future<float[]> result : results) {
                assertArrayEquals(expected, result.get(20, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void warmUpIsAChoice() {
        for (WarmUp when : WarmUp.values()) {
            try (Session session = model.newSession(SessionOptions.defaults().withWarmUp(when))) {
                Tensor[] in = small.inputs(3);
                Agreement.check(small.graph.evaluate(in), session.run(Agreement.named(small.graph, in)).tensors());
            }
        }
    }

    @Test
    void optionsAreChecked() {
        assertEquals("threads", assertThrows(InvalidInputException.class, () -> COLD.withThreads(0)).name());
    }

    @Test
    void outputsBelongToTheCaller() {
        try (Session session = model.newSession(COLD)) {
            Map<String, Tensor> in = inputs(4);
            Outputs first = session.run(in);
            float[] kept = first.get("y1").toFloatArray();
            Outputs second = session.run(inputs(4));
            assertNotSame(first.get("y1").array(), second.get("y1").array());
            assertArrayEquals(kept, first.get("y1").floats());
            java.util.Arrays.fill(first.get("y0").floats(), Float.NaN);
            java.util.Arrays.fill(first.get("y1").floats(), Float.NaN);
            assertArrayEquals(kept, session.run(in).get("y1").floats());
            assertEquals(List.of("y0", "y1"), first.names());
            assertSame(second.get(1), second.get("y1"));
            InvalidInputException e = assertThrows(InvalidInputException.class, () -> first.get("y2"));
            assertEquals("y2", e.name());
        }
    }

    @Test
    void inputsAreNotChanged() {
        Tensor[] in = small.inputs(4);
        float[] before = in[0].toFloatArray();
        Agreement.run(small.graph, in);
        assertArrayEquals(before, in[0].floats());
    }
}
