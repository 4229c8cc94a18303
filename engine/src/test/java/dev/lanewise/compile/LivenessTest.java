package dev.lanewise.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LivenessTest {
    /** Against each pair looked at: slots in any order, some not in memory, some never touched, two kinds of storage. */
    @Test
    void conflictsAreThePairsAliveTogether() {
        Random random = new Random(3);
        for (int round = 0; round < 300; round++) {
            int slots = random.nextInt(12);
            int[] first = new int[slots];
            int[] last = new int[slots];
            boolean[] members = new boolean[slots];
            Object[] storage = new Object[slots];
            Liveness liveness = new Liveness(slots);
            for (int s = 0; s < slots; s++) {
                first[s] = random.nextInt(8);
                last[s] = random.nextInt(6) == 0 ? -1 : first[s] + random.nextInt(4);
                members[s] = random.nextInt(5) > 0;
                storage[s] = random.nextInt(3) == 0 ? "ints" : "floats";
                if (last[s] >= 0) {
                    liveness.touch(s, last[s]);
                    liveness.touch(s, first[s]);
                }
            }
            int[][] found = liveness.conflicts(members, storage);
            for (int s = 0; s < slots; s++) {
                int i = s;
                int[] expected = IntStream.range(0, i).filter(j -> members[i] && members[j]
                        && storage[i] == storage[j] && last[i] >= 0 && last[j] >= 0 && first[i] <= last[j]
                        && first[j] <= last[i]).toArray();
                assertArrayEquals(expected, found[i], "round " + round + ", slot " + i);
            }
        }
    }

    /** A file of some megabytes holds hundreds of thousands of nodes; looking at each pair would take a minute or more. */
    @Test
    void theTimeIsNotTheSquareOfTheSlots() {
        int slots = 500_000;
        Liveness liveness = new Liveness(slots);
        for (int s = 0; s < slots; s++) {
            liveness.touch(s, s);
            liveness.touch(s, s + 1);
        }
        boolean[] members = new boolean[slots];
        Arrays.fill(members, true);
        int[][] conflicts = assertTimeoutPreemptively(Duration.ofSeconds(20),
                () -> liveness.conflicts(members, new Object[slots]));
        assertEquals(0, conflicts[0].length);
        assertArrayEquals(new int[] {slots - 2}, conflicts[slots - 1]);
    }
}
