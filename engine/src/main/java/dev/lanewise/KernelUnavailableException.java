package dev.lanewise;

/** Vector kernels were required and this JVM cannot run them. */
public final class KernelUnavailableException extends LanewiseException {
    private final String reason;

    public KernelUnavailableException(String reason) {
        super("vector kernels are not available: " + reason);
        this.reason = reason;
    }

    /** What is missing and what to do about it. */
    public String reason() {
        return reason;
    }
}
