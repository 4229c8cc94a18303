package dev.lanewise;

/**
 * A model file, or a graph made from one, breaks its format's rules. {@code source} names the file, {@code where} the node,
 * tensor or byte offset inside it.
 */
public class ModelFormatException extends LanewiseException {
    private static final int LONGEST = 2000;

    private final String source;
    private final String where;
    private final String expected;
    private final String found;
    private final String advice;

    public ModelFormatException(String source, String where, String expected, String found, String advice) {
        this(source, where, expected, found, advice, null);
    }

    public ModelFormatException(String source, String where, String expected, String found, String advice,
            Throwable cause) {
        super((source == null ? "" : printable(source) + ": ") + (where == null ? "" : printable(where) + ": ")
                + "expected "
                + cut(expected) + ", found " + cut(found) + (advice == null ? "" : "; " + advice), cause);
        this.source = source;
        this.where = where;
        this.expected = expected;
        this.found = found;
        this.advice = advice;
    }

    /** What comes out of a file may be of any length. */
    private static String cut(String text) {
        return text == null || text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }

    /** The same complaint with the file named. */
    public ModelFormatException in(String file) {
        return source != null ? this : new ModelFormatException(file, where, expected, found, advice, this);
    }

    /** The same complaint with the node or tensor named. */
    public ModelFormatException at(String place) {
        return where != null ? this : new ModelFormatException(source, place, expected, found, advice, this);
    }

    public String source() {
        return source;
    }

    public String where() {
        return where;
    }

    public String expected() {
        return expected;
    }

    public String found() {
        return found;
    }
}
