package dev.lanewise;

/** A run ended before its result was there: cancelled, or past its deadline. The session can be used again. */
public final class RunAbortedException extends LanewiseException {
    /** Why a run ended early. */
    public enum Reason {
        CANCELLED, DEADLINE
    }

    private final Reason reason;
    private final int step;

    public RunAbortedException(Reason reason, int step, int steps) {
        super((reason == Reason.CANCELLED ? "run cancelled" : "run past its deadline") + " before step " + step + " of "
                + steps
                + (reason == Reason.CANCELLED ? "" : "; allow more time or run a smaller input"));
        this.reason = reason;
        this.step = step;
    }

    public Reason reason() {
        return reason;
    }

    /** The first step that did not run. */
    public int step() {
        return step;
    }
}
