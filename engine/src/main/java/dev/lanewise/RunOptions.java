package dev.lanewise;

import dev.lanewise.elastic.Submodel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How one run ends early, which is looked at between the steps of a plan, and in what size the model runs.
 *
 * @param timeout longest time, or null
 * @param cancellation ends the run when set to true by any thread, or null
 * @param submodel size of an elastic model; null for all of it
 */
public record RunOptions(Duration timeout, AtomicBoolean cancellation, Submodel submodel) {
    private static final RunOptions NONE = new RunOptions(null, null, null);

    public static RunOptions defaults() {
        return NONE;
    }

    public RunOptions withTimeout(Duration value) {
        return new RunOptions(value, cancellation, submodel);
    }

    public RunOptions withCancellation(AtomicBoolean value) {
        return new RunOptions(timeout, value, submodel);
    }

    public RunOptions withSubmodel(Submodel value) {
        return new RunOptions(timeout, cancellation, value);
    }
}
