package dev.lanewise.quant.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class BisectionTest {
    private static int narrowest(int width, IntPredicate passes, List<Integer> visited) {
        return Bisection.narrowest(width, Bisection.HALVINGS, w -> {
            visited.add(w);
            return passes.test(w);
        });
    }

    @Test
    void visitsTheWidthsOfThePaper() {
        List<Integer> visited = new ArrayList<>();
        assertEquals(2592, narrowest(6144, w -> w >= 2500, visited));
        assertEquals(List.of(3072, 1536, 2304, 2688, 2496, 2592), visited);
        assertEquals(96, narrowest(6144, w -> true, new ArrayList<>()));
        assertEquals(6144, narrowest(6144, w -> false, new ArrayList<>()));
        visited.clear();
        assertEquals(5, narrowest(8, w -> w >= 5, visited));
        assertEquals(List.of(4, 6, 5, 4, 4, 4), visited);
    }

    @Test
    void everyWidthIsAMultipleOfAnEighthOfAnEighth() {
        for (int least = 1; least <= 1536; least += 37) {
            int asked = least;
            assertEquals(0, narrowest(1536, w -> w >= asked, new ArrayList<>()) % (1536 / 64));
        }
    }

    /** Blocks of 64 and 128 neurons; the entropy rises by 0.001 for each neuron that goes from the first, by 0.002 from the second. */
    private static final Widths TWO = new Widths(1000, new int[] {10, 20}, new int[] {64, 128});
    private static final ToDoubleFunction<int[]> ENTROPY = w -> 1 + 0.001 * (64 - w[0]) + 0.002 * (128 - w[1]);

    @Test
    void eachBlockMayRaiseTheEntropyByTheThreshold() {
        List<int[]> asked = new ArrayList<>();
        int[] widths = new Bisection(0.02, 6, 1).run(TWO, w -> {
            asked.add(w.clone());
            return ENTROPY.applyAsDouble(w);
        });
        // 0.02 pays for 10 neurons of the second block (steps of 2), then for 20 of the first (steps of 1), to rounding.
        assertEquals(118, widths[1], 2);
        assertEquals(44, widths[0], 1);
        assertArrayEquals(new int[] {64, 128}, asked.getFirst());
        assertArrayEquals(new int[] {64, 64}, asked.get(1), "the last block first");
    }

    @Test
    void aFallOfTheEntropyPasses() {
        assertArrayEquals(new int[] {1, 2}, new Bisection(0, 6, 1).run(TWO, w -> w[0] + w[1]));
        assertArrayEquals(new int[] {64, 128}, new Bisection(0, 6, 1).run(TWO, w -> -w[0] - w[1]));
    }

    @Test
    void widthsAreRoundedUpToTheTile() {
        assertArrayEquals(new int[] {32, 32}, new Bisection(0, 6, 32).run(TWO, w -> w[0] + w[1]));
        assertArrayEquals(new int[] {64, 128}, new Bisection(0.02, 6, 32).run(TWO, ENTROPY));
    }

    @Test
    void aBudgetIsMetAndUsed() {
        for (double budget : new double[] {0.9, 0.7, 0.5, 0.4}) {
            BudgetedWidths found = new WidthSearch(TWO, ENTROPY).within(budget, 1);
            double share = TWO.share(found.widths());
            assertTrue(share <= budget && share > budget - 0.02, Arrays.toString(found.widths()) + " " + share);
            assertArrayEquals(found.widths(), new WidthSearch(TWO, ENTROPY).within(budget, 1).widths());
        }
        InvalidInputException e = assertThrows(InvalidInputException.class,
                () -> new WidthSearch(TWO, ENTROPY).within(0.2, 1));
        assertTrue(e.getMessage().contains("0.2"), e.getMessage());
    }
}
