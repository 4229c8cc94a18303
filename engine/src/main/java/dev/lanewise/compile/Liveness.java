package dev.lanewise.compile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which buffers are alive at the same time: from the step that writes one to the last step that reads it. */
final class Liveness {
    private final int[] first;
    private final int[] last;

    Liveness(int slots) {
        first = new int[slots];
        last = new int[slots];
        Arrays.fill(first, Integer.MAX_VALUE);
        Arrays.fill(last, -1);
    }

    /** Step {@code step} reads or writes {@code slot}. */
    void touch(int slot, int step) {
        first[slot] = Math.min(first[slot], step);
        last[slot] = Math.max(last[slot], step);
    }

    /** For each slot in {@code members}, the earlier members whose life overlaps its own and whose storage is the same. */
    int[][] conflicts(boolean[] members, Object[] storage) {
        int[][] out = new int[first.length][];
        for (int i = 0; i < first.length; i++) {
            List<Integer> overlapping = new ArrayList<>();
            for (int j = 0; members[i] && j < i; j++) {
                if (members[j] && storage[i] == storage[j] && first[i] <= last[j] && first[j] <= last[i]) {
                    overlapping.add(j);
                }
            }
            out[i] = overlapping.stream().mapToInt(Integer::intValue).toArray();
        }
        return out;
    }
}
