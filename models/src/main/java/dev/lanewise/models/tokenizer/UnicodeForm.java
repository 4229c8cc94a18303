package dev.lanewise.models.tokenizer;

import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.List;

/**
 * The four normalisation forms of Unicode (UAX 15), for the characters that the original's tables know. Places are
 * exact for NFD and NFKD. Where NFC or NFKC make one character of several it has the place of the first, and the marks
 * that stay behind it have the places of the last.
 */
enum UnicodeForm implements Normalizer {
    NFC(Form.NFD, Form.NFC), NFD(Form.NFD, Form.NFD), NFKC(Form.NFKD, Form.NFKC), NFKD(Form.NFKD, Form.NFKD);

    private final Form decomposed;
    private final Form form;

    UnicodeForm(Form decomposed, Form form) {
        this.decomposed = decomposed;
        this.form = form;
    }

    /** A decomposed code point; {@code first} of those that came from one code point of the text. */
    private record Part(int codePoint, boolean first) {
    }

    @Override
    public AlignedText normalize(AlignedText text) {
        if (java.text.Normalizer.isNormalized(text.toString(), form)) {
            return text;
        }
        AlignedText out = new AlignedText(text.length() + 16);
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            int end = i + Character.charCount(c);
            if (isStable(c)) {
                out.append(c, text.start(i), text.end(i));
            } else {
                while (end < text.length() && attaches(text.codePointAt(end))) {
                    end += Character.charCount(text.codePointAt(end));
                }
                cluster(text, i, end, out);
            }
            i = end;
        }
        return out;
    }

    /** Appends what {@code codePoint} decomposes into. */
    void decompose(int codePoint, StringBuilder out) {
        if (codePoint < 0x80) {
            out.append((char) codePoint);
            return;
        }
        String single = Character.toString(codePoint);
        out.append(isStable(codePoint) ? single : java.text.Normalizer.normalize(single, decomposed));
    }

    /** Whether {@code codePoint}, or a part of what it decomposes into, can change places with a mark beside it. */
    static boolean isMovable(int codePoint) {
        boolean musical = codePoint >= 0x1D15E && codePoint <= 0x1D1C0;
        return musical || isMark(codePoint) && isNonStarter(codePoint);
    }

    /** A base and all that may join it: decompose, sort the marks by combining class, compose again where asked for. */
    private void cluster(AlignedText text, int from, int to, AlignedText out) {
        List<Part> parts = new ArrayList<>();
        StringBuilder decomposition = new StringBuilder();
        int[] places = new int[to - from];
        int sources = 0;
        for (int i = from; i < to; i += Character.charCount(text.codePointAt(i))) {
            places[sources++] = i;
            decomposition.setLength(0);
            decompose(text.codePointAt(i), decomposition);
            int before = parts.size();
            decomposition.codePoints().forEach(c -> parts.add(new Part(c, parts.size() == before)));
        }
        sortMarks(parts);
        if (form == decomposed) {
            int source = -1;
            for (Part part : parts) {
                source += part.first ? 1 : 0;
                int place = places[Math.max(0, source)];
                out.append(part.codePoint, text.start(place), text.end(place));
            }
            return;
        }
        StringBuilder sorted = new StringBuilder();
        parts.forEach(part -> sorted.appendCodePoint(part.codePoint));
        int[] result = java.text.Normalizer.normalize(sorted, form).codePoints().toArray();
        for (int i = 0; i < result.length; i++) {
            int place = places[i == 0 ? 0 : Math.clamp(sources - result.length + i, 0, sources - 1)];
            out.append(result[i], text.start(place), text.end(place));
        }
    }

    private static void sortMarks(List<Part> parts) {
        for (int from = 0; from < parts.size(); from++) {
            int to = from;
            while (to < parts.size() && isMark(parts.get(to).codePoint) && isNonStarter(parts.get(to).codePoint)) {
                to++;
            }
            if (to - from > 1) {
                parts.subList(from, to).sort((a, b) -> compareClasses(a.codePoint, b.codePoint));
            }
            from = Math.max(from, to);
        }
    }

    /** The JDK tells combining classes only by the order that NFD gives a pair. */
    private static int compareClasses(int a, int b) {
        return a == b ? 0 : changePlaces(a, b) ? 1 : changePlaces(b, a) ? -1 : 0;
    }

    private static boolean isNonStarter(int c) {
        // U+0345 has the highest class there is, so that every other mark with a class moves before it.
        return c == 0x345 || changePlaces(0x345, c);
    }

    private static boolean changePlaces(int a, int b) {
        return !java.text.Normalizer.isNormalized(Character.toString(a) + Character.toString(b), Form.NFD);
    }

    private static boolean isStable(int c) {
        return CharacterClasses.NOT_NORMALISED.contains(c);
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return (type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK) && !isStable(c);
    }

    /**
     * Marks, and the letters that join the one before: Hangul vowels and finals with their compatibility forms,
     * voicing.
     */
    private static boolean attaches(int c) {
        return c >= 0x300 && (isMark(c) || c >= 0x1160 && c <= 0x11FF || c >= 0x3130 && c <= 0x318F
                || c >= 0xFF9E && c <= 0xFFDC);
    }
}
