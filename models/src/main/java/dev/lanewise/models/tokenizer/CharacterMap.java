package dev.lanewise.models.tokenizer;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A normaliser that looks at one code point at a time: each becomes none, one or several others. The answers are kept
 * in pages of 64 code points, filled when first met, so that a text costs one table look-up for each of its
 * characters.
 */
final class CharacterMap {
    /** What becomes of one code point; must be a pure function. */
    interface Rule {
        void apply(int codePoint, StringBuilder out);

        /** First this rule, then {@code next} on each code point of the result. */
        default Rule then(Rule next) {
            return (codePoint, out) -> {
                StringBuilder middle = new StringBuilder();
                apply(codePoint, middle);
                for (int i = 0, c; i < middle.length(); i += Character.charCount(c)) {
                    c = middle.codePointAt(i);
                    next.apply(c, out);
                }
            };
        }
    }

    private static final int PAGE = 64;

    /** An entry is the code point that takes the place, or {@code -1 - i} for the code points {@code several[i]}. */
    private record Page(int[] entries, int[][] several) {
    }

    private final Rule rule;
    private final AtomicReferenceArray<Page> pages = new AtomicReferenceArray<>((Character.MAX_CODE_POINT + 1) / PAGE);

    CharacterMap(Rule rule) {
        this.rule = rule;
    }

    AlignedText apply(AlignedText text) {
        AlignedText out = new AlignedText(text.length() + 16);
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            int start = text.start(i);
            int end = text.end(i);
            Page page = page(c / PAGE);
            int entry = page.entries[c % PAGE];
            if (entry >= 0) {
                out.append(entry, start, end);
            } else {
                for (int replacement : page.several[-1 - entry]) {
                    out.append(replacement, start, end);
                }
            }
            i += Character.charCount(c);
        }
        return out;
    }

    private Page page(int index) {
        Page page = pages.getAcquire(index);
        if (page == null) {
            page = fill(index * PAGE);
            pages.setRelease(index, page);
        }
        return page;
    }

    private Page fill(int first) {
        int[] entries = new int[PAGE];
        int[][] several = new int[PAGE][];
        int count = 0;
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < PAGE; i++) {
            out.setLength(0);
            rule.apply(first + i, out);
            if (!out.isEmpty() && out.length() == Character.charCount(out.codePointAt(0))) {
                entries[i] = out.codePointAt(0);
            } else {
                several[count] = out.codePoints().toArray();
                entries[i] = -1 - count++;
            }
        }
        return new Page(entries, Arrays.copyOf(several, count));
    }
}
