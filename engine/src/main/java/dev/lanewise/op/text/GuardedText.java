package dev.lanewise.op.text;

import dev.lanewise.InvalidInputException;

/** A text whose characters may be looked at so many times: an expression that goes back without end is an error, not a hang. */
final class GuardedText implements CharSequence {
    private static final int LOOKS_A_CHARACTER = 10_000;
    private static final int LEAST = 1_000_000;

    private final String text;
    private long left;

    GuardedText(String text) {
        this.text = text;
        this.left = Math.max(LEAST, (long) LOOKS_A_CHARACTER * text.length());
    }

    @Override
    public char charAt(int index) {
        if (--left < 0) {
            throw new InvalidInputException(null, "an expression that matches in reasonable time", "one that does not",
                    "simplify the pattern");
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
