package dev.lanewise.models.tokenizer;

import java.util.Arrays;
import java.util.List;

/**
 * The tokens of one text or of a pair, as a model takes them. All columns have {@link #length()} entries; immutable.
 */
public final class Encoding {
    private final long[] ids;
    private final long[] typeIds;
    private final long[] attentionMask;
    private final boolean[] special;
    private final String[] tokens;
    private final int[] starts;
    private final int[] ends;
    private final boolean truncated;

    /** To be filled from {@code 0} to {@code length} by the two put methods before anyone else sees it. */
    Encoding(int length, boolean truncated) {
        this.ids = new long[length];
        this.typeIds = new long[length];
        this.attentionMask = new long[length];
        this.special = new boolean[length];
        this.tokens = new String[length];
        this.starts = new int[length];
        this.ends = new int[length];
        this.truncated = truncated;
    }

    int putText(int at, TokenBuffer text, int typeId) {
        for (int i = 0; i < text.count; i++) {
            ids[at + i] = text.ids[i];
        }
        System.arraycopy(text.tokens, 0, tokens, at, text.count);
        System.arraycopy(text.starts, 0, starts, at, text.count);
        System.arraycopy(text.ends, 0, ends, at, text.count);
        Arrays.fill(typeIds, at, at + text.count, typeId);
        Arrays.fill(attentionMask, at, at + text.count, 1);
        return at + text.count;
    }

    void putSpecial(int at, int id, String token, int typeId, int attention) {
        ids[at] = id;
        tokens[at] = token;
        typeIds[at] = typeId;
        attentionMask[at] = attention;
        special[at] = true;
    }

    Encoding padded(int length, Padding padding) {
        int added = Math.max(0, length - length());
        if (added == 0) {
            return this;
        }
        Encoding out = new Encoding(length, truncated);
        int shift = padding.side() == Truncation.Side.LEFT ? added : 0;
        System.arraycopy(ids, 0, out.ids, shift, length());
        System.arraycopy(typeIds, 0, out.typeIds, shift, length());
        System.arraycopy(attentionMask, 0, out.attentionMask, shift, length());
        System.arraycopy(special, 0, out.special, shift, length());
        System.arraycopy(tokens, 0, out.tokens, shift, length());
        System.arraycopy(starts, 0, out.starts, shift, length());
        System.arraycopy(ends, 0, out.ends, shift, length());
        for (int i = 0; i < added; i++) {
            out.putSpecial(shift == 0 ? length() + i : i, padding.id(), padding.token(), padding.typeId(), 0);
        }
        return out;
    }

    /** Number of tokens, special ones and padding included. */
    public int length() {
        return ids.length;
    }

    /** A copy of the token ids, as the model input {@code input_ids}. */
    public long[] ids() {
        return ids.clone();
    }

    /** A copy of the type ids (0 for the first text, 1 for the second, mostly), as {@code token_type_ids}. */
    public long[] typeIds() {
        return typeIds.clone();
    }

    /** A copy of the mask: 1 for a token, 0 for padding, as {@code attention_mask}. */
    public long[] attentionMask() {
        return attentionMask.clone();
    }

    public int id(int index) {
        return (int) ids[index];
    }

    /** The token as it stands in the vocabulary; for an added token, the text that it was found in. */
    public String token(int index) {
        return tokens[index];
    }

    public List<String> tokens() {
        return List.of(tokens);
    }

    /**
     * Index in the text of the first char that the token stands for, in UTF-16 units; 0 for tokens set around the
     * text.
     */
    public int start(int index) {
        return starts[index];
    }

    /**
     * Index in the text behind the last char that the token stands for, in UTF-16 units; 0 for tokens set around the
     * text.
     */
    public int end(int index) {
        return ends[index];
    }

    /** Whether the token was set around the text (or is padding), and does not come from it. */
    public boolean isSpecial(int index) {
        return special[index];
    }

    /** Whether tokens of the text were dropped because of a {@link Truncation}. */
    public boolean truncated() {
        return truncated;
    }

    @Override
    public String toString() {
        return "Encoding" + tokens() + (truncated ? " (truncated)" : "");
    }
}
