package dev.lanewise;

import static dev.lanewise.testing.Agreement.COLD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Profile.StepTime;
import dev.lanewise.testing.Agreement;
import dev.lanewise.testing.Json;
import dev.lanewise.testing.Small;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProfileTest {
    private final Small small = new Small();

    private Profile profile(int runs) {
        try (Model model = small.model(); Session session = model.newSession(COLD.withProfile(true))) {
            for (int i = 0; i < runs; i++) {
                session.run(Agreement.named(small.graph, small.inputs(200)));
            }
            Profile profile = session.profile();
            assertEquals(model.compiled().symbolicPlan().steps().size(), profile.steps().size());
            return profile;
        }
    }

    @Test
    void stepsAddUpOverRunsInOrder() {
        Profile profile = profile(3);
        assertEquals(3, profile.runs());
        long end = 0;
        for (StepTime s : profile.steps()) {
            assertTrue(s.lastNanos() > 0 && s.totalNanos() >= s.lastNanos());
            assertTrue(s.lastStart() >= end, "steps overlap");
            end = s.lastStart() + s.lastNanos();
        }
        assertEquals("Linear", profile.steps().getFirst().operator());
    }

    @Test
    void theTableHasTheLongestFirstAndSums() {
        Profile profile = new Profile(2, List.of(new StepTime("first", "A", 1_000_000, 0, 400_000, 0, List.of()),
                new StepTime("second\n", "B", 2_000_000, 400_000, 900_000, 0, List.of(10, 0, 30)),
                new StepTime("third", "A", 1_000_000, 1_300_000, 500_000, 0, List.of())));
        List<String> lines = profile.toTable().lines().map(l -> l.strip().replaceAll(" +", " ")).toList();
        assertEquals("1000.0 50.0% B second\\u000a", lines.get(1));
        assertEquals("500.0 25.0% A first", lines.get(2));
        assertEquals("2000.0 100.0% sum of 3 steps, mean of 2 runs", lines.get(4));
        assertEquals(List.of("1000.0 50.0% A", "1000.0 50.0% B"), lines.subList(5, 7).stream().sorted().toList());
        assertEquals("1.50 learners a token, tokens by learners [10, 0, 30]: second\\u000a", lines.get(7));
        assertEquals(8, lines.size());
        assertTrue(new Profile(0, List.of()).toTable().contains("sum of 0 steps"));
    }

    @Test
    void theTraceIsJson() {
        Profile profile =
                new Profile(1, List.of(new StepTime("a \"node\"\\\n\u0001é", "Add", 1500, 0, 1500, 0, List.of()),
                        new StepTime("b", "Mul", 250, 1500, 250, 0, List.of())));
        Map<?, ?> trace = (Map<?, ?>) Json.parse(profile.toChromeTrace());
        List<?> events = (List<?>) trace.get("traceEvents");
        assertEquals(2, events.size());
        Map<?, ?> first = (Map<?, ?>) events.getFirst();
        assertEquals("Add", first.get("name"));
        assertEquals("X", first.get("ph"));
        assertEquals(1.5, first.get("dur"));
        assertEquals("a \"node\"\\\n\u0001é", ((Map<?, ?>) first.get("args")).get("node"));
        assertEquals(1.5, ((Map<?, ?>) events.get(1)).get("ts"));
        assertEquals(0, ((List<?>) ((Map<?, ?>) Json.parse(
                new Profile(0, List.of()).toChromeTrace())).get("traceEvents")).size());
        Json.parse(profile(1).toChromeTrace());
    }

    @Test
    void noProfileUnasked() {
        try (Model model = small.model(); Session session = model.newSession(COLD)) {
            session.run(Agreement.named(small.graph, small.inputs(1)));
            assertEquals("profile", assertThrows(InvalidInputException.class, session::profile).name());
        }
    }

    @Test
    void anAbortedRunIsNotCounted() {
        try (Model model = small.model(); Session session = model.newSession(COLD.withProfile(true))) {
            Map<String, Tensor> in = Agreement.named(small.graph, small.inputs(1));
            session.run(in);
            assertThrows(RunAbortedException.class,
                    () -> session.run(in, RunOptions.defaults().withTimeout(java.time.Duration.ZERO)));
            assertEquals(1, session.profile().runs());
        }
    }
}
