package dev.lanewise.bench;

import java.util.Locale;

/** What a number should be, and whether it is. */
record Mark(double limit, boolean most) {
    /** At most the limit. */
    static Mark atMost(double limit) {
        return new Mark(limit, true);
    }

    /** At least the limit. */
    static Mark atLeast(double limit) {
        return new Mark(limit, false);
    }

    boolean met(double value) {
        return most ? value <= limit : value >= limit;
    }

    /** Two cells of a table: the mark, and whether the value meets it. */
    static String[] cells(Mark mark, double value, String format) {
        return mark == null ? new String[] {"", ""}
                : new String[] {(mark.most ? "≤ " : "≥ ") + String.format(Locale.ROOT, format, mark.limit),
                    Double.isNaN(value) ? "not measured" : mark.met(value) ? "met" : "**missed**"};
    }
}
