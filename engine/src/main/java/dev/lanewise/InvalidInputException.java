package dev.lanewise;

/** What a caller gave (a tensor, a shape, a name, an option) does not fit. */
public final class InvalidInputException extends LanewiseException {
    private final String name;
    private final String expected;
    private final String found;

    /** {@code name} is the input or option concerned, or null. */
    public InvalidInputException(String name, String expected, String found, String advice) {
        super((name == null ? "" : "'" + printable(name) + "': ") + "expected " + expected + ", found " + found + "; "
                + advice);
        this.name = name;
        this.expected = expected;
        this.found = found;
    }

    public String name() {
        return name;
    }

    public String expected() {
        return expected;
    }

    public String found() {
        return found;
    }
}
