package dev.lanewise.models.tokenizer;

import java.util.List;
import java.util.Random;

/** Seeded text of every kind that Unicode has; the same seed gives the same line on every machine. */
final class UnicodeText {
    private static final List<String> WORDS =
            List.of("the", "Transformer", "unaffordable", "naïve", "CAFÉ", "Straße", "İstanbul",
                    "ΟΔΥΣΣΕΥΣ", "Ελλάδα", "Ёлка", "москва", "don't", "e.g.", "3.14159", "10,000", "C++", "x²", "ﬁne",
                    "№5", "½", "Ǆ", "ǰ", "ŉ",
                    "Ω", "Å", "K", "[MASK]", "[CLS]", "[SEP]", "[UNK]", "[PAD]", "[mask]", "[MASK", "##ing", "[ MASK ]",
                    "[unused0]", "http://a.b/c?d=e#f",
                    "東京", "中文", "한국어", "각", "ภาษาไทย", "กำ", "العربية", "مُحَمَّد", "עִבְרִית", "हिन्दी", "தமிழ்", "தௌ",
                    "👍🏽", "👨‍👩‍👧‍👦", "🇫🇷", "🤷", "❤️",
                    "1️⃣", "カタカナ", "ｶﾞ", "ひらがな", "が", "Tiếng", "Việt", "ậ", "ộ", "\uFDFA", "ꦏ꧀ꦰ", "ᬓ᭄", "𝒳", "𐐀",
                    "𠀀", "𫠠", "𪜀", "豈", "丽", "〱");
    /** Ranges with the characters that pipelines treat in some way of their own. */
    private static final int[][] RANGES =
            {{0x20, 0x7E}, {0, 0x20}, {0x7F, 0x9F}, {0xA0, 0xFF}, {0x100, 0x24F}, {0x250, 0x36F},
                {0x300, 0x36F}, {0x370, 0x52F}, {0x591, 0x5F4}, {0x600, 0x6FF}, {0x700, 0x8FF}, {0x900, 0xDFF},
                {0xE00, 0xE7F}, {0xE80, 0x10FF},
                {0x1100, 0x11FF}, {0x1200, 0x17FF}, {0x1800, 0x1CFF}, {0x1AB0, 0x1AFF}, {0x1B00, 0x1BFF},
                {0x1DC0, 0x1DFF}, {0x1E00, 0x1FFF},
                {0x2000, 0x206F}, {0x2070, 0x2BFF}, {0x20D0, 0x20F0}, {0x2C00, 0x2FFF}, {0x3000, 0x30FF},
                {0x3100, 0x33FF}, {0x3400, 0x4DBF},
                {0x4E00, 0x9FFF}, {0xA000, 0xA8FF}, {0xA900, 0xABFF}, {0xAC00, 0xD7A3}, {0xE000, 0xF8FF},
                {0xF900, 0xFAFF}, {0xFB00, 0xFDFF},
                {0xFE00, 0xFEFF}, {0xFF00, 0xFFFF}, {0x10000, 0x10FFF}, {0x11000, 0x11FFF}, {0x12000, 0x1CFFF},
                {0x1D000, 0x1D24F}, {0x1D400, 0x1EFFF},
                {0x1F000, 0x1FAFF}, {0x20000, 0x2FA1F}, {0x2B800, 0x2B940}, {0x30000, 0x3FFFF}, {0xE0000, 0xE01EF},
                {0xF0000, 0x10FFFF}};
    private static final String SPACES =
            "     \t\n\r\u000B\f\u0085\u00A0\u1680\u2003\u2028\u2029\u202F\u205F\u3000\u200B\u200D\uFEFF\u00AD\u180E";

    private final Random random;

    UnicodeText(long seed) {
        random = new Random(seed);
    }

    String line() {
        StringBuilder out = new StringBuilder();
        int pieces = random.nextInt(random.nextInt(8) == 0 ? 60 : 12);
        for (int i = 0; i < pieces; i++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> out.append(WORDS.get(random.nextInt(WORDS.size())));
                case 4, 5 -> run(out, RANGES[random.nextInt(RANGES.length)], 1 + random.nextInt(6));
                case 6 -> combining(out);
                case 7 -> out.appendCodePoint(scalar(0, Character.MAX_CODE_POINT));
                case 8 -> run(out, RANGES[random.nextInt(3) == 0 ? random.nextInt(RANGES.length) : 0],
                        random.nextInt(25) == 0
                                ? 95 + random.nextInt(12)
                                : 4);
                default -> {
                    for (int n = 1 + random.nextInt(30); n > 0; n--) {
                        out.append((char) ('a' + random.nextInt(26)));
                    }
                }
            }
            if (random.nextInt(4) != 0) {
                out.append(SPACES.charAt(random.nextInt(SPACES.length())));
            }
        }
        return out.toString();
    }

    private void run(StringBuilder out, int[] range, int length) {
        for (int i = 0; i < length; i++) {
            out.appendCodePoint(scalar(range[0], range[1]));
        }
    }

    /** A base and marks of any script, in any order. */
    private void combining(StringBuilder out) {
        run(out, RANGES[random.nextInt(RANGES.length)], 1);
        for (int marks = random.nextInt(6); marks > 0;) {
            int c = random.nextInt(3) == 0 ? scalar(0x300, 0x36F) : scalar(0x300, 0x1E95F);
            int type = Character.getType(c);
            if (type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK
                    || type == Character.ENCLOSING_MARK) {
                out.appendCodePoint(c);
                marks--;
            }
        }
    }

    private int scalar(int from, int to) {
        int c;
        do {
            c = random.nextInt(from, to + 1);
        } while (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        return c;
    }
}
