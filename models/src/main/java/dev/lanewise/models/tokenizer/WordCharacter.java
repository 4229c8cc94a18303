package dev.lanewise.models.tokenizer;

/** The class {@code \w} of Unicode regular expressions (UTS 18, annex C). */
final class WordCharacter {
    private static final int TYPES = 1 << Character.NON_SPACING_MARK | 1 << Character.COMBINING_SPACING_MARK
            | 1 << Character.ENCLOSING_MARK | 1 << Character.DECIMAL_DIGIT_NUMBER
            | 1 << Character.CONNECTOR_PUNCTUATION;

    static boolean is(int c) {
        boolean joiner = c == 0x200C || c == 0x200D;
        return joiner || Character.isAlphabetic(c) || (TYPES >>> Character.getType(c) & 1) != 0;
    }

    private WordCharacter() {
    }
}
