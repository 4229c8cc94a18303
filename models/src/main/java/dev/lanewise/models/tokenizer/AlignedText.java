package dev.lanewise.models.tokenizer;

import java.util.Arrays;

/**
 * A text on its way through the pipeline, with the place that each of its characters comes from. Both units of a
 * surrogate pair carry the same place. It grows by {@link #append}; once it is handed on, nobody changes it.
 */
final class AlignedText {
    private char[] chars;
    /** For each char: first and past-the-last index, in the text that the caller gave. */
    private int[] starts;
    private int[] ends;
    private int length;

    AlignedText(int capacity) {
        chars = new char[capacity];
        starts = new int[capacity];
        ends = new int[capacity];
    }

    /** The text as it is; half a surrogate pair becomes U+FFFD, as in every conversion to UTF-8 that does not fail. */
    static AlignedText of(String text) {
        AlignedText out = new AlignedText(text.length());
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            out.append(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c, i, next);
            i = next;
        }
        return out;
    }

    void append(int codePoint, int start, int end) {
        if (codePoint <= 0xFFFF) {
            appendUnit((char) codePoint, start, end);
        } else {
            appendUnit(Character.highSurrogate(codePoint), start, end);
            appendUnit(Character.lowSurrogate(codePoint), start, end);
        }
    }

    private void appendUnit(char unit, int start, int end) {
        if (length == chars.length) {
            int capacity = Math.max(16, length + (length >> 1));
            chars = Arrays.copyOf(chars, capacity);
            starts = Arrays.copyOf(starts, capacity);
            ends = Arrays.copyOf(ends, capacity);
        }
        chars[length] = unit;
        starts[length] = start;
        ends[length++] = end;
    }

    int length() {
        return length;
    }

    char charAt(int i) {
        return chars[i];
    }

    int codePointAt(int i) {
        return Character.codePointAt(chars, i, length);
    }

    int codePointBefore(int i) {
        return Character.codePointBefore(chars, i);
    }

    int codePointCount(int from, int to) {
        return Character.codePointCount(chars, from, to - from);
    }

    int start(int i) {
        return starts[i];
    }

    int end(int i) {
        return ends[i];
    }

    AlignedText slice(int from, int to) {
        if (from == 0 && to == length) {
            return this;
        }
        AlignedText out = new AlignedText(0);
        out.chars = Arrays.copyOfRange(chars, from, to);
        out.starts = Arrays.copyOfRange(starts, from, to);
        out.ends = Arrays.copyOfRange(ends, from, to);
        out.length = to - from;
        return out;
    }

    String substring(int from, int to) {
        return new String(chars, from, to - from);
    }

    @Override
    public String toString() {
        return substring(0, length);
    }
}
