package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class CurveTest {
    private static final double MILLI = 1e6;

    private final List<Integer> order = new ArrayList<>();

    /** A size on a machine that becomes slower by a nanosecond with every run of any size. */
    private IntToLongFunction drifting(int size, long nanos) {
        return sample -> {
            order.add(size);
            return nanos + order.size();
        };
    }

    /** One after another the second would seem slower by all runs of the first. */
    @Test
    void sizesShareADriftingMachine() {
        double[] found = Curve.latencies(List.of(drifting(0, 1_000_000), drifting(1, 1_000_000)), 30, 60);
        int block = Curve.BLOCK + Curve.UNTIMED;
        assertEquals(block / MILLI, found[1] - found[0], 1e-9);
        assertEquals(2 * (30 + Curve.ROUNDS * 3 * block), order.size());
    }

    @Test
    void allAreWarmBeforeOneIsTimed() {
        Curve.latencies(List.of(drifting(0, 1), drifting(1, 1), drifting(2, 1)), 25, 5);
        List<Integer> warming = order.subList(0, 75);
        for (int size = 0; size < 3; size++) {
            int s = size;
            assertEquals(25, warming.stream().filter(o -> o == s).count());
        }
        assertEquals(75 + 3 * Curve.ROUNDS * (Curve.UNTIMED + 5), order.size());
    }

    /** The runs that bring a model's weights back do not count, nor do rare slow runs; samples differ. */
    @Test
    void medianOfRoundsMeanOfSamples() {
        int[] calls = new int[2];
        IntToLongFunction size = sample -> {
            int call = calls[0]++ % (Curve.UNTIMED + 2);
            boolean slow = call < Curve.UNTIMED || calls[1]++ < 4;
            return slow ? 1_000_000_000 : 1_000_000 * (1 + 2 * sample);
        };
        assertArrayEquals(new double[] {2}, Curve.latencies(List.of(size), 0, 2), 1e-9);
    }
}
