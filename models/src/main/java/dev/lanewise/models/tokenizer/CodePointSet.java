package dev.lanewise.models.tokenizer;

import java.util.Arrays;

/** An immutable set of code points: a bit each below 0x10000, ranges above. */
final class CodePointSet {
    private final long[] plane0 = new long[0x10000 / Long.SIZE];
    /** Ranges above plane 0 in ascending order, first and last code point of each. */
    private final int[] first;
    private final int[] last;

    private CodePointSet(String[] ranges) {
        int[] firsts = new int[ranges.length];
        int[] lasts = new int[ranges.length];
        int count = 0;
        for (String range : ranges) {
            int dash = range.indexOf('-');
            int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash), 16);
            int to = dash < 0 ? from : Integer.parseInt(range.substring(dash + 1), 16);
            for (int c = from; c <= Math.min(to, 0xFFFF); c++) {
                plane0[c >> 6] |= 1L << c;
            }
            if (from > 0xFFFF) {
                firsts[count] = from;
                lasts[count++] = to;
            }
        }
        first = Arrays.copyOf(firsts, count);
        last = Arrays.copyOf(lasts, count);
    }

    /**
     * {@code ranges}: ascending, separated by white space, each a hexadecimal code point or two with a dash between.
     */
    static CodePointSet of(String ranges) {
        return new CodePointSet(ranges.strip().split("\\s+"));
    }

    boolean contains(int codePoint) {
        if (codePoint <= 0xFFFF) {
            return (plane0[codePoint >> 6] >>> codePoint & 1) != 0;
        }
        int at = Arrays.binarySearch(first, codePoint);
        int range = at >= 0 ? at : -at - 2;
        return range >= 0 && codePoint <= last[range];
    }
}
