package dev.lanewise;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How one run ends early. Both are looked at between the steps of a plan.
 *
 * @param timeout longest time, or null
 * @param cancellation ends the run when set to true by any thread, or null
 */
public record RunOptions(Duration timeout, AtomicBoolean cancellation) {
    private static final RunOptions NONE = new RunOptions(null, null);

    public static RunOptions defaults() {
        return NONE;
    }

    public RunOptions withTimeout(Duration value) {
        return new RunOptions(value, cancellation);
    }

    public RunOptions withCancellation(AtomicBoolean value) {
        return new RunOptions(timeout, value);
    }
}
