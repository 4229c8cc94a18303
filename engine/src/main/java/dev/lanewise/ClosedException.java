package dev.lanewise;

/** A model or session was used after it was closed. */
public final class ClosedException extends LanewiseException {
    public ClosedException(String what) {
        super(what + " is closed; keep it open while it is used");
    }
}
