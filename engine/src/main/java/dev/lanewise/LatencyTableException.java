package dev.lanewise;

/**
 * A latency table that cannot be used: damaged, or measured under other conditions (machine, JDK, version, model, threads) than
 * those at hand. What to do is to measure anew.
 */
public final class LatencyTableException extends LanewiseException {
    private final String source;
    private final String what;
    private final String expected;
    private final String found;

    /** {@code what} is the condition that differs, or the place of the damage. */
    public LatencyTableException(String source, String what, String expected, String found) {
        super(printable(source) + ": " + printable(what) + ": expected " + printable(expected) + ", found "
                + printable(found) + "; measure anew with Elastic.calibrate");
        this.source = source;
        this.what = what;
        this.expected = expected;
        this.found = found;
    }

    /** The file. */
    public String source() {
        return source;
    }

    public String what() {
        return what;
    }

    public String expected() {
        return expected;
    }

    public String found() {
        return found;
    }
}
