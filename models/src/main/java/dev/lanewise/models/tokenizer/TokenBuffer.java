package dev.lanewise.models.tokenizer;

import java.util.Arrays;

/** The tokens of one text while it is encoded: four columns that grow together. */
final class TokenBuffer {
    int[] ids = new int[32];
    String[] tokens = new String[32];
    /** Places in the text that the caller gave. */
    int[] starts = new int[32];
    int[] ends = new int[32];
    int count;
    boolean truncated;

    void add(int id, String token, int start, int end) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
            tokens = Arrays.copyOf(tokens, count * 2);
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
        }
        ids[count] = id;
        tokens[count] = token;
        starts[count] = start;
        ends[count++] = end;
    }

    /** Adds a token that stands for {@code [from, to)} of a text that is not empty there. */
    void add(int id, String token, AlignedText text, int from, int to) {
        add(id, token, text.start(from), text.end(to - 1));
    }

    /** Keeps {@code kept} tokens, those at the start or those at the end. */
    void truncate(int kept, Truncation.Side side) {
        if (kept >= count) {
            return;
        }
        int dropped = count - kept;
        if (side == Truncation.Side.LEFT) {
            System.arraycopy(ids, dropped, ids, 0, kept);
            System.arraycopy(tokens, dropped, tokens, 0, kept);
            System.arraycopy(starts, dropped, starts, 0, kept);
            System.arraycopy(ends, dropped, ends, 0, kept);
        }
        count = kept;
        truncated = true;
    }
}
