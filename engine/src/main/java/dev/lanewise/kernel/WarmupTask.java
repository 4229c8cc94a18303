package dev.lanewise.kernel;

import dev.lanewise.kernel.WarmupCalls.Call;

/**
 * The way of one kernel from its first call to full speed. The JVM compiles what has been called some thousand times, which
 * costs least with calls that have nothing to do; a few have, to show which branches are taken and how often loops go
 * round. What counts for being warm is the time of those that have.
 */
final class WarmupTask {
    /** Calls of one method after which the JVM compiles it at its highest level, and then some. */
    private static final int ENOUGH = 6 * 1024;
    private static final int BATCH = 120;
    private static final int REAL_EVERY = 15;
    private static final int PROBES = 8;
    /** A compiled call takes a tenth of this, one that is not yet compiled ten times as much. */
    private static final long FAST_NANOS = 2_000;
    /** Probes in a row that must be fast before a kernel counts as warm: a branch may still send it back. */
    private static final int FAST_PROBES = 8;

    private final int kernel;
    private final Call call;
    private final int[] sizes;
    private final int enough;
    private int fed;
    private int next;
    private int fast;

    /** @param variants methods among which the calls are shared out */
    WarmupTask(int kernel, Call call, int[] sizes, int variants) {
        this.kernel = kernel;
        this.call = call;
        this.sizes = sizes;
        this.enough = ENOUGH * variants;
    }

    int kernel() {
        return kernel;
    }

    boolean waitsForCompiler() {
        return fed >= enough;
    }

    boolean isWarm() {
        return fast == FAST_PROBES;
    }

    /** One round of calls, of some milliseconds at most. */
    void round() {
        feed(waitsForCompiler() ? REAL_EVERY : BATCH);
        fast = 0;
        while (waitsForCompiler() && fast < FAST_PROBES && isProbeFast()) {
            fast++;
        }
    }

    private boolean isProbeFast() {
        long start = System.nanoTime();
        for (int i = 0; i < PROBES; i++) {
            call.of(nextSize());
        }
        return System.nanoTime() - start < PROBES * FAST_NANOS;
    }

    private void feed(int calls) {
        for (int i = 0; i < calls; i++) {
            call.of(i % REAL_EVERY == 0 ? nextSize() : 0);
        }
        fed += calls;
    }

    private int nextSize() {
        next = next + 1 == sizes.length ? 0 : next + 1;
        return sizes[next];
    }
}
