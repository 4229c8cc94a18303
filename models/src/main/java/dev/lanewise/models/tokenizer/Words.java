package dev.lanewise.models.tokenizer;

import java.util.Arrays;

/**
 * A text cut into words; {@code starts} and {@code ends} are places in {@code text}. Grown by one stage, read by the
 * next.
 */
final class Words {
    final AlignedText text;
    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private int count;

    Words(AlignedText text) {
        this.text = text;
    }

    /** Empty words are left out. */
    void add(int start, int end) {
        if (start == end) {
            return;
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
        }
        starts[count] = start;
        ends[count++] = end;
    }

    int count() {
        return count;
    }

    int start(int word) {
        return starts[word];
    }

    int end(int word) {
        return ends[word];
    }
}
