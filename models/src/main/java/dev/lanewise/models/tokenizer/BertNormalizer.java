package dev.lanewise.models.tokenizer;

import dev.lanewise.loaders.json.JsonValue;

/**
 * {@code BertNormalizer}: removes control characters, makes all white space U+0020, sets spaces around Chinese
 * characters, strips accents (NFD without nonspacing marks) and lowers case, each where asked for.
 */
final class BertNormalizer implements Normalizer {
    private final boolean stripAccents;
    /** All that happens before and after characters change places in NFD, and everything at once for when none does. */
    private final CharacterMap before;
    private final CharacterMap after;
    private final CharacterMap whole;

    BertNormalizer(boolean cleanText, boolean handleChinese, boolean stripAccents, boolean lowercase) {
        this.stripAccents = stripAccents;
        CharacterMap.Rule keep = (c, out) -> out.appendCodePoint(c);
        CharacterMap.Rule first = (cleanText ? (CharacterMap.Rule) BertNormalizer::clean : keep)
                .then(handleChinese ? BertNormalizer::setApart : keep);
        CharacterMap.Rule last = (stripAccents ? (CharacterMap.Rule) BertNormalizer::dropMark : keep)
                .then(lowercase ? Casing::lower : keep);
        before = new CharacterMap(first);
        after = new CharacterMap(last);
        whole = new CharacterMap(first.then(stripAccents ? UnicodeForm.NFD::decompose : keep).then(last));
    }

    /** Accents are stripped as {@code strip_accents} says, and where that is null or missing, when case is lowered. */
    static BertNormalizer read(JsonValue json) {
        boolean lowercase = json.get("lowercase").bool(true);
        return new BertNormalizer(json.get("clean_text").bool(true), json.get("handle_chinese_chars").bool(true),
                json.get("strip_accents").bool(lowercase), lowercase);
    }

    @Override
    public AlignedText normalize(AlignedText text) {
        if (stripAccents && hasLastingMark(text)) {
            return after.apply(UnicodeForm.NFD.normalize(before.apply(text)));
        }
        return whole.apply(text);
    }

    /** Whether a mark that stripping leaves can change places with another: rare (a few scripts, musical notation). */
    private static boolean hasLastingMark(AlignedText text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x7FD) {
                int c = text.codePointAt(i);
                if (UnicodeForm.isMovable(c) && !CharacterClasses.NONSPACING_MARK.contains(c)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void clean(int c, StringBuilder out) {
        if (c == 0xFFFD || CharacterClasses.CONTROL.contains(c)) {
            return;
        }
        out.appendCodePoint(CharacterClasses.WHITESPACE.contains(c) ? ' ' : c);
    }

    private static void setApart(int c, StringBuilder out) {
        if (CharacterClasses.CJK.contains(c)) {
            out.append(' ').appendCodePoint(c).append(' ');
        } else {
            out.appendCodePoint(c);
        }
    }

    private static void dropMark(int c, StringBuilder out) {
        if (!CharacterClasses.NONSPACING_MARK.contains(c)) {
            out.appendCodePoint(c);
        }
    }
}
