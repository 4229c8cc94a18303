package dev.lanewise.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.InvalidInputException;
import dev.lanewise.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** The controller against a machine whose load is played to it. */
class BudgetControllerTest {
    private static final InputSizes SIZES = InputSizes.of(Map.of("x", Tensor.scalar(1)));
    private static final Elastic ELASTIC = ElasticTest.paper();
    private static final Duration DEADLINE = Duration.ofMillis(60);

    /** The whole model takes 100 ms, at most 110 ms; the rest in proportion. */
    private static final LatencyTable TABLE = new LatencyTable(ELASTIC, new Conditions(Map.of()),
            ELASTIC.mixes().stream().map(s -> new LatencyTable.Row(SIZES, s, time(s, 1), time(s, 1.1))).toList());

    private static Duration time(Submodel s, double load) {
        return Duration.ofNanos((long) (100e6 * ELASTIC.compute(s) * load));
    }

    private static BudgetController controller() {
        return new BudgetController(TABLE, SIZES, DEADLINE);
    }

    /** Reports {@code count} requests on a machine with this load at each, and returns the shares of compute that were chosen. */
    private static List<Double> play(BudgetController c, int count, IntToDoubleFunction load) {
        List<Double> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            c.report(c.chosen(), time(c.chosen(), load.applyAsDouble(i)));
            chosen.add(c.state().compute());
        }
        return chosen;
    }

    @Test
    void beginsWithTheTablesChoice() {
        BudgetController c = controller();
        assertEquals(TABLE.choose(Budget.latency(DEADLINE), SIZES), c.chosen());
        assertTrue(c.state().expected().compareTo(DEADLINE) <= 0);
        assertEquals(1.1 * 1.05, c.state().load(), 1e-6);
        assertEquals(DEADLINE, c.deadline());
    }

    @Test
    void getsSmallerAtOnceWhenTheMachineIsBusyAndLargerAfterAWhile() {
        BudgetController c = controller();
        double before = c.state().compute();
        List<Double> busy = play(c, 10, i -> 2);
        assertEquals(before, busy.get(0), "one slow run is no load");
        assertTrue(busy.get(1) < before, "two are");
        assertTrue(busy.getLast() * 100 * 2 <= 60 && busy.getLast() * 100 * 2 > 54);
        List<Double> idle = play(c, 200, i -> 1);
        assertEquals(busy.getLast(), idle.get(30), "not before the slow runs are forgotten");
        assertTrue(idle.getLast() > busy.getLast());
        assertTrue(idle.getLast() * 100 <= 54 && idle.getLast() * 100 > 50,
                "a tenth stays in reserve: " + idle.getLast());
        assertEquals(2, c.state().misses());
        assertEquals(210, c.state().requests());
        assertTrue(c.state().switches() >= 2 && c.state().switches() <= 3, c.state().toString());
    }

    @Test
    void loadThatGoesUpAndDownALittleChangesNothing() {
        BudgetController c = controller();
        play(c, 100, i -> 1.04);
        long switches = c.state().switches();
        play(c, 2000, i -> i % 7 < 3 ? 1.0 : 1.08);
        assertEquals(switches, c.state().switches());
        assertEquals(0, c.state().misses());
    }

    @Test
    void theSmallestRunsWhereNothingMeetsTheDeadline() {
        BudgetController c = controller();
        play(c, 20, i -> 50);
        assertEquals(ELASTIC.named("S"), c.chosen());
        assertTrue(c.state().expected().compareTo(DEADLINE) > 0);
        assertEquals(20, c.state().misses());
        assertThrows(InvalidInputException.class, () -> new BudgetController(TABLE, SIZES, Duration.ofMillis(1)));
        assertThrows(InvalidInputException.class, () -> c.report(ELASTIC.widths(7), DEADLINE));
    }

    @Test
    void fewRequestsMissTheDeadlineWhileTheLoadWanders() {
        BudgetController c = controller();
        Random random = new Random(3);
        double[] load = {1};
        play(c, 5000, i -> {
            load[0] = Math.clamp(load[0] + 0.004 * random.nextGaussian(), 1, 3);
            return load[0] * (1 + 0.02 * random.nextDouble());
        });
        assertTrue(c.state().misses() < 100, c.state().toString());
        assertTrue(c.state().switches() >= 3, c.state().toString());
    }

    @Test
    void sameReportsSameChoices() {
        Random one = new Random(8);
        Random two = new Random(8);
        assertEquals(play(controller(), 500, i -> 1 + one.nextDouble()),
                play(controller(), 500, i -> 1 + two.nextDouble()));
    }

    @Test
    void manyThreadsReportToIt() throws InterruptedException {
        BudgetController c = controller();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().start(() -> play(c, 5000, i -> 1 + i % 100 / 50.0)));
        }
        for (Thread t : threads) {
            t.join();
        }
        BudgetController.State s = c.state();
        assertEquals(20_000, s.requests());
        assertTrue(s.misses() > 0 && s.misses() < s.requests() && s.switches() > 1, s.toString());
        assertEquals(ELASTIC.compute(s.chosen()), s.compute());
    }
}
