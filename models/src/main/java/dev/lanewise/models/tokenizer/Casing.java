package dev.lanewise.models.tokenizer;

/**
 * Lower case as Rust's {@code char::to_lowercase} defines it: of one code point, whatever stands around it (Unicode
 * 17).
 */
final class Casing {
    static void lower(int codePoint, StringBuilder out) {
        if (codePoint == 0x130) {
            out.append("i\u0307");
        } else {
            out.appendCodePoint(lower(codePoint));
        }
    }

    private static int lower(int codePoint) {
        return switch (codePoint) {
            // Letters of Unicode 17, which a JDK of Unicode 16 does not know.
            case 0xA7CE, 0xA7D2, 0xA7D4 -> codePoint + 1;
            default -> codePoint >= 0x16EA0 && codePoint <= 0x16EB8 ? codePoint + 27 : Character.toLowerCase(codePoint);
        };
    }

    private Casing() {
    }
}
