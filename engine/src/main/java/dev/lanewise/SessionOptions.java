package dev.lanewise;

import java.util.concurrent.ForkJoinPool;

/**
 * How a session runs.
 *
 * @param threads threads that work on one run, the caller's included; at least 1
 * @param pool where the other threads come from; null for a pool of the session's own. The common pool is used only when it
 *        is given here
 * @param warmUp when the kernels are brought to full speed
 * @param profile whether each step's time is kept
 */
public record SessionOptions(int threads, ForkJoinPool pool, WarmUp warmUp, boolean profile) {
    /** Kernels run slowly until the JVM has compiled them, which takes some tenths of a second once per process. */
    public enum WarmUp {
        /** Before the session is handed out. */
        EAGER,
        /** On a thread of its own, while the first runs are slower. */
        BACKGROUND,
        /** By the runs themselves. */
        NONE
    }

    public SessionOptions {
        if (threads < 1) {
            throw new InvalidInputException("threads", "1 or more", Integer.toString(threads), "correct the option");
        }
    }

    /** One thread, warmed before use, no profile. */
    public static SessionOptions defaults() {
        return new SessionOptions(1, null, WarmUp.EAGER, false);
    }

    public SessionOptions withThreads(int value) {
        return new SessionOptions(value, pool, warmUp, profile);
    }

    public SessionOptions withPool(ForkJoinPool value) {
        return new SessionOptions(threads, value, warmUp, profile);
    }

    public SessionOptions withWarmUp(WarmUp value) {
        return new SessionOptions(threads, pool, value, profile);
    }

    public SessionOptions withProfile(boolean value) {
        return new SessionOptions(threads, pool, warmUp, value);
    }
}
