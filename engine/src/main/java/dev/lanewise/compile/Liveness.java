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
        int[][] out = new int[first.length][0];
        List<Integer> alive = new ArrayList<>();
        for (int i : byStart(members)) {
            alive.removeIf(j -> last[j] < first[i]);
            for (int j : alive) {
                if (storage[i] == storage[j]) {
                    int later = Math.max(i, j);
                    out[later] = Arrays.copyOf(out[later], out[later].length + 1);
                    out[later][out[later].length - 1] = Math.min(i, j);
                }
            }
            alive.add(i);
        }
        for (int[] earlier : out) {
            Arrays.sort(earlier);
        }
        return out;
    }

    /** The members in the order in which their lives begin. */
    private int[] byStart(boolean[] members) {
        long[] keys = new long[members.length];
        int count = 0;
        for (int s = 0; s < members.length; s++) {
            if (members[s]) {
                keys[count++] = (long) first[s] << Integer.SIZE | s;
            }
        }
        Arrays.sort(keys, 0, count);
        int[] slots = new int[count];
        for (int i = 0; i < count; i++) {
            slots[i] = (int) keys[i];
        }
        return slots;
    }
}
