package dev.lanewise.exec;

import dev.lanewise.DataType;
import java.util.Arrays;
import java.util.function.IntToLongFunction;

/** Places the buffers of a run in the arena: each at the lowest offset where it meets none that is alive with it. */
final class Placement {
    /** Buffers start at multiples of this many elements. */
    private static final int ALIGNMENT = 16;
    /** First offset: with an array's header of 16 bytes, buffers of floats fall on cache lines where the array does. */
    private static final int FIRST = 12;

    private final Plan plan;
    private final long[] offsets;
    private final long[] ends = new long[DataType.Storage.values().length];

    Placement(Plan plan) {
        this.plan = plan;
        this.offsets = new long[plan.slots().size()];
    }

    /** Places what the plan has in the arena. */
    void place(Sizes sizes, IntToLongFunction size) {
        Arrays.fill(ends, 0);
        for (int i = 0; i < offsets.length; i++) {
            if (isIn(Plan.Place.ARENA, i)) {
                offsets[i] = firstFit(i, size);
                end(i, offsets[i] + padded(size, i), sizes);
            }
        }
    }

    /** Places another slot behind all that is there. */
    void append(int slot, Sizes sizes, IntToLongFunction size) {
        int kind = kind(slot);
        offsets[slot] = Math.max(FIRST, ends[kind]);
        end(slot, offsets[slot] + padded(size, slot), sizes);
    }

    private void end(int slot, long end, Sizes sizes) {
        if (end > Integer.MAX_VALUE - 64) {
            throw sizes.tooLarge(slot, "an arena of " + end + " elements");
        }
        ends[kind(slot)] = Math.max(ends[kind(slot)], end);
    }

    private boolean isIn(Plan.Place place, int slot) {
        Plan.Slot s = plan.slots().get(slot);
        return s.place() == place && s.root() == slot;
    }

    private int kind(int slot) {
        return plan.slots().get(slot).type().storage().ordinal();
    }

    private static long padded(IntToLongFunction size, int slot) {
        return (size.applyAsLong(slot) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private long firstFit(int slot, IntToLongFunction sizes) {
        long size = padded(sizes, slot);
        long offset = FIRST;
        for (boolean moved = true; moved;) {
            moved = false;
            for (int other : plan.conflicts()[slot]) {
                long start = offsets[other];
                long end = start + padded(sizes, other);
                if (offset < end && start < offset + size) {
                    offset = end;
                    moved = true;
                }
            }
        }
        return offset;
    }

    int offset(int slot) {
        return (int) offsets[slot];
    }

    /** Bytes that the buffers take, gaps included. */
    long bytes() {
        long bytes = 0;
        for (DataType.Storage s : DataType.Storage.values()) {
            bytes += Math.max(0, ends[s.ordinal()] - FIRST) * s.bytes();
        }
        return bytes;
    }

    /** The array that a placed slot lies in. */
    Object array(Arena arena, int slot) {
        return arena.array(plan.slots().get(slot).type().storage(), (int) ends[kind(slot)]);
    }
}
