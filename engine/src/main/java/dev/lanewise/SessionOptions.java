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
    /**
     * Vector kernels run very slowly until the JVM has compiled them, which takes some tenths of a second once per process.
     * Results have the same bits whichever way is chosen.
     */
    public enum WarmUp {
        /** All of them before the session is handed out, so that its first run is as fast as any. */
        EAGER,
        /**
         * Those that runs ask for, on a thread that ends when none is left; until a kernel is compiled its scalar form runs.
         * The first result comes soonest this way.
         */
        BACKGROUND,
        /** By the runs themselves: the vector kernels from the first run on, and no thread. It counts for the whole model. */
        NONE
    }

    public SessionOptions {
        if (threads < 1) {
            throw new InvalidInputException("threads", "1 or more", Integer.toString(threads), "correct the option");
        }
    }

    /** One thread, kernels warmed in the background, no profile. */
    public static SessionOptions defaults() {
        return new SessionOptions(1, null, WarmUp.BACKGROUND, false);
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
