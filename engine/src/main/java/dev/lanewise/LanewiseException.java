package dev.lanewise;

/** Base of everything that Lanewise throws on purpose; the message says what was expected, what was found and what to do. */
public abstract class LanewiseException extends RuntimeException {
    private static final int LONGEST_NAME = 200;

    protected LanewiseException(String message) {
        super(message);
    }

    protected LanewiseException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A name out of a file, made safe to print: control characters escaped, cut to 200 characters. */
    public static String printable(String name) {
        if (name == null) {
            return "?";
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < name.length() && out.length() < LONGEST_NAME; i++) {
            char c = name.charAt(i);
            if (Character.isISOControl(c)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return name.length() > LONGEST_NAME ? out + "…" : out.toString();
    }
}
